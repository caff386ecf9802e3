"""Indicators made of the synergies found: what they would save, spare and take."""

from __future__ import annotations

import numpy as np
import pandas as pd

KEYS = ["territory_id", "year"]
_COLUMNS = [*KEYS, "indicator_id", "value", "sd", "n_establishments"]


def synergy_indicators(exchanges: pd.DataFrame, pools: pd.DataFrame, waste: pd.DataFrame) -> pd.DataFrame:
    """Of what was allocated, and of all pools of known money: savings (EUR a year), CO2e (t a year), share of waste.

    `exchanges`: rows of mart_synergy_exchanges with `allocated_value`; `pools`: of mart_synergy_pooling; `waste`:
    territory_id, year, value: waste sent by establishments, t. Money and CO2e of an exchange are in proportion to what
    of it was allocated. Errors are taken as independent, which they are not between exchanges that share a price: the
    sd is a lower bound. CO2e has no error of its own yet: its sd is null.
    """
    amounts = ["value", "sd", "allocated_value", "saving_eur", "saving_eur_sd", "co2e_t"]
    chosen = exchanges[exchanges["allocated"].fillna(False).astype(bool)]
    chosen = chosen.astype(dict.fromkeys(amounts, float))  # a table without rows comes without types
    part = (chosen["allocated_value"] / chosen["value"]).clip(upper=1.0)
    chosen["saving"], chosen["saving_sd"] = chosen["saving_eur"] * part, chosen["saving_eur_sd"] * part
    chosen["co2e"] = chosen["co2e_t"] * part
    return pd.concat([_savings(chosen, pools), _co2e(chosen), _waste_share(chosen, waste)], ignore_index=True)


def _savings(chosen: pd.DataFrame, pools: pd.DataFrame) -> pd.DataFrame:
    parties = chosen[["supplier_id", "receiver_id"]].to_numpy(object).tolist()
    of_exchanges = chosen[[*KEYS, "saving", "saving_sd"]].assign(parties=pd.Series(parties, index=chosen.index))
    of_pools = pools[[*KEYS, "saving_eur", "saving_eur_sd", "members"]].set_axis([*of_exchanges], axis=1)
    money = pd.concat([of_exchanges.astype(object), of_pools.astype(object)], ignore_index=True)
    money = money.astype({"saving": float, "saving_sd": float}).dropna(subset="saving")
    if money.empty:
        return pd.DataFrame(columns=_COLUMNS)
    sums = money.assign(variance=money["saving_sd"] ** 2).groupby(KEYS)[["saving", "variance"]].sum().reset_index()
    n = money.explode("parties").groupby(KEYS)["parties"].nunique().rename("n_establishments").reset_index()
    told = sums.assign(indicator_id="synergy_saving", value=sums["saving"], sd=np.sqrt(sums["variance"]))
    return told.merge(n, on=KEYS)[_COLUMNS]


def _co2e(chosen: pd.DataFrame) -> pd.DataFrame:
    known = chosen.dropna(subset="co2e")
    if known.empty:
        return pd.DataFrame(columns=_COLUMNS)
    sums = known.groupby(KEYS).agg(value=("co2e", "sum"), suppliers=("supplier_id", "nunique")).reset_index()
    return sums.assign(indicator_id="synergy_co2e", sd=np.nan, n_establishments=sums["suppliers"])[_COLUMNS]


def _waste_share(chosen: pd.DataFrame, waste: pd.DataFrame) -> pd.DataFrame:
    is_waste = chosen["supplied_resource_id"].astype(str).str.startswith("waste")
    of_waste = chosen[is_waste & chosen["unit"].eq("t")]
    taken = of_waste.assign(variance=(of_waste["sd"] * of_waste["allocated_value"] / of_waste["value"]) ** 2)
    sums = taken.groupby(KEYS).agg(
        taken=("allocated_value", "sum"), variance=("variance", "sum"), n_establishments=("supplier_id", "nunique")
    )
    table = waste[waste["value"] > 0].merge(sums.reset_index(), on=KEYS, how="left")
    counted = ["taken", "variance", "n_establishments"]
    table[counted] = table[counted].astype(float).fillna(0.0)
    value = (table["taken"] / table["value"]).clip(upper=1.0)
    sd = np.sqrt(table["variance"]) / table["value"]
    return table.assign(indicator_id="synergy_waste_share", value=value, sd=sd)[_COLUMNS]
