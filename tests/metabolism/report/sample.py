"""A zone as a campaign gives it: twelve establishments, two years, ten exchanges, with the gaps that there always are.

Everything in it is invented. Some figures are missing on purpose, with and without a reason.
"""

from typing import Any

import pandas as pd

Row = dict[str, Any]

NAMES = {
    "verrerie": "Verrerie du Weier S.A.",
    "papeterie": "Papeterie Imaginaire",
    "cartonnage": "Cartonnage Inventé & Fils",
    "brasserie": "Brasserie Chimère",
    "laiterie": "Laiterie Fantôme",
    "metallbau": "Metallbau Beispiel",
    "schreinerei": "Schreinerei Muster",
    "beton": "Béton Mirage",
    "blanchisserie": "Blanchisserie Factice",
    "bureau": "Campus de Données Irréel, Département des Infrastructures Techniques et de la Restauration",
    "logistik": "Logistik Nirgendwo",
    "garage": "Garage Utopie",
}
SERVICES = {
    "waste_collection": ("Waste collection", "Collecte des déchets", "Abfallsammlung"),
    "security": ("Guarding and security", "Gardiennage et sécurité", "Wachdienst"),
}
THEMES = {
    "mobility": ("Mobility", "Mobilité", "Mobilität"),
    "water": ("Water", "Eau", "Wasser"),
    "waste": ("Waste management", "Gestion des déchets", "Abfallwirtschaft"),
    "energy": ("Energy supply", "Approvisionnement en énergie", "Energieversorgung"),
}
BARRIERS = {
    "time": ("Time", "Temps", "Zeit"),
    "contract": ("Existing contract", "Contrat en cours", "Laufender Vertrag"),
}


def labelled(key: str, labels: dict[str, tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {key: one, "label_en": english, "label_fr": french, "label_de": german}
            for one, (english, french, german) in labels.items()
        ]
    )


def dependency(year: int = 2025) -> list[Row]:
    def row(resource: str, consumption: float | None, local: float | None, unknown: float | None, **others: Any) -> Row:
        blank = {
            "territory_id": "z",
            "year": year,
            "resource_id": resource,
            "consumption": consumption,
            "local_share": local,
            "undetermined_share": unknown,
            "origins": [],
            "hhi": None,
            "main_origin": None,
            "days_of_stock": None,
            "criticality": None,
            "strategic": False,
            "reason": None,
            "is_network": False,
            "n_establishments": 3,
        }
        return blank | others

    return [
        row("material", 2600.0, 0.0, 0.0, n_establishments=5),
        row(
            "material.sand",
            2500.0,
            0.0,
            0.05,
            origins=[
                {"origin": "fr", "share": 0.2},
                {"origin": "de", "share": 0.7},
                {"origin": "be", "share": 0.06},
                {"origin": "nl", "share": 0.04},
            ],
            hhi=0.53,
            main_origin="de",
            days_of_stock=6.0,
            criticality=0.85,
            strategic=True,
            reason="critical, from few origins, six days of stock",
            reason_fr="critique, peu d'origines, six jours de stock",
            reason_de="kritisch, wenige Herkünfte, sechs Tage Vorrat",
        ),
        row("material.paper", 100.0, 0.25, 0.35, origins=[{"origin": "de", "share": 1.0}], hhi=1.0, main_origin="de"),
        row("energy", 1303.99974, 0.0, 0.92, n_establishments=6),
        row("energy.electricity", 1200.0, 0.0, 1.0, is_network=True, criticality=1.0),
        row("energy.gas", 103.99974, 0.0, 0.0, is_network=True, strategic=True, criticality=0.6, days_of_stock=0.0),
        row("water.drinking", 3649.5136, 0.0, 1.0, is_network=True),
        row("waste.150101", None, None, None, n_establishments=None),
    ]


