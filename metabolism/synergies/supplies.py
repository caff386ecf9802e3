"""What establishments could give: wastes, by-products and surpluses that are free to go elsewhere."""

from __future__ import annotations

import pandas as pd

from metabolism.synergies import lots
from metabolism.synergies.knowledge import HAZARDOUS, Knowledge

PARTLY = 0.5
"""What counts of an outflow that its holder calls available in part: a convention, since the part is not asked."""
SURPLUS = (
    "energy.heat",
    "energy.cold",
    "water.cooling",
    "water.reused",
    "water.rain",
    "water.wastewater",
    "emission.co2",
)
"""Resources whose outflow is a surplus, unless it is sold as a product or goes to another establishment."""
_FREE_STATUS = ("by_product", "end_of_waste")
_SEWERAGE = "37"


def supplies(
    flows: pd.DataFrame,
    attributes: pd.DataFrame,
    haves_wants: pd.DataFrame,
    nace: pd.Series,
    year: int,
    knowledge: Knowledge,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lots on offer (see `lots`), with treatment, status, partner_name and quality of today's outlet, and `partly`; and
    what of them already goes to which establishment (`lots.by_partner`).

    `nace`: digits, indexed by establishment_id. What is hazardous, confidential, not available or already recovered at
    another establishment is no supply.
    """
    unsaid = knowledge.costs["unsaid_sd"].value
    out = lots.usable(flows, attributes, year, "from", unsaid)
    refused = out["refused"].fillna(False).astype(bool)
    wished = _allowed(lots.wishes(haves_wants, year, "have"), flows, attributes, year, out[refused], knowledge)
    free = out[~refused & _is_free(out, wished, nace, knowledge)]
    free = free[free["resource_id"].map(lambda i: knowledge.hazard(i) != HAZARDOUS).astype(bool)]
    partly = free["partly"].fillna(False).astype(bool)
    factor = partly.map({True: PARTLY, False: 1.0}).astype(float)
    free = free.assign(value=free["value"] * factor, sd=free["sd"].astype(float) * factor, partly=partly)
    words = {name: (name, "first") for name in ("treatment", "status", "partner_name", "quality")}
    table = lots.summed(free, {**words, "partly": ("partly", "any")})
    table = lots.with_wishes(table, wished, unsaid)
    table["partly"] = table["partly"].fillna(False).astype(bool)
    return table, lots.by_partner(free, "to")


def _is_free(out: pd.DataFrame, wished: pd.DataFrame, nace: pd.Series, knowledge: Knowledge) -> pd.Series:
    """Whether a flow is a waste, a by-product or a surplus that no other establishment uses yet."""
    family = out["resource_id"].map(knowledge.nomenclatures.family)
    partner = out["to_establishment_id"]
    elsewhere = partner.notna() & partner.ne(out["establishment_id"]).fillna(True).astype(bool)
    recovered = elsewhere & out["treatment"].astype("str").str.upper().str.startswith("R").fillna(False).astype(bool)
    disposed = out["treatment"].astype("str").str.upper().str.startswith("D").fillna(False).astype(bool)
    sewer = partner.map(nace).astype("str").str.startswith(_SEWERAGE).fillna(False).astype(bool)
    surplus = out["resource_id"].map(_surpluses(out["resource_id"], knowledge)).astype(bool)
    sold = out["status"].eq("product").fillna(False).astype(bool)
    free_status = out["status"].isin(_FREE_STATUS)
    named = pd.MultiIndex.from_frame(out[lots.KEY]).isin(pd.MultiIndex.from_frame(wished[lots.KEY]))
    is_waste = family.eq("waste") & ~recovered
    is_surplus = surplus & ~sold & (~elsewhere | sewer)
    is_by_product = ~family.eq("waste") & ~surplus & free_status & (~elsewhere | disposed)
    return is_waste | is_surplus | is_by_product | (named & ~family.eq("waste") & ~elsewhere)


def _surpluses(resources: pd.Series, knowledge: Knowledge) -> dict[str, bool]:
    return {i: any(knowledge.holds(wider, i) for wider in SURPLUS) for i in resources.unique()}


def _allowed(
    wished: pd.DataFrame,
    flows: pd.DataFrame,
    attributes: pd.DataFrame,
    year: int,
    refused: pd.DataFrame,
    knowledge: Knowledge,
) -> pd.DataFrame:
    """Haves of what may be shown: not hazardous, and no flow of the same resource is confidential or refused."""
    hidden = flows[flows["year"].eq(year) & flows["flow_id"].isin(lots.confidential(attributes))]
    hidden = hidden.rename(columns={"from_establishment_id": "establishment_id"})
    barred = pd.MultiIndex.from_frame(pd.concat([hidden[lots.KEY], refused[lots.KEY]], ignore_index=True))
    safe = wished["resource_id"].map(lambda i: knowledge.hazard(i) != HAZARDOUS).astype(bool)
    return wished[safe & ~pd.MultiIndex.from_frame(wished[lots.KEY]).isin(barred)]
