"""The convention of uncertainties: what a standard deviation and a 95 % interval have to do with each other."""

Z_95 = 1.96
"""Half a 95 % interval in standard deviations: the contract's figure."""
