"""Indicators of a territory and year: what each is made of, its error, and what it is compared with.

Here: formulas over flows, answers and synergies, as pure functions. Not here: their catalogue and reference values
(seeds of the project), and the drawing of them.
"""
