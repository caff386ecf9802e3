"""Exchanges: an outflow of one establishment that could feed an inflow of another (mart_synergy_exchanges).

A year is looked at as a whole, whatever the territories; a territory then shows the exchanges of which it wholly holds
both parties, ranked among themselves. Method and sources: docs/methods/exchanges.md.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from metabolism.synergies import distance, money
from metabolism.synergies.allocation import SHARE_GIVEN, allocate
from metabolism.synergies.candidates import candidates
from metabolism.synergies.distance import Places
from metabolism.synergies.exchange_notes import Notes, notes, outlet, step_today
from metabolism.synergies.exchange_words import Note, worded
from metabolism.synergies.ids import synergy_id
from metabolism.synergies.knowledge import LANGUAGES, MIXED, Knowledge
from metabolism.synergies.lots import KEY
from metabolism.synergies.needs import needs
from metabolism.synergies.quantity import with_quantity
from metabolism.synergies.supplies import supplies
from metabolism.tables import BOOL, FLOAT, INT, TEXT
from metabolism.uncertainty import Z_95

LIKELY, UNLIKELY = 0.8, 0.2
"""An exchange that pays in this share of the draws, with no hard obstacle, is likely; in less than that, unlikely."""
_LIST = pa.list_(pa.string())
_PER_LANGUAGE = {
    "today": TEXT,
    "hierarchy": TEXT,
    "window": TEXT,
    "basis": _LIST,
    "obstacles": _LIST,
    "next_step": TEXT,
}
_TEXTS = {
    name + ("" if language == "en" else f"_{language}"): (name, language, kind)
    for language in LANGUAGES
    for name, kind in _PER_LANGUAGE.items()
}
"""By column: which notes it tells, in which language, as a text or a list of texts."""

SCHEMA: dict[str, pa.DataType] = {
    "exchange_id": TEXT,
    "territory_id": TEXT,
    "year": INT,
    "rank": INT,
    "supplier_id": TEXT,
    "receiver_id": TEXT,
    "supplied_resource_id": TEXT,
    "needed_resource_id": TEXT,
    "value": FLOAT,
    "sd": FLOAT,
    "unit": TEXT,
    "distance_km": FLOAT,
    "saving_eur": FLOAT,
    "saving_eur_sd": FLOAT,
    "co2e_t": FLOAT,
    "p_pays": FLOAT,
    "verdict": TEXT,
    "evidence": TEXT,
    "today": TEXT,
    "hierarchy": TEXT,
    "window": TEXT,
    "allocated": BOOL,
    "basis": _LIST,
    "obstacles": _LIST,
    "next_step": TEXT,
    "allocated_value": FLOAT,
    "value_low": FLOAT,
    "value_high": FLOAT,
    "supplied_value": FLOAT,
    "supplied_unit": TEXT,
    "share_of_need": FLOAT,
    "saving_supplier_eur": FLOAT,
    "saving_receiver_eur": FLOAT,
    "transport_eur": FLOAT,
    "knowledge_id": TEXT,
    "partner_today": TEXT,
    "supply_flow_ids": _LIST,
    "need_flow_ids": _LIST,
    **{
        f"{name}_{language}": kind for language in LANGUAGES if language != "en" for name, kind in _PER_LANGUAGE.items()
    },
}
"""The contract's columns and, after them: what the allocation gives, the interval, the quantity in supplied units, the
part of the whole inflow, the money of each party before transport is shared, the line of knowledge, today's partner and
the flows on both sides (for the facilitator alone), and the texts in French and German."""


@dataclass(frozen=True)
class ExchangeTables:
    """What exchanges are made of: tables of the analysis, with the columns of `_COLUMNS` at least."""

    establishments: pd.DataFrame
    memberships: pd.DataFrame
    territories: pd.DataFrame
    flows: pd.DataFrame
    flow_attributes: pd.DataFrame
    haves_wants: pd.DataFrame
    prices: pd.DataFrame


def find_exchanges(tables: ExchangeTables, knowledge: Knowledge) -> pd.DataFrame:
    """One row an exchange, year and territory that wholly holds both parties: the columns of `SCHEMA`, ordered by
    territory, year and rank. Empty tables give an empty one."""
    tables = _plain(tables)
    book = money.PriceBook(tables.prices, knowledge)
    years = sorted({*tables.flows["year"].dropna(), *tables.haves_wants["year"].dropna()})
    found = [part for year in years if len(part := _of_year(tables, int(year), knowledge, book))]
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in SCHEMA})
    return pd.concat(found, ignore_index=True).sort_values(["territory_id", "year", "rank"], ignore_index=True)[
        [*SCHEMA]
    ]


def exchange_id(supplier_id: str, receiver_id: str, supplied_resource_id: str, needed_resource_id: str) -> str:
    """A hash of parties and resources alone (contract 2.10): the same every year and in every territory."""
    return synergy_id("x", (supplier_id, receiver_id, supplied_resource_id, needed_resource_id))


def _plain(tables: ExchangeTables) -> ExchangeTables:
    """Plain years and indexes, whatever integers the caller has; the columns that an empty table may lack."""
    plain = {}
    for name in (field.name for field in fields(tables)):
        table = getattr(tables, name).reset_index(drop=True)
        table = table.reindex(columns=[*table, *(column for column in _COLUMNS[name] if column not in table)])
        plain[name] = table.astype({"year": "Int64"}) if "year" in table else table
    return ExchangeTables(**plain)


_COLUMNS = {
    "establishments": ["establishment_id", "year", "nace", "latitude", "longitude"],
    "memberships": ["territory_id", "year", "establishment_id"],
    "territories": ["territory_id", "kind"],
    "flows": [
        "flow_id",
        "year",
        "resource_id",
        "from_establishment_id",
        "to_establishment_id",
        "value",
        "sd",
        "status",
        "gross_error",
        "purpose",
        "temperature",
        "season",
    ],
    "flow_attributes": [
        "flow_id",
        "establishment_id",
        "direction",
        "price",
        "treatment",
        "temperature",
        "available",
        "quality",
        "status",
        "rhythm",
        "season",
        "contract_end",
        "confidential",
        "substitutable",
        "partner_name",
    ],
    "haves_wants": [
        "establishment_id",
        "year",
        "kind",
        "resource_id",
        "value",
        "valid_from",
        "valid_until",
        "condition",
    ],
    "prices": ["resource_id", "year", "price_eur_per_unit", "disposal_eur_per_unit", "source"],
}


def _of_year(tables: ExchangeTables, year: int, knowledge: Knowledge, book: money.PriceBook) -> pd.DataFrame:
    nace = _trades(tables.establishments, year)
    declared = (tables.flows, tables.flow_attributes, tables.haves_wants)
    supply, sent = supplies(*declared, nace, year, knowledge)
    need, received = needs(*declared, year, knowledge)
    where = distance.places(tables.establishments, tables.memberships, tables.territories, year, knowledge.costs)
    pairs = candidates(supply, need, nace, knowledge, where)
    if not len(pairs):
        return pairs
    pairs = _described(pairs, supply, need, knowledge).assign(year=year)
    pairs = _possible(pairs, nace, knowledge)
    pairs = distance.distances(pairs, where)
    pairs = pairs[pairs["distance_km"] <= pairs["max_distance_km"]]
    pairs = _with_shared_flows(pairs, sent, received)
    pairs = _one_each(with_quantity(pairs))
    if not len(pairs):
        return pairs
    pairs = _valued(pairs.reset_index(drop=True), knowledge, book)
    pairs = pairs.assign(detour=where.detour)
    pairs["allocated_value"] = _allocated(pairs, supply, need, knowledge)
    pairs["allocated"] = (pairs["allocated_value"] > SHARE_GIVEN * pairs["value"]).fillna(False).astype(bool)
    return _by_territory(_told(pairs), where)


def _trades(establishments: pd.DataFrame, year: int) -> pd.Series:
    """NACE digits by establishment, those of the year."""
    rows = establishments[establishments["year"].eq(year)].drop_duplicates("establishment_id")
    digits = rows["nace"].astype("str").fillna("").str.replace(r"\D", "", regex=True)
    return digits.set_axis(rows["establishment_id"])


def _described(pairs: pd.DataFrame, supply: pd.DataFrame, need: pd.DataFrame, knowledge: Knowledge) -> pd.DataFrame:
    """The lots' columns beside each pair (`supply_…`, `need_…`) and those of its line."""
    sides = []
    for name, lots in (("supply", supply), ("need", need)):
        at = pairs[name].to_numpy(np.int64)
        sides.append(lots.iloc[at].add_prefix(f"{name}_").reset_index(drop=True))
    table = pd.concat([pairs.reset_index(drop=True), *sides], axis=1).rename(
        columns={
            "supply_establishment_id": "supplier_id",
            "need_establishment_id": "receiver_id",
            "supply_resource_id": "supplied_resource_id",
            "need_resource_id": "needed_resource_id",
            "need_fixed": "fixed",
            "supply_partly": "partly",
            "supply_quality": "quality",
        }
    )
    for name in ("knowledge_id", "supplied", "receiver_nace", "role", "fraction", "max_share", "margin", "processing"):
        table[name] = [getattr(line, name) for line in table["line"]]
    table["max_distance_km"] = [line.max_distance_km for line in table["line"]]
    units = {i: knowledge.nomenclatures.unit(i) for i in {*table["supplied_resource_id"], *table["needed_resource_id"]}}
    table["supplied_unit"] = table["supplied_resource_id"].map(units)
    table["unit"] = table["needed_resource_id"].map(units)
    tonnes = {i: money.tonnes_per_unit(i, knowledge.nomenclatures) for i in set(table["supplied_resource_id"])}
    table["tonnes_per_unit"] = table["supplied_resource_id"].map(tonnes).astype(float)
    table["piped"] = table["tonnes_per_unit"].isna()
    mixed = {i: knowledge.hazard(i) == MIXED for i in set(table["supplied_resource_id"])}
    table["coarse"] = table["coarse"].astype(bool) | table["supplied_resource_id"].map(mixed).astype(bool)
    return table


