"""The true quantity of each resource that each respondent received and sent: what `mart_establishments` is held against."""

from __future__ import annotations

import pandas as pd

KEYS = ["year", "establishment_id", "resource_id", "direction"]


def cells_of_respondents(flows: pd.DataFrame, establishments: pd.DataFrame, mistakes: pd.DataFrame) -> pd.DataFrame:
    """`KEYS` and `truth` (t, m3, MWh or trips a year), of flows that somebody declared, transit apart; without the years in
    which an error was planted in the answers of an establishment.

    The tables are those of `data/truth/`.
    """
    told = flows[(flows["declared_by"].fillna("") != "") & (flows["purpose"] != "transit")]
    ends = {"in": "to", "out": "from"}
    sums = [
        told.rename(columns={end: "establishment_id"})
        .groupby(["year", "establishment_id", "resource_id"])["value"]
        .sum()
        .rename("truth")
        .reset_index()
        .assign(direction=direction)
        for direction, end in ends.items()
    ]
    answered = establishments.loc[establishments["has_answered"] == "yes", ["establishment_id", "year"]]
    cells = pd.concat(sums, ignore_index=True).merge(answered, on=["establishment_id", "year"])
    wrong = pd.MultiIndex.from_frame(mistakes[["establishment_id", "year"]].dropna())
    sound = ~pd.MultiIndex.from_frame(cells[["establishment_id", "year"]]).isin(wrong)
    return cells.loc[sound, [*KEYS, "truth"]].reset_index(drop=True)


def held(cells: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """`cells` with what was found of them (value, sd, low, high; null where nothing) and whether the 95 % interval holds
    the truth. `told`: mart_establishments."""
    both = cells.merge(told[[*KEYS, "value", "sd", "low", "high"]], on=KEYS, how="left")
    rounding = 1e-9 * both["truth"]  # an exact figure is written with fewer digits than it has
    holds = (both["low"] <= both["truth"] + rounding) & (both["truth"] - rounding <= both["high"].fillna(float("inf")))
    return both.assign(holds=holds & both["value"].notna())
