"""What companies offer and need, as lots: one establishment, one resource, one temperature, one year.

A lot has: establishment_id, resource_id, temperature (°C or NaN), value and sd (canonical units a year, NaN where not
known), price (EUR a unit that the establishment pays today, NaN where not said), months (12 bits), rhythm, contract_end,
valid_from, valid_until (ISO or None), condition, named (a have or a want names it), said (that names a quantity),
flow_ids, and what `supplies` and `needs` add.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

ALL_MONTHS = (1 << 12) - 1
COLUMNS = [
    "establishment_id",
    "resource_id",
    "temperature",
    "value",
    "sd",
    "price",
    "months",
    "rhythm",
    "contract_end",
    "valid_from",
    "valid_until",
    "condition",
    "named",
    "said",
    "flow_ids",
]
KEY = ["establishment_id", "resource_id"]
_RANGE = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?")
_WORDS = ("treatment", "status", "rhythm", "quality", "partner_name")


def months(season: object) -> int:
    """`1-3;11` as 12 bits, January the lowest; `11-2` runs over the new year. What is not understood is all year."""
    bits = 0
    for part in str(season).split(";") if isinstance(season, str) else ():
        match = _RANGE.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not (1 <= first <= 12 and 1 <= last <= 12):
            return ALL_MONTHS
        span = (last - first) % 12 + 1
        for step in range(span):
            bits |= 1 << ((first - 1 + step) % 12)
    return bits or ALL_MONTHS


def usable(flows: pd.DataFrame, attributes: pd.DataFrame, year: int, end: str, unsaid_sd_pct: float) -> pd.DataFrame:
    """Declared flows of a year with a known quantity at an establishment on the side `end` (`from` or `to`), with what
    that establishment declared of each.

    Without transit, gross errors, estimates for others, what any declaration keeps confidential, and noughts. An sd that
    is not known is `unsaid_sd_pct` % of the value.
    """
    held = flows["year"].eq(year) & flows[f"{end}_establishment_id"].notna() & flows["value"].gt(0)
    held &= ~flows["gross_error"].fillna(False).astype(bool)
    held &= flows["purpose"].ne("transit").fillna(True).astype(bool)
    held &= ~flows["status"].isin(["estimated", "unmeasured"])
    held &= ~flows["flow_id"].isin(confidential(attributes))
    kept = flows[held].rename(columns={f"{end}_establishment_id": "establishment_id", "status": "flow_status"})
    declared = _declared(attributes, "out" if end == "from" else "in")
    kept = kept.rename(columns={"temperature": "flow_temperature", "season": "flow_season"})
    table = kept.merge(declared, on=["flow_id", "establishment_id"], how="left", validate="one_to_one")
    degrees = table["temperature"].astype(float).fillna(table["flow_temperature"].astype(float))
    table["temperature"] = degrees.where(table["resource_id"].str.startswith("energy"))
    table["sd"] = table["sd"].astype(float).fillna(table["value"] * unsaid_sd_pct / 100)
    season = table["season"].where(table["season"].notna(), table["flow_season"])
    table["months"] = season.map(_mapped_months(season)).astype("int64")
    return table.sort_values("flow_id", ignore_index=True)


def _mapped_months(season: pd.Series) -> dict[object, int]:
    return {text: months(text) for text in season.unique()}


def confidential(attributes: pd.DataFrame) -> set[str]:
    """Flows that one of their declarations keeps confidential."""
    hidden = attributes["confidential"].fillna(False).astype(bool)
    return set(attributes.loc[hidden, "flow_id"])


def _declared(attributes: pd.DataFrame, direction: str) -> pd.DataFrame:
    """One row a flow and declaring establishment. Of several declarations: the mean price, the least favourable
    temperature and availability, the latest contract end, and the first word of each other kind."""
    own = attributes[attributes["direction"].eq(direction)]
    own = own.sort_values(["flow_id", "establishment_id", *_WORDS, "price"], na_position="last", ignore_index=True)
    own = own.assign(
        refused=own["available"].eq("no").fillna(False).astype(bool),
        partly=own["available"].eq("partly").fillna(False).astype(bool),
        fixed=own["substitutable"].eq("no").fillna(False).astype(bool),
    )
    groups = own.groupby(["flow_id", "establishment_id"], sort=True)
    table = groups.agg(
        price=("price", "mean"),
        temperature=("temperature", "min" if direction == "out" else "max"),
        refused=("refused", "any"),
        partly=("partly", "any"),
        fixed=("fixed", "any"),
        season=("season", "first"),
        contract_end=("contract_end", "last"),
        **{name: (name, "first") for name in _WORDS},
    )
    return table.reset_index()


def summed(flows: pd.DataFrame, extra: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Lots of usable flows: values add up, sd in squares (their covariance is not known here), prices by weight, months
    together. `extra`: further aggregations, as pandas names them."""
    flows = flows.assign(
        variance=flows["sd"].astype(float) ** 2,
        priced=flows["value"].where(flows["price"].notna(), 0.0),
        paid=(flows["value"] * flows["price"].astype(float)).fillna(0.0),
    )
    groups = flows.groupby([*KEY, "temperature"], dropna=False, sort=True)
    lots = groups.agg(
        value=("value", "sum"),
        variance=("variance", "sum"),
        priced=("priced", "sum"),
        paid=("paid", "sum"),
        rhythm=("rhythm", "first"),
        contract_end=("contract_end", "max"),
        flow_ids=("flow_id", list),
        **extra,
    ).reset_index()
    masks = groups["months"].agg(lambda part: int(np.bitwise_or.reduce(part.to_numpy()))).to_numpy()
    lots["months"] = masks if len(lots) else pd.Series(dtype="int64")
    lots["sd"] = np.sqrt(lots["variance"])
    lots["price"] = lots["paid"] / lots["priced"].where(lots["priced"] > 0)
    lots = lots.assign(named=False, said=False, valid_from=None, valid_until=None, condition=None)
    return lots.drop(columns=["variance", "priced", "paid"])


