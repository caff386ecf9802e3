"""Indicators made of answers that are no flows: facts, commuters, who answered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metabolism.uncertainty import Z_95

KEYS = ["territory_id", "year"]
FACT_PCT, MODE_PCT = 25.0, 50.0
"""Half a 95 % interval, %: facts are taken as counted; commuters as the contract takes them where nobody was asked."""
FOOD_WASTE = ("food_waste_kitchen", "food_waste_unsold", "food_waste_plate")
PUBLIC, ACTIVE = ("train", "tram", "bus"), ("bike", "walk")
_COLUMNS = [*KEYS, "indicator_id", "value", "sd", "n_establishments"]


def fact_indicators(facts: pd.DataFrame, establishments: pd.DataFrame) -> pd.DataFrame:
    """Food waste, parking and well-being. `facts`: establishment_id, year, fact_id, value. `establishments`:
    territory_id, year, establishment_id, employees (all known ones).

    Each fact has an independent error of 25 % (half a 95 % interval); the delta method gives that of a ratio.
    """
    table = facts.dropna(subset="fact_id").groupby(["establishment_id", "year", "fact_id"])["value"].sum().unstack()
    known = [*FOOD_WASTE, "meals_served", "food_donated", "parking", "bike_parking", "wellbeing"]
    table = table.reindex(columns=known).astype(float)
    rows = establishments.merge(table.reset_index(), on=["establishment_id", "year"])
    wasted = rows[list(FOOD_WASTE)]
    rows["food_waste"] = wasted.sum(axis=1, min_count=1)
    rows["food_waste_sd"] = _share_of(wasted, FACT_PCT)
    donated = rows.assign(all_food=rows["food_waste"] + rows["food_donated"])
    parts = [
        _of_sums("food_waste_per_meal", rows, "food_waste", "meals_served", rows["food_waste_sd"]),
        _donated(donated),
        _of_sums("parking_per_100_employees", rows, "parking", "employees", _share_of(rows[["parking"]], FACT_PCT)),
        _of_sums(
            "bike_parking_per_100_employees",
            rows,
            "bike_parking",
            "employees",
            _share_of(rows[["bike_parking"]], FACT_PCT),
        ),
        _wellbeing(rows),
    ]
    return _table(parts)


def _share_of(values: pd.DataFrame, pct: float) -> pd.Series:
    """The sd of a sum of figures with independent errors of `pct` each."""
    return np.sqrt((values.fillna(0.0) ** 2).sum(axis=1)) * pct / 100 / Z_95


def _of_sums(name: str, rows: pd.DataFrame, above: str, below: str, above_sd: pd.Series) -> pd.DataFrame:
    """Σ above / Σ below over the establishments that told both; employees are exact, facts are not."""
    both = rows[rows[above].notna() & (rows[below] > 0)]
    below_pct = 0.0 if below == "employees" else FACT_PCT
    told = pd.DataFrame(
        {
            **{key: both[key] for key in KEYS},
            "above": both[above],
            "below": both[below],
            "above_variance": above_sd[both.index] ** 2,
            "below_variance": (both[below] * below_pct / 100 / Z_95) ** 2,
            "n_establishments": 1,
        }
    )
    sums = told.groupby(KEYS).sum().reset_index()
    value = sums["above"] / sums["below"]
    variance = (sums["above_variance"] + value**2 * sums["below_variance"]) / sums["below"] ** 2
    return sums.assign(indicator_id=name, value=value, sd=np.sqrt(variance))


def _donated(rows: pd.DataFrame) -> pd.DataFrame:
    """d / (d + w) over the establishments that told both; its sd from those of d and w, which are independent."""
    both = rows[rows["food_donated"].notna() & (rows["all_food"] > 0)]
    sd = pd.DataFrame({"d": _share_of(both[["food_donated"]], FACT_PCT) ** 2, "w": both["food_waste_sd"] ** 2})
    table = both[[*KEYS, "food_donated", "food_waste"]].assign(**sd, n_establishments=1)
    sums = table.groupby(KEYS).sum().reset_index()
    donated, wasted = sums["food_donated"], sums["food_waste"]
    whole = donated + wasted
    value = donated / whole
    variance = (wasted**2 * sums["d"] + donated**2 * sums["w"]) / whole**4
    return sums.assign(indicator_id="food_donated_share", value=value, sd=np.sqrt(variance))


def _wellbeing(rows: pd.DataFrame) -> pd.DataFrame:
    """The mean weighted by employees. Its sd is that of a weighted mean of establishments (Cochran 1977, ratio
    estimator); of one establishment alone it is not known."""
    told = rows[rows["wellbeing"].notna() & (rows["employees"] > 0)]
    parts = []
    for (territory, year), group in told.groupby(KEYS):
        weight = group["employees"] / group["employees"].sum()
        mean = float((weight * group["wellbeing"]).sum())
        n = len(group)
        spread = float((weight**2 * (group["wellbeing"] - mean) ** 2).sum()) * n / (n - 1) if n > 1 else np.nan
        parts.append([territory, year, "wellbeing", mean, np.sqrt(spread), n])
    return pd.DataFrame(parts, columns=_COLUMNS)


def mobility_indicators(mobility: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """Shares of modes and the mean way, of those who travel.

    `mobility`: int_mobility; `memberships`: territory_id, year, establishment_id.

    The sd of a row's commuters is 50 % (half a 95 % interval), or the sampling error √(N² q (1 − q) / n) where n of
    the establishment's N persons were asked (`surveyed`) and the row is a share q of them; rows are independent.
    """
    rows = mobility[mobility["commuters"].astype(float) > 0].merge(memberships, on=["establishment_id", "year"])
    rows = rows.assign(variance=_commuter_variance(rows))
    known = rows[~rows["mode"].isin(["unknown", "remote"])]
    parts = [
        _mode_share("car_alone_share", known, ("car_alone",)),
        _mode_share("active_mode_share", known, ACTIVE),
        _mode_share("public_transport_share", known, PUBLIC),
        _mean_way(rows[rows["distance_km"].notna() & (rows["mode"] != "remote")]),
    ]
    return _table(parts)


def _commuter_variance(rows: pd.DataFrame) -> pd.Series:
    whole = rows.groupby([*KEYS, "establishment_id"])["commuters"].transform("sum")
    share = rows["commuters"] / whole
    sampled = whole**2 * share * (1 - share) / rows["surveyed"].where(rows["surveyed"] > 0)
    return sampled.fillna((rows["commuters"] * MODE_PCT / 100 / Z_95) ** 2)


def _mode_share(name: str, rows: pd.DataFrame, modes: tuple[str, ...]) -> pd.DataFrame:
    """a / (a + b): variance (b² var a + a² var b) / (a + b)⁴."""
    chosen = rows["mode"].isin(modes)
    parts = {
        "a": rows["commuters"].where(chosen, 0.0),
        "b": rows["commuters"].where(~chosen, 0.0),
        "a_variance": rows["variance"].where(chosen, 0.0),
        "b_variance": rows["variance"].where(~chosen, 0.0),
    }
    sums = rows[KEYS].assign(**parts).groupby(KEYS).sum().reset_index()
    whole = sums["a"] + sums["b"]
    variance = (sums["b"] ** 2 * sums["a_variance"] + sums["a"] ** 2 * sums["b_variance"]) / whole**4
    table = sums.assign(indicator_id=name, value=sums["a"] / whole, sd=np.sqrt(variance))
    return table.merge(_n(rows), on=KEYS)


def _mean_way(rows: pd.DataFrame) -> pd.DataFrame:
    """Σ c d / Σ c: variance Σ (d − mean)² var c / (Σ c)²; distances are taken as told."""
    sums = rows.assign(product=rows["commuters"] * rows["distance_km"]).groupby(KEYS)[["product", "commuters"]].sum()
    mean = (sums["product"] / sums["commuters"]).rename("value").reset_index()
    table = rows.merge(mean, on=KEYS)
    part = (table["distance_km"] - table["value"]) ** 2 * table["variance"]
    variance = table.assign(part=part).groupby(KEYS)["part"].sum() / sums["commuters"] ** 2
    mean["sd"] = np.sqrt(variance).to_numpy()
    return mean.assign(indicator_id="commute_distance").merge(_n(rows), on=KEYS)


def _n(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.groupby(KEYS)["establishment_id"].nunique().rename("n_establishments").reset_index()


def response_indicators(establishments: pd.DataFrame) -> pd.DataFrame:
    """How much of the frame answered, exactly. `establishments`: territory_id, year, establishment_id, employees,
    is_in_frame, has_answered."""
    frame = establishments[establishments["is_in_frame"].astype(bool)]
    answered = frame["has_answered"].astype(bool)
    employees = frame["employees"].fillna(0.0)
    table = frame[KEYS].assign(
        one=1.0, answered=answered.astype(float), all=employees, of=employees.where(answered, 0.0)
    )
    sums = table.groupby(KEYS).sum().reset_index()
    sums = sums.assign(n_establishments=sums["one"], sd=0.0)
    rate = sums.assign(indicator_id="response_rate", value=sums["answered"] / sums["one"])
    persons = sums["all"].where(sums["all"] > 0)
    return _table([rate, sums.assign(indicator_id="response_coverage", value=sums["of"] / persons)])


def _table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part.reindex(columns=_COLUMNS) for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=_COLUMNS)
