"""Territories and how they contain one another.

Belongs here: which place lies wholly, partly or not at all in which territory. Does not belong here: who is located
where (that is prepared in SQL, with the answers), and any figure.
"""