def _possible(pairs: pd.DataFrame, nace: pd.Series, knowledge: Knowledge) -> pd.DataFrame:
    """Without pairs that the law forbids or that heat would not flow between; adds `temperature_unknown`."""
    offered, wanted = pairs["supply_temperature"].to_numpy(float), pairs["need_temperature"].to_numpy(float)
    thermal = pairs["margin"].notna().to_numpy()
    # Of a boiler nobody says the temperature; what cannot even heat rooms does not replace its fuel.
    boiler = thermal & pairs["role"].eq("heat").to_numpy() & pairs["needed_resource_id"].ne("energy.heat").to_numpy()
    said = np.isfinite(wanted)
    wanted = np.where(boiler & ~said, knowledge.costs["boiler_temperature"].value, wanted)
    colder = pairs["role"].eq("cold").to_numpy()
    step = np.where(colder, wanted - offered, offered - wanted)
    known = np.isfinite(step) & said
    impossible = thermal & np.isfinite(step) & (step < pairs["margin"].to_numpy(float))
    trade = pairs["receiver_id"].map(nace).fillna("")
    forbidden = np.zeros(len(pairs), dtype=bool)
    for line in knowledge.forbidden:
        held = {i: knowledge.holds(line.supplied, i) for i in set(pairs["supplied_resource_id"])}
        forbidden |= (pairs["supplied_resource_id"].map(held) & trade.str.startswith(line.receiver_nace)).to_numpy(bool)
    return pairs.assign(temperature_unknown=thermal & ~known)[~impossible & ~forbidden]