def indicators(year: int = 2025) -> list[Row]:
    def row(indicator: str, theme: str, english: str, french: str, german: str, **others: Any) -> Row:
        blank = {
            "territory_id": "z",
            "year": year,
            "indicator_id": indicator,
            "theme": theme,
            "label_en": english,
            "label_fr": french,
            "label_de": german,
            "value": None,
            "sd": None,
            "low": None,
            "high": None,
            "unit": "t",
            "n_establishments": 9,
            "direction": "none",
        }
        return blank | others

    return [
        row(
            "waste_per_employee",
            "waste",
            "Waste per employee",
            "Déchets par salarié",
            "Abfall je Beschäftigten",
            value=1.84,
            sd=0.11,
            low=1.63,
            high=2.06,
            unit="t/employee",
            direction="down",
            formula_en="waste out, less what came in as waste, over employees",
            formula_fr="déchets sortis, moins ceux reçus, par salarié",
            formula_de="abgegebene Abfälle ohne die angenommenen, je Beschäftigten",
            reference_value=2.1,
            reference_territory_id="lu",
            reference_year=2022,
            reference_source="Eurostat env_wasgen",
            previous_value=2.4,
            change=-0.56,
            change_sd=0.16,
        ),
        row(
            "recovery_rate",
            "waste",
            "Share of waste recovered",
            "Part des déchets valorisés",
            "Anteil der verwerteten Abfälle",
            value=0.62,
            sd=0.04,
            low=0.54,
            high=0.69,
            unit="share",
            direction="up",
            previous_value=0.6,
            change=0.02,
            change_sd=0.05,
        ),
        row(
            "car_share",
            "mobility",
            "Share of commuters who drive alone",
            "Part des salariés seuls en voiture",
            "Anteil der Alleinfahrenden",
            unit="share",
            direction="down",
            n_establishments=0,
            reason_en="no establishment answered on commuting",
            reason_fr="aucun établissement n'a répondu sur les trajets",
            reason_de="kein Betrieb hat zu den Arbeitswegen geantwortet",
        ),
        row(
            "water_per_employee",
            "water",
            "Water per employee",
            "Eau par salarié",
            "Wasser je Beschäftigten",
            value=36.2,
            sd=9.0,
            low=22.0,
            high=None,
            unit="m3/employee",
            direction="down",
        ),
    ]


def exchanges(year: int = 2025) -> list[Row]:
    pairs = [
        ("cartonnage", "papeterie", "waste.150101", "material.paper", 1913.0, 42.0, 0.97, "likely"),
        ("schreinerei", "papeterie", "waste.200301", "material.biomass", 640.0, 40.0, 0.88, "likely"),
        ("verrerie", "laiterie", "energy.heat", "energy.gas", 2400.0, 610.0, 0.71, "to_check"),
        ("brasserie", "blanchisserie", "energy.heat", "energy.heat", 310.0, 120.0, 0.55, "to_check"),
        ("bureau", "schreinerei", "energy.heat", "energy.heat", 190.0, 95.0, 0.52, "to_check"),
        ("logistik", "papeterie", "waste.150101", "material.paper", 86.0, 4.0, 0.93, "likely"),
        ("metallbau", "beton", "waste.15", None, 12.0, None, 0.3, "unlikely"),
        ("laiterie", "brasserie", "water.wastewater", "water.drinking", 12000.0, 3100.0, 0.4, "to_check"),
        ("garage", "verrerie", "waste.20", "material.sand", None, None, None, None),
        ("beton", "garage", "material.sand", "material.sand", 3.5, 2.9, 0.08, "unlikely"),
        ("papeterie", "garage", "material.paper", "material.paper", 1.0, 0.5, 0.05, "unlikely"),
    ]
    rows: list[Row] = []
    for rank, (supplier, receiver, supplied, needed, value, sd, chance, verdict) in enumerate(pairs, start=1):
        known = value is not None and rank not in (7, 9)
        rows.append(
            {
                "exchange_id": f"x{rank:02}",
                "territory_id": "z",
                "year": year,
                "rank": rank,
                "supplier_id": supplier,
                "receiver_id": receiver,
                "supplied_resource_id": supplied,
                "needed_resource_id": needed,
                "value": value,
                "sd": sd,
                "unit": {"w": "t", "m": "t", "e": "MWh"}[supplied[0]] if supplied != "water.wastewater" else "m3",
                "distance_km": None if rank == 9 else 0.3 * rank,
                "saving_eur": 61000.0 / rank - 9000 if known else None,
                "saving_eur_sd": 9400.0 / rank if known else None,
                "saving_supplier_eur": 20000.0 / rank if rank < 4 else None,
                "saving_receiver_eur": 41000.0 / rank - 9000 if rank < 4 else None,
                "co2e_t": 118.0 / rank if known else None,
                "p_pays": chance,
                "verdict": verdict,
                "evidence": "wanted" if rank in (1, 3) else "declared",
                "today": "recycled by a collector at −38 EUR/t",
                "today_fr": "recyclé par un collecteur à −38 EUR/t",
                "today_de": "von einem Entsorger verwertet zu −38 EUR/t",
                "hierarchy": "recycling → recycling" if rank == 1 else None,
                "hierarchy_fr": "recyclage → recyclage" if rank == 1 else None,
                "hierarchy_de": "Recycling → Recycling" if rank == 1 else None,
                "window": "from July, when the contract ends" if rank == 1 else None,
                "window_fr": "dès juillet, à la fin du contrat" if rank == 1 else None,
                "window_de": "ab Juli, wenn der Vertrag endet" if rank == 1 else None,
                "value_low": 1835.0 if rank == 1 else None,
                "value_high": 1998.0 if rank == 1 else None,
                "share_of_need": 0.12 if rank < 4 else None,
                "transport_eur": 1200.0 if rank == 1 else None,
                "allocated": rank in (1, 3),
                "allocated_value": 1800.0 if rank == 1 else None,
                "basis": ["paper mills take cardboard (List of Waste 15 01 01)", "both declared it"],
                "basis_fr": ["les papeteries prennent le carton (15 01 01)", "tous deux l'ont déclaré"],
                "basis_de": ["Papierfabriken nehmen Karton (15 01 01)", "beide haben ihn angegeben"],
                "obstacles": ["the receiver's contract runs until June"] if rank % 2 else [],
                "obstacles_fr": ["le contrat du receveur court jusqu'en juin"] if rank % 2 else [],
                "obstacles_de": ["der Vertrag des Abnehmers läuft bis Juni"] if rank % 2 else [],
                "next_step": "Bring both to one table; ask for a sample." if rank < 8 else None,
                "next_step_fr": "Réunir les deux ; demander un échantillon." if rank < 8 else None,
                "next_step_de": "Beide an einen Tisch bringen; eine Probe erbitten." if rank < 8 else None,
            }
        )
    return rows


