"""How often the 95 % interval of a respondent's cell holds the truth, over many seeds of the bundled case's generator.

    python -m trials.truth [SEEDS]

Seeds stand side by side in one folder, as in `tests/e2e/test_synthetic_truth.py`, and are refreshed at once. A cell is what
one establishment received, or sent, of one resource in one year.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from metabolism.layout import DataFolder
from metabolism.synthetic.cells import cells_of_respondents, held


def found(data: DataFolder) -> pd.DataFrame:
    """Every cell of a respondent without planted error, with its truth and what was published of it."""
    truth = {name: pd.read_csv(data.root / "truth" / f"{name}.csv") for name in ("flows", "establishments", "mistakes")}
    return held(cells_of_respondents(**truth), pd.read_parquet(data.marts / "mart_establishments.parquet"))


def main() -> None:
    from pipelines.bundle import write_case
    from pipelines.run import refresh

    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as scratch:
        data = DataFolder(Path(scratch) / "data")
        for seed in range(1, seeds + 1):
            write_case(seed, data.root, prefix=f"s{seed}-", east=2.0 * seed)
        outcome = refresh(data)
        assert outcome.published, outcome
        cells = found(data)
    families = cells["resource_id"].str.split(".").str[0]
    for family, group in cells.groupby(families):
        print(f"{family:<10} {len(group):>7,} cells  {group['holds'].mean():.1%} hold the truth")
    by_seed = cells.groupby(cells["establishment_id"].str.split("-").str[0])["holds"].mean()
    print(
        f"all        {len(cells):>7,} cells  {cells['holds'].mean():.1%}; by seed {by_seed.min():.1%} to {by_seed.max():.1%}"
    )


if __name__ == "__main__":
    main()
