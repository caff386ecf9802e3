"""Adjusting measured flows, within their uncertainty, so that balances close; and sums with their covariance.

Belongs here: weighted least squares, the posterior covariance, intervals, what each source and constraint gave.
Does not belong here: which rows measure which flow and which balances hold (that is prepared in SQL).

From the whole to its parts: `least_squares` (two passes over a network), `system` (connected components), `component`
(one of them, no flow below zero), `estimate` and `elimination` (without the bound), `bounds` (with it), `posterior`
(covariance), `aggregates` and `intervals` (sums and their error).
"""
