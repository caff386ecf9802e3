"""What the first pass of dbt handed over, and the seeds, as the tables that the analysis takes."""

from __future__ import annotations

import pandas as pd

from assets.project import SEEDS
from metabolism.layout import DataFolder
from metabolism.tables import read_table


def prepared(data: DataFolder, model: str) -> pd.DataFrame:
    return read_table(data.prepared / f"{model}.parquet")


def read_seed(name: str) -> pd.DataFrame:
    """A seed of the project: text, but for the columns that are numbers throughout; codes keep their noughts."""
    table = pd.read_csv(SEEDS / f"{name}.csv", dtype=str, keep_default_na=False)
    numbers = {
        column: pd.to_numeric(table[column].replace("", None), errors="coerce") for column in _MEASURES & {*table}
    }
    return table.assign(**numbers)


_MEASURES = {"value", "year", "sd_pct", "price_eur_per_unit", "disposal_eur_per_unit", "co2e_t_per_unit"}


def establishments(data: DataFolder) -> pd.DataFrame:
    """One row an establishment and surveyed year; the frame's employees before its own, as everywhere."""
    table = prepared(data, "int_establishments")
    return table.assign(employees=table["frame_employees"].fillna(table["employees"]))


def memberships(data: DataFolder) -> pd.DataFrame:
    """territory_id, year, establishment_id: who lies inside which territory."""
    return prepared(data, "int_establishment_territories")[["territory_id", "year", "establishment_id"]]


def members_of_territories(data: DataFolder) -> pd.DataFrame:
    """Establishments, a row for each territory that they lie inside."""
    return memberships(data).merge(establishments(data), on=["establishment_id", "year"])


def reconciled_flows(data: DataFolder) -> pd.DataFrame:
    """Flows with their estimate and the ends that the contract publishes: an establishment with its place, or a place."""
    flows = prepared(data, "int_flows").merge(read_table(data.analysed / "flow_estimates.parquet"), on="flow_id")
    homes = prepared(data, "int_establishment_homes").set_index(["establishment_id", "year"])["territory_id"]
    for end in ("from", "to"):
        is_establishment = flows[f"{end}_kind"] == "establishment"
        flows[f"{end}_establishment_id"] = flows[f"{end}_id"].where(is_establishment, None)
        keys = pd.MultiIndex.from_frame(flows[[f"{end}_id", "year"]])
        place = flows[f"{end}_id"].astype(object).str.lower().where(flows[f"{end}_kind"] != "unknown", None)
        flows[f"{end}_territory_id"] = place.where(~is_establishment, homes.reindex(keys).set_axis(flows.index))
    out = flows["n_included"] == 0
    status = pd.Series("single", index=flows.index).mask(flows["n_declarers"] > 1, "paired").mask(out, "unmeasured")
    return flows.assign(status=status, gross_error=flows["has_excluded"])