def pools(year: int = 2025) -> list[Row]:
    return [
        {
            "pool_id": "p1",
            "territory_id": "z",
            "year": year,
            "rank": 1,
            "service_id": "waste_collection",
            "members": ["cartonnage", "brasserie", "garage", "bureau"],
            "n_establishments": 4,
            "cost_today_eur": 48200.0,
            "cost_pooled_eur": 39900.0,
            "saving_eur": 8300.0,
            "saving_eur_sd": 2100.0,
            "shares": [
                {"establishment_id": "cartonnage", "saving_eur": 4100.0},
                {"establishment_id": "bureau", "saving_eur": 1900.0},
            ],
            "members_without_cost": ["garage"],
            "members_maybe": ["garage", "brasserie"],
            "excluded": [{"establishment_id": "laiterie", "reason": "too_far"}],
            "first_contract_end": "2026-06-30",
            "next_step": "Ask for one offer for all four.",
            "next_step_fr": "Demander une offre commune pour les quatre.",
            "next_step_de": "Ein gemeinsames Angebot für alle vier einholen.",
            "reasons": ["four visits a week to one street"],
            "reasons_fr": ["quatre passages par semaine dans une rue"],
            "reasons_de": ["vier Fahrten je Woche in eine Straße"],
        },
        {
            "pool_id": "p2",
            "territory_id": "z",
            "year": year,
            "rank": 2,
            "service_id": "security",
            "members": ["verrerie", "logistik"],
            "n_establishments": 2,
            "cost_today_eur": None,
            "cost_pooled_eur": None,
            "saving_eur": None,
            "saving_eur_sd": None,
            "shares": [],
            "first_contract_end": None,
            "next_step": None,
        },
    ]


