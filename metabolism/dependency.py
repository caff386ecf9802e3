"""What a territory needs of each resource, from where it comes, and whether that is a risk (mart_dependency)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from metabolism.reconciliation import aggregates
from metabolism.reconciliation.network import Reconciled
from metabolism.tables import BOOL, FLOAT, INT, TEXT

KEYS = ["territory_id", "year", "resource_id"]
LOCAL = ("internal", "from_nature")
CRITICAL, DEPENDENT = 0.5, 0.5
"""Strategic: more critical than this, the middle of the scale, and at least this share not known to come from inside."""

SCHEMA: dict[str, pa.DataType] = {
    "territory_id": TEXT, "year": INT, "resource_id": TEXT, "unit": TEXT,
    "consumption": FLOAT, "sd": FLOAT, "low": FLOAT, "high": FLOAT,
    "local_share": FLOAT, "local_share_sd": FLOAT, "undetermined_share": FLOAT,
    "origins": pa.list_(pa.struct([("origin", pa.string()), ("share", pa.float64())])),
    "hhi": FLOAT, "main_origin": TEXT, "days_of_stock": FLOAT, "criticality": FLOAT, "strategic": BOOL,
    "is_network": BOOL, "n_establishments": INT, "reason": TEXT, "reason_fr": TEXT, "reason_de": TEXT,
}  # fmt: skip


def dependency(
    consumption: pd.DataFrame,
    attributes: pd.DataFrame,
    resources: pd.DataFrame,
    flow_ids: pd.Index,
    flows: Reconciled,
) -> pd.DataFrame:
    """One row a territory, year and resource that an establishment there receives; columns of `SCHEMA`.

    `consumption`: one row a territory, resource and flow that ends at an establishment (int_establishment_flows).
    `attributes`: what was declared of each flow (int_flow_attributes). `resources`: resource_id, unit, by_network.
    Shares are of the consumption, 0 to 1; NaN where it is nought. `criticality` is (mean − 1) / 4 of the answers 1 to 5,
    `days_of_stock` a mean: both weighted by the flow's value, over the receivers that answered. The Herfindahl index
    `hhi` is over located origins alone.
    """
    if consumption.empty:
        return pd.DataFrame({name: [] for name in SCHEMA})
    rows = consumption.sort_values([*KEYS, "flow_id"], ignore_index=True)
    groups = rows.groupby(KEYS, sort=True)
    table = aggregates.aggregate(rows, KEYS, flow_ids, flows).rename(columns={"value": "consumption"})
    number = groups.ngroup().to_numpy()
    rows["value"] = np.nan_to_num(flows.value[flow_ids.get_indexer(rows["flow_id"])])
    whole = aggregates.membership(number, flow_ids, rows["flow_id"], len(table))
    for name, sides in {"local": LOCAL, "undetermined": ("undetermined_in",)}.items():
        chosen = rows["side"].isin(sides).to_numpy()
        part = aggregates.membership(number[chosen], flow_ids, rows.loc[chosen, "flow_id"], len(table))
        table[f"{name}_share"], table[f"{name}_share_sd"] = aggregates.ratio(part, whole, flows)
    table["n_establishments"] = groups["establishment_id"].nunique().to_numpy()
    table = table.merge(resources[["resource_id", "unit", "by_network"]], on="resource_id", how="left")
    table = table.rename(columns={"by_network": "is_network"})
    table = pd.concat([table, _origins(rows, number, len(table))], axis=1)
    for name in ("criticality", "days_of_stock"):
        table[name] = _weighted(rows, number, attributes, name, len(table))
    table["criticality"] = (table["criticality"] - 1) / 4
    return _judged(table)[list(SCHEMA)]


def _origins(rows: pd.DataFrame, number: np.ndarray, n: int) -> pd.DataFrame:
    """origins (largest first, share of the consumption), hhi, main_origin of each of the n groups."""
    totals = np.bincount(number, weights=rows["value"], minlength=n)
    located = (
        rows.assign(group=number).dropna(subset="origin").groupby(["group", "origin"], as_index=False)["value"].sum()
    )
    located = located.sort_values(["group", "value", "origin"], ascending=[True, False, True])
    located["share"] = located["value"] / np.where(totals > 0, totals, np.nan)[located["group"]]
    located = located.dropna(subset="share")
    known = located.groupby("group")["value"].transform("sum")
    located["squared"] = (located["value"] / known.where(known > 0)) ** 2
    lists: list[list[dict[str, object]]] = [[] for _ in range(n)]
    for group, origin, share in located[["group", "origin", "share"]].itertuples(index=False, name=None):
        lists[group].append({"origin": origin, "share": share})
    hhi = located.groupby("group")["squared"].sum(min_count=1).reindex(range(n))
    first = located[located["value"] > 0].groupby("group")["origin"].first().reindex(range(n))
    return pd.DataFrame({"origins": lists, "hhi": hhi, "main_origin": first.astype(object).where(first.notna(), None)})


def _weighted(rows: pd.DataFrame, number: np.ndarray, attributes: pd.DataFrame, name: str, n: int) -> np.ndarray:
    """The mean of what receivers said, weighted by their flow; NaN where nobody said anything."""
    said = attributes.loc[attributes["direction"] == "in"].dropna(subset=name)
    by_flow = said.groupby(["flow_id", "establishment_id"])[name].mean().rename("said").reset_index()
    table = rows.assign(group=number).merge(by_flow, on=["flow_id", "establishment_id"])
    weight = np.bincount(table["group"], weights=table["value"], minlength=n)
    total = np.bincount(table["group"], weights=table["value"] * table["said"], minlength=n)
    return np.asarray(np.divide(total, weight, out=np.full(n, np.nan), where=weight > 0))


_WORDS = {
    "unknown": (
        "Nobody said how critical it is.",
        "Personne n'a dit à quel point c'est critique.",
        "Niemand hat gesagt, wie kritisch es ist.",
    ),
    "not_critical": (
        "Not critical for those who use it.",
        "Pas critique pour ceux qui l'utilisent.",
        "Für die Verbraucher nicht kritisch.",
    ),
    "at_hand": (
        "Critical, but mostly at hand inside the territory.",
        "Critique, mais surtout disponible sur le territoire.",
        "Kritisch, aber überwiegend im Gebiet vorhanden.",
    ),
    "network": (
        "Critical, and comes by the network.",
        "Critique, et arrive par le réseau.",
        "Kritisch, und kommt über das Netz.",
    ),
    "strategic": (
        "Critical, and mostly from outside or from an origin that is not known.",
        "Critique, et surtout d'ailleurs ou d'une origine inconnue.",
        "Kritisch, und überwiegend von außen oder von unbekannter Herkunft.",
    ),
    "one_origin": (
        " More than half of what is located comes from one origin.",
        " Plus de la moitié de ce qui est localisé vient d'une seule origine.",
        " Mehr als die Hälfte des Lokalisierten kommt aus einer einzigen Herkunft.",
    ),
    "stock": (
        " Stocks last {days:.0f} days.",
        " Les stocks durent {days:.0f} jours.",
        " Die Vorräte reichen {days:.0f} Tage.",
    ),
}


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    critical = (table["criticality"] > CRITICAL).astype(object).where(table["criticality"].notna(), None)
    away = 1 - table["local_share"].fillna(0.0) >= DEPENDENT
    strategic = [None if c is None else bool(c and far) for c, far in zip(critical, away, strict=True)]
    words = [_reason(*row) for row in zip(
        critical, away, table["is_network"], table["hhi"], table["main_origin"], table["days_of_stock"], strict=True
    )]  # fmt: skip
    texts = {name: [told[at] for told in words] for at, name in enumerate(("reason", "reason_fr", "reason_de"))}
    return table.assign(strategic=pd.Series(strategic, dtype=object), **texts)


def _reason(
    critical: bool | None, away: bool, network: bool, hhi: float, origin: str | None, days: float
) -> tuple[str, ...]:
    """Why a resource is strategic or not, in three languages."""
    if critical is None:
        kinds = ["unknown"]
    elif not critical:
        kinds = ["not_critical"]
    elif not away:
        kinds = ["at_hand"]
    else:
        kinds = ["network" if network else "strategic"]
        kinds += ["one_origin"] if hhi > 0.5 and origin else []
        kinds += ["stock"] if np.isfinite(days) else []
    return tuple("".join(_WORDS[kind][at] for kind in kinds).format(days=days) for at in range(3))
