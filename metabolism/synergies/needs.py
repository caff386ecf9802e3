"""What establishments take in, and what they say they want."""

from __future__ import annotations

import pandas as pd

from metabolism.synergies import lots
from metabolism.synergies.knowledge import HAZARDOUS, Knowledge


def needs(
    flows: pd.DataFrame, attributes: pd.DataFrame, haves_wants: pd.DataFrame, year: int, knowledge: Knowledge
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lots needed (see `lots`), with `fixed` (the receiver cannot replace it) and `taken`: the whole inflow, of which a
    want names a part; NaN where no flow stands. A want without a quantity has the value NaN where no flow stands.
    And what of them already comes from which establishment (`lots.by_partner`)."""
    unsaid = knowledge.costs["unsaid_sd"].value
    into = lots.usable(flows, attributes, year, "to", unsaid)
    fixed = into["fixed"].fillna(False).astype(bool)
    table = lots.summed(into.assign(fixed=fixed), {"fixed": ("fixed", "any")})
    table["taken"] = table["value"]
    wished = lots.wishes(haves_wants, year, "want")
    wished = wished[wished["resource_id"].map(lambda i: knowledge.hazard(i) != HAZARDOUS).astype(bool)]
    table = lots.with_wishes(table, wished, unsaid)
    table["fixed"] = table["fixed"].fillna(False).astype(bool)
    return table, lots.by_partner(into, "from")