def activities(year: int = 2025) -> list[Row]:
    return [
        {
            "activity_id": "a1",
            "territory_id": "z",
            "year": year,
            "rank": 1,
            "theme_id": "mobility",
            "format": "working_group",
            "members": ["verrerie", "bureau", "laiterie"],
            "leaders": ["bureau"],
            "informed": ["garage"],
            "partners": ["cfl"],
            "barriers": ["time"],
            "n_establishments": 3,
            "employees": 810.0,
            "score": 12.4,
            "mean_priority": 4.333333,
            "reasons": ["three call it pressing"],
            "reasons_fr": ["trois la disent pressante"],
            "reasons_de": ["drei nennen sie dringend"],
            "next_step": "First meeting at the campus.",
            "next_step_fr": "Première rencontre au campus.",
            "next_step_de": "Erstes Treffen auf dem Campus.",
        },
        {
            "activity_id": "a2",
            "territory_id": "z",
            "year": year,
            "rank": 2,
            "theme_id": "waste",
            "format": "workshop",
            "members": ["garage", "metallbau"],
            "leaders": [],
            "partners": [],
            "barriers": ["contract"],
            "n_establishments": 2,
            "employees": None,
            "score": None,
        },
    ]


def pilots() -> list[Row]:
    def row(key: str, **others: Any) -> Row:
        blank: Row = dict.fromkeys(
            (
                "replicates",
                "end",
                "baseline",
                "baseline_sd",
                "measured",
                "measured_sd",
                "effect",
                "effect_sd",
                "significant",
                "scale_value",
                "scale_sd",
                "change_pct",
                "lesson",
            )
        )
        return blank | {"pilot_id": key, "territory_id": "z", "verified": False, "n_establishments": 3} | others

    return [
        row(
            "pilot1",
            kind="pooling",
            theme_id="waste",
            title="Une benne à carton pour trois",
            status="realised",
            stage="pilot",
            start="2025-03-01",
            end="2025-08-31",
            indicator="Fahrten je Monat",
            unit="trip",
            baseline=52.0,
            baseline_sd=3.0,
            measured=31.0,
            measured_sd=2.0,
            effect=-21.0,
            effect_sd=3.6,
            significant=True,
            scale_value=-84.0,
            scale_sd=14.4,
            change_pct=-40.4,
            verified=True,
            participants="cartonnage;garage;brasserie",
            lesson="Convenir d'abord du jour.",
        ),
        row(
            "pilot2",
            kind="activity",
            theme_id="mobility",
            title="Semaine du covoiturage",
            status="running",
            stage="pilot",
            replicates="pilot1",
            start="2025-09-01",
            indicator="voitures sur le parking",
            unit="",
            baseline=410.0,
            measured=395.0,
            effect=-15.0,
            participants="bureau",
            reason="no uncertainty was given for the counts",
            reason_fr="aucune incertitude n'a été donnée pour les comptages",
            reason_de="zu den Zählungen wurde keine Unsicherheit genannt",
        ),
    ]


def open_sources() -> list[Row]:
    return [
        {
            "source_id": "env_wasgen",
            "publisher": "Eurostat",
            "title": "Generation of waste by activity",
            "title_fr": "Production de déchets par activité",
            "title_de": "Abfallaufkommen nach Wirtschaftszweig",
            "licence": "CC BY 4.0",
            "received": "2026-10-02",
            "reference_year": 2022,
            "used_for": "references of the waste indicators",
            "used_for_fr": "références des indicateurs de déchets",
            "used_for_de": "Vergleichswerte der Abfallindikatoren",
            "status": "received",
            "synthetic": False,
        },
        {"source_id": "lu_communes", "publisher": None, "status": "missing", "synthetic": True},
    ]


def extras(year: int = 2025) -> dict[str, Any]:
    """The optional fields of TerritoryTables, filled."""
    return {
        "dependency": pd.DataFrame(dependency(year)),
        "indicators": pd.DataFrame(indicators(year)),
        "exchanges": pd.DataFrame(exchanges(year)),
        "pools": pd.DataFrame(pools(year)),
        "activities": pd.DataFrame(activities(year)),
        "pilots": pd.DataFrame(pilots()),
        "open_sources": pd.DataFrame(open_sources()),
        "services": labelled("service_id", SERVICES),
        "themes": labelled("theme_id", THEMES),
        "barriers": labelled("barrier_id", BARRIERS),
        "actors": pd.DataFrame([{"actor_id": "cfl", "name": "Chemins de fer"}]),
        "names": NAMES,
    }
