"""The convention of uncertainties: what a standard deviation and a 95 % interval have to do with each other."""

import numpy as np

Z_95 = 1.96
"""Half a 95 % interval in standard deviations: the contract's figure."""


def normal_interval(
    value: np.ndarray, sd: np.ndarray, highest: np.ndarray | float = np.inf
) -> tuple[np.ndarray, np.ndarray]:
    """value ± 1.96 sd, kept within 0 … `highest` and around the value; NaN where either is."""
    low = np.minimum(np.clip(value - Z_95 * sd, 0.0, None), value)
    return low, np.maximum(np.minimum(value + Z_95 * sd, highest), value)