def _with_shared_flows(pairs: pd.DataFrame, sent: pd.DataFrame, received: pd.DataFrame) -> pd.DataFrame:
    """Adds `sent` and `received`: what of each lot already flows between the two."""
    for name, parts, own, resource, other in (
        ("sent", sent, "supplier_id", "supplied_resource_id", "receiver_id"),
        ("received", received, "receiver_id", "needed_resource_id", "supplier_id"),
    ):
        side = "supply" if name == "sent" else "need"
        keys = {KEY[0]: own, KEY[1]: resource, "temperature": f"{side}_temperature", "partner_id": other}
        pairs = pairs.merge(parts.rename(columns=keys | {"between": name}), on=list(keys.values()), how="left")
        pairs[name] = pairs[name].astype(float).fillna(0.0)
    return pairs


def _one_each(pairs: pd.DataFrame) -> pd.DataFrame:
    """One row an exchange: the line that says most exactly what is supplied and to whom, then the largest quantity."""
    exact = pairs.assign(
        exchange_id=[
            exchange_id(*row)
            for row in pairs[["supplier_id", "receiver_id", "supplied_resource_id", "needed_resource_id"]].itertuples(
                index=False, name=None
            )
        ],
        depth=pairs["supplied"].str.len() * ~pairs["knowledge_id"].str.startswith("same_"),
        trade_depth=pairs["receiver_nace"].str.len(),
    )
    order = ["exchange_id", "depth", "trade_depth", "value", "knowledge_id", "supply_temperature", "need_temperature"]
    exact = exact.sort_values(order, ascending=[True, False, False, False, True, True, True])
    return exact.drop_duplicates("exchange_id")


