"""All indicators of all territories as one table: scaled, compared, and null with a reason where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from metabolism.tables import FLOAT, INT, TEXT
from metabolism.uncertainty import normal_interval

KEYS = ["territory_id", "year", "indicator_id"]
SCALE = {
    "%": 100.0, "kWh/m2": 1000.0, "g/meal": 1000.0, "place/100 employees": 100.0,
}  # fmt: skip
"""From the formula's own quotient (t, MWh or kg per one) to the unit that is shown."""

SCHEMA: dict[str, pa.DataType] = {
    "territory_id": TEXT, "year": INT, "indicator_id": TEXT, "theme": TEXT, "value": FLOAT, "sd": FLOAT, "low": FLOAT,
    "high": FLOAT, "unit": TEXT, "n_establishments": INT, "direction": TEXT, "reference_value": FLOAT,
    "reference_territory_id": TEXT, "reference_year": INT, "reference_source": TEXT, "reference_source_fr": TEXT,
    "reference_source_de": TEXT, "previous_value": FLOAT,
    "change": FLOAT, "change_sd": FLOAT, "label_en": TEXT, "label_fr": TEXT, "label_de": TEXT, "formula_en": TEXT,
    "formula_fr": TEXT, "formula_de": TEXT, "reason_en": TEXT, "reason_fr": TEXT, "reason_de": TEXT,
}  # fmt: skip
_NOTHING = {
    "reason_en": "Nobody told what it is made of.",
    "reason_fr": "Personne n'a donné ce dont il est fait.",
    "reason_de": "Niemand hat angegeben, woraus er sich ergibt.",
}
_NO_SYNERGY = {
    "reason_en": "No synergy with a known amount was found.",
    "reason_fr": "Aucune synergie de montant connu n'a été trouvée.",
    "reason_de": "Es wurde keine Synergie mit bekanntem Betrag gefunden.",
}


def indicator_table(
    parts: list[pd.DataFrame], places: pd.DataFrame, catalogue: pd.DataFrame, references: pd.DataFrame
) -> pd.DataFrame:
    """One row a territory, surveyed year and indicator of the `catalogue`, columns of `SCHEMA`.

    `parts`: tables of territory_id, year, indicator_id, value, sd, n_establishments, in the formulas' own quotients.
    `places`: territory_id, year. `references`: indicator_id, territory_id, year, value, unit and source in three
    languages; the value of the latest year is shown. A change to the year before has the sd of two independent figures:
    errors that both years share (one meter, one habit of estimating) make it smaller, so it is on the safe side.
    """
    columns = [*KEYS, "value", "sd", "n_establishments"]
    found = pd.concat([pd.DataFrame(columns=columns), *(part[columns] for part in parts if len(part))])
    rows = places.merge(catalogue.rename(columns={"source": "formula_source"}), how="cross")
    rows = rows.merge(found, on=KEYS, how="left")
    scale = rows["unit"].map(SCALE).astype(float).fillna(1.0)
    rows["value"], rows["sd"] = rows["value"].astype(float) * scale, rows["sd"].astype(float) * scale
    highest = rows["unit"].map({"%": 100.0, "0-10": 10.0}).astype(float).fillna(np.inf).to_numpy()
    rows["low"], rows["high"] = normal_interval(rows["value"].to_numpy(), rows["sd"].to_numpy(), highest)
    rows["n_establishments"] = rows["n_establishments"].fillna(0).astype(int)
    rows = _compared(_against_the_year_before(rows), references)
    for column in _NOTHING:
        reason = rows["theme"].eq("synergy").map({True: _NO_SYNERGY[column], False: _NOTHING[column]})
        rows[column] = reason.where(rows["value"].isna(), None)
    return rows.sort_values(KEYS, ignore_index=True).reindex(columns=list(SCHEMA))


def _against_the_year_before(rows: pd.DataFrame) -> pd.DataFrame:
    before = rows[[*KEYS, "value", "sd"]].rename(columns={"value": "previous_value", "sd": "previous_sd"})
    rows = rows.merge(before.assign(year=before["year"] + 1), on=KEYS, how="left")
    rows["change"] = rows["value"] - rows["previous_value"]
    return rows.assign(change_sd=np.hypot(rows["sd"], rows["previous_sd"]))


def _compared(rows: pd.DataFrame, references: pd.DataFrame) -> pd.DataFrame:
    latest = references.sort_values(["indicator_id", "year"]).drop_duplicates("indicator_id", keep="last")
    names = {
        "territory_id": "reference_territory_id",
        "year": "reference_year",
        "value": "reference_value",
        "source": "reference_source",
        "source_fr": "reference_source_fr",
        "source_de": "reference_source_de",
    }
    known = latest[["indicator_id", *names]].rename(columns=names)
    return rows.merge(known, on="indicator_id", how="left")
