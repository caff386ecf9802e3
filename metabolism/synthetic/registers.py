"""The tables at the top of raw/: territories, postcodes, frames, actors, pilots, prices. All say that they are synthetic."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from metabolism.synthetic.draws import significant, stream
from metabolism.synthetic.roster import (
    COMMUNES,
    COUNTRY,
    MOBILITY_GROUP,
    RESTAURANTS,
    YEARS,
    ZONES,
    Establishment,
)

_TERRITORY_COLUMNS = ["territory_id", "name", "kind", "within", "overlaps", "members", "synthetic"]
_FRAME_COLUMNS = ["establishment_id", "name", "nace", "employees", "floor_area", "organisation", "address", "postcode",
                  "locality", "commune", "country", "latitude", "longitude"]  # fmt: skip


def territories() -> pd.DataFrame:
    rows = [(COUNTRY, "Luxembourg (synthetic case)", "country", "", "", "", "yes")]
    rows += [(name, f"{label} (synthetic case)", "commune", COUNTRY, "", "", "yes") for name, label in COMMUNES.items()]
    rows += [
        (z.zone_id, f"{z.name} (synthetic case)", "zone", ";".join(z.within), ";".join(z.overlaps), "", "yes")
        for z in ZONES.values()
    ]
    return pd.DataFrame(rows, columns=_TERRITORY_COLUMNS)


def postcodes() -> pd.DataFrame:
    rows = [
        ("LU", postcode.removeprefix("L-"), commune)
        for zone in ZONES.values()
        for commune, postcode in zip(zone.communes, zone.postcodes, strict=True)
    ]
    return pd.DataFrame(rows, columns=["country", "postcode", "territory_id"])


def frames(roster: Mapping[str, Establishment]) -> dict[str, pd.DataFrame]:
    """The register of each zone."""
    found = {}
    for zone_id in ZONES:
        rows = [
            [e.establishment_id, e.name, e.nace, e.employees, e.floor_area, e.organisation, e.address, e.postcode,
             e.locality, e.commune, "LU", e.latitude, e.longitude]
            for e in roster.values() if e.zone_id == zone_id
        ]  # fmt: skip
        found[zone_id] = pd.DataFrame(rows, columns=_FRAME_COLUMNS)
    return found


def actors() -> pd.DataFrame:
    everywhere = ";".join([COUNTRY, *ZONES])
    rows = [
        ("actor-railway", "Railway operator (synthetic)", "operator", "cloche-dor;dudelange-bettembourg",
         "mobility;accessibility"),
        ("actor-transport", "Transport authority (synthetic)", "authority", "cloche-dor;kirchberg;dudelange-bettembourg",
         "mobility;accessibility"),
        ("actor-city", "City administration (synthetic)", "authority", "cloche-dor;kirchberg",
         "mobility;accessibility;waste;food_waste"),
        ("actor-ministry", "Ministry of mobility and environment (synthetic)", "authority", everywhere,
         "mobility;energy;waste"),
        ("actor-cluster", "Cluster association (synthetic)", "association", everywhere, "materials;waste;energy;cohesion"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["actor_id", "name", "kind", "territories", "themes"])


_PILOT_COLUMNS = ["pilot_id", "territory_id", "kind", "theme", "title", "status", "stage", "replicates", "start", "end",
                  "participants", "indicator", "unit", "baseline", "baseline_sd", "measured", "measured_sd",
                  "verified_by", "lesson"]  # fmt: skip


def pilots(seed: int) -> pd.DataFrame:
    """Four pilots; what they measured moves a little with the seed."""
    rng = stream(seed, "pilots")
    before = significant(float(rng.uniform(128, 140)), 3)
    after = significant(before * float(rng.uniform(0.74, 0.82)), 3)
    alone = significant(float(rng.uniform(66, 70)), 3)
    later = significant(alone - float(rng.uniform(4, 7)), 3)
    lorries = significant(float(rng.uniform(300, 330)), 3)
    pooled = significant(lorries * float(rng.uniform(0.62, 0.72)), 3)
    rows = [
        ("pilot-food-waste-2017", "kirchberg", "activity", "food_waste",
         "Food-waste campaign in four company restaurants, 2017 (synthetic)", "realised", "extended", "", "2017-03-01",
         "2017-11-30", ";".join(RESTAURANTS), "food waste per meal", "g/meal", before, 6.0, after, 5.0, "actor-city",
         "Weighing every day changed the portions (synthetic)"),
        ("pilot-mobility", "cloche-dor", "activity", "mobility",
         "Mobility plan of seven companies (synthetic)", "realised", "pilot", "", "2024-09-01", "2025-06-30",
         ";".join([*MOBILITY_GROUP, "actor-railway", "actor-transport", "actor-city", "actor-ministry"]),
         "share of employees who drive alone", "%", alone, 1.2, later, 1.3, "actor-transport",
         "The shuttle helped where it met the train (synthetic)"),
        ("pilot-waste-pooling", "bascharage", "pooling", "waste",
         "One waste collection for three companies (synthetic)", "realised", "pilot", "", "2024-01-15", "2025-01-14",
         "ba-conserves;ba-limonade;ba-charpente", "lorries entering the zone for waste", "trip/year", lorries, 9.0, pooled,
         8.0, "actor-cluster", "Common containers need a place that all can reach (synthetic)"),
        ("pilot-cullet", "bascharage", "exchange", "materials",
         "Cullet of a bottler for a glass works (synthetic)", "running", "pilot", "", "2025-10-01", "",
         "ba-limonade;ba-verrerie", "glass exchanged", "t/year", None, None, None, None, "", ""),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=_PILOT_COLUMNS)


_PRICES = (
    ("material.paper", 170, None), ("material.wood", 95, None), ("material.pallet", 310, None),
    ("material.plastic", 1100, None), ("material.steel", 330, None), ("material.glass", 90, None),
    ("material.aggregate", 17, None), ("material.soil", 8, None), ("material.food", 900, None),
    ("energy.electricity", 160, None), ("energy.gas", 62, None), ("energy.heat", 78, None),
    ("water.drinking", 3.1, None), ("water.industrial", 1.9, None), ("waste", None, 90), ("waste.150101", 60, 45),
    ("waste.150102", 40, 95), ("waste.150103", 10, 48), ("waste.150107", 5, 28), ("waste.1701", None, 15),
    ("waste.170504", None, 9), ("waste.200108", None, 130), ("waste.200201", None, 48), ("waste.030105", 15, 30),
    ("waste.120101", 140, 12), ("waste.200301", None, 185),
)  # fmt: skip


def prices() -> pd.DataFrame:
    """EUR a canonical unit, and what a holder pays to be rid of it; the second year a little dearer. The same for every
    seed: several cases in one folder agree on them."""
    rows = []
    for position, year in enumerate(YEARS):
        for resource, price, disposal in _PRICES:
            dearer = 1.03**position
            rows.append(
                (resource, year, price and significant(price * dearer, 4), disposal and significant(disposal * dearer, 4),
                 "synthetic")
            )  # fmt: skip
    columns = ["resource_id", "year", "price_eur_per_unit", "disposal_eur_per_unit", "source"]
    return pd.DataFrame(rows, columns=columns)
