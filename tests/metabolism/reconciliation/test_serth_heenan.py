"""The steam network of R. W. Serth and W. A. Heenan, "Gross error detection and data reconciliation in steam-metering
systems", AIChE Journal 32(5), 1986, 733-742: 11 nodes, 28 streams (t/h), one set of simulated measurements."""

from __future__ import annotations

import numpy as np
import pytest

from metabolism.reconciliation.component import solve

# stream: from, to (0: outside), true flow, measured flow, sd as published
STREAMS = """
1 3 1 0.8636 0.875 0.022
2 6 1 1.0 0.989 0.025
3 1 5 111.8182 108.426 2.796
4 0 1 109.9545 107.799 2.749
5 2 3 53.2727 50.149 1.332
6 2 6 112.2727 110.327 2.807
7 7 2 2.3636 2.201 0.058
8 11 2 164.0455 165.779 4.101
9 2 0 0.8636 0.821 0.021
10 3 4 52.4091 51.779 1.310
11 5 4 14.8636 14.757 0.372
12 4 9 67.2727 67.183 1.682
13 6 5 111.2727 107.734 2.782
14 5 7 91.8636 89.855 2.297
15 5 8 60 58.554 1.5
16 5 9 23.6364 23.258 0.591
17 5 0 32.7273 31.879 0.818
18 8 7 16.2273 15.843 0.406
19 7 10 7.9545 7.920 0.199
20 7 11 10.5 10.130 0.263
21 7 0 87.2727 91.047 2.182
22 9 8 5.4545 5.555 0.136
23 8 10 2.5909 2.471 0.065
24 8 0 46.6364 44.687 1.166
25 9 0 85.4545 81.656 2.136
26 10 11 81.3182 82.839 2.033
27 0 10 70.7727 70.685 1.769
28 0 11 72.2273 72.913 1.806
"""
TABLE = np.array([line.split() for line in STREAMS.strip().splitlines()], float)
START, END = TABLE[:, 1].astype(int), TABLE[:, 2].astype(int)
TRUE, MEASURED, SD = TABLE[:, 3], TABLE[:, 4], TABLE[:, 5]
NODES = np.arange(1, 12)
BALANCES = (NODES[:, None] == END).astype(float) - (NODES[:, None] == START)


def test_the_true_flows_close_every_node() -> None:
    assert np.abs(BALANCES @ TRUE).max() < 2e-4


def test_chi_square_and_closure() -> None:
    found = solve(MEASURED, SD, BALANCES, np.zeros(11))
    assert np.linalg.matrix_rank(BALANCES) == 11
    assert (((found.x - MEASURED) / SD) ** 2).sum() == pytest.approx(10.69, abs=0.005)
    assert np.abs(BALANCES @ found.x).max() < 1e-12
    assert np.all(found.x > 0)


def test_it_comes_closer_to_the_truth_than_the_measurements_do() -> None:
    found = solve(MEASURED, SD, BALANCES, np.zeros(11))
    assert (((found.x - TRUE) / SD) ** 2).sum() < (((MEASURED - TRUE) / SD) ** 2).sum()