def _valued(pairs: pd.DataFrame, knowledge: Knowledge, book: money.PriceBook) -> pd.DataFrame:
    places = zip(pairs["supply_treatment"], pairs["supplied_resource_id"], strict=True)
    pairs["outlet"] = [outlet(treatment, resource) for treatment, resource in places]
    today = pairs["outlet"].map(step_today)
    pairs["already_recycled"] = today.eq("recycling") & pairs["role"].ne("reuse")
    pairs = money.with_prices(pairs, book, knowledge.costs["declared_price_sd"].value)
    pairs = money.with_money(pairs, knowledge.costs)
    pairs = money.with_emissions(pairs, book, knowledge.costs)
    return pairs.assign(
        evidence=np.where(pairs["supply_named"] | pairs["need_named"], "wanted", "declared"),
        value_low=np.maximum(0.0, pairs["value"] - Z_95 * pairs["sd"]),
        value_high=pairs["value"] + Z_95 * pairs["sd"],
        share_of_need=pairs["value"] / pairs["need_taken"],
        partner_today=pairs["supply_partner_name"],
    )


def _allocated(pairs: pd.DataFrame, supply: pd.DataFrame, need: pd.DataFrame, knowledge: Knowledge) -> pd.Series:
    """What each pair gets when nothing is promised twice; NaN where its quantity is not known.

    A limit that is not known does not bind: a supply or a want without a quantity.
    """
    known = pairs["value"].notna()
    arcs = pairs[known]
    per_unit = (arcs["saving_eur"] / arcs["value"]).fillna(knowledge.costs["unpriced_weight"].value)
    unsure = arcs[["temperature_unknown", "coarse", "fixed", "disposal_family", "purchase_family"]].any(axis=1)
    per_unit = per_unit.mask(unsure & (per_unit > 0), per_unit * knowledge.costs["unverified_weight"].value)
    wanted = need["value"].to_numpy(float)
    said = need["said"].to_numpy(bool)[arcs["need"].to_numpy(np.int64)]
    limit = np.where(said, 1.0, arcs["max_share"]) * wanted[arcs["need"].to_numpy(np.int64)]
    table = pd.DataFrame(
        {
            "supply": arcs["supply"].astype("int64"),
            "need": arcs["need"].astype("int64"),
            "line": arcs["knowledge_id"],
            "line_limit": np.where(np.isnan(limit), np.inf, limit),
            "fraction": arcs["fraction"],
            "upper": arcs["value"],
            "gain": per_unit,
            "exchange_id": arcs["exchange_id"],
        }
    )
    given = allocate(table, _or_unlimited(supply["value"]), _or_unlimited(need["value"]))
    return pd.Series(np.where(given > 0, given, 0.0), index=arcs.index).reindex(pairs.index)


def _or_unlimited(values: pd.Series) -> NDArray[np.float64]:
    return np.asarray(values.astype(float).fillna(np.inf), dtype=float)


def _told(pairs: pd.DataFrame) -> pd.DataFrame:
    """Adds verdict and the texts in each language. Texts that many exchanges share are made and held once."""
    told: dict[str, list[Any]] = {name: [] for name in ("verdict", *_TEXTS)}
    memory: dict[tuple[Any, ...], str] = {}

    def text(note: Note, language: str) -> str:
        key = (language, note[0], *note[1].values())
        if key not in memory:
            memory[key] = worded(note, language)
        return memory[key]

    for p_pays, row in zip(pairs["p_pays"], pairs.itertuples(index=False, name=None), strict=True):
        one = notes(dict(zip(pairs.columns, row, strict=True)))
        told["verdict"].append(_verdict(p_pays, one))
        for column, (name, language, kind) in _TEXTS.items():
            texts = [text(note, language) for note in getattr(one, name)]
            told[column].append(texts if kind == _LIST else "; ".join(texts))
    return pd.concat([pairs, pd.DataFrame(told, index=pairs.index, dtype=object)], axis=1)


def _verdict(p_pays: float, said: Notes) -> str:
    if p_pays < UNLIKELY:
        return "unlikely"
    return "likely" if p_pays >= LIKELY and not said.hard else "to_check"


def _by_territory(pairs: pd.DataFrame, where: Places) -> pd.DataFrame:
    """One row for each territory that holds both parties, with the rank: allocated first, then wanted, then by saving,
    quantity and id; what is not known comes last."""
    homes = where.shared[["establishment_id", "territory_id"]]
    table = pairs.merge(homes, left_on="supplier_id", right_on="establishment_id").drop(columns="establishment_id")
    table = table.merge(
        homes, left_on=["receiver_id", "territory_id"], right_on=["establishment_id", "territory_id"]
    ).drop(columns="establishment_id")
    table = table.assign(wanted=table["evidence"].eq("wanted"))
    order = ["territory_id", "allocated", "wanted", "saving_eur", "value", "exchange_id"]
    table = table.sort_values(order, ascending=[True, False, False, False, False, True], ignore_index=True)
    table["rank"] = table.groupby("territory_id", sort=False).cumcount() + 1
    return table[[*SCHEMA]]