def by_partner(flows: pd.DataFrame, end: str) -> pd.DataFrame:
    """The part of each lot that already goes to (`to`) or comes from (`from`) each other establishment: the lot's key,
    partner_id, between."""
    known = flows[flows[f"{end}_establishment_id"].notna()]
    known = known.rename(columns={f"{end}_establishment_id": "partner_id", "value": "between"})
    return known.groupby([*KEY, "temperature", "partner_id"], dropna=False, sort=True)["between"].sum().reset_index()


def wishes(haves_wants: pd.DataFrame, year: int, kind: str) -> pd.DataFrame:
    """What is had or wanted of resources in a year: one row an establishment and resource, known quantities added."""
    rows = haves_wants[haves_wants["year"].eq(year) & haves_wants["kind"].eq(kind) & haves_wants["resource_id"].notna()]
    rows = rows.sort_values([*KEY, "condition"], na_position="last")
    known = rows["value"].where(rows["value"] > 0).astype(float)
    table = (
        rows.assign(value=known)
        .groupby(KEY, sort=True)
        .agg(
            value=("value", lambda part: part.sum(min_count=1)),
            valid_from=("valid_from", "min"),
            valid_until=("valid_until", "max"),
            condition=("condition", "first"),
        )
    )
    return table.reset_index()


def with_wishes(lots: pd.DataFrame, wished: pd.DataFrame, unsaid_sd_pct: float) -> pd.DataFrame:
    """Marks the lots that a have or a want names and adds those that stand alone; a quantity that it says is the lot's,
    known as an estimate is. Where nothing says a quantity it is NaN."""
    wished = wished.assign(unsaid=wished["value"].isna())
    several = lots.duplicated(KEY, keep=False)
    merged = lots.merge(wished, on=KEY, how="outer", suffixes=("", "_wished"), indicator=True)
    merged = merged.sort_values([*KEY, "temperature"], ignore_index=True)
    named = merged["_merge"].ne("left_only")
    split = pd.MultiIndex.from_frame(merged[KEY]).isin(pd.MultiIndex.from_frame(lots.loc[several, KEY]))
    said = named & merged["value_wished"].notna() & ~split
    merged["value"] = merged["value_wished"].where(said, merged["value"])
    merged["sd"] = (merged["value_wished"] * unsaid_sd_pct / 100).where(said, merged["sd"])
    merged["named"], merged["said"] = named, said
    for name in ("valid_from", "valid_until", "condition"):
        wanted = merged[f"{name}_wished"].astype(object)
        merged[name] = wanted.where(wanted.notna(), None)
    merged["months"] = merged["months"].fillna(ALL_MONTHS).astype("int64")
    merged["flow_ids"] = [ids if isinstance(ids, list) else [] for ids in merged["flow_ids"]]
    wished_columns = [name for name in merged if name.endswith("_wished")]
    return merged.drop(columns=[*wished_columns, "_merge", "unsaid"])
