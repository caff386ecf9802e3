"""Tables of small territories, retyped here so that each test's figures can be read beside it."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import pytest

from metabolism.report import TerritoryTables

UNITS = {"material": "t", "waste": "t", "emission": "t", "water": "m3", "energy": "MWh", "people": "trip"}
LABELS = {
    "material": "Materials",
    "material.biomass": "Biomass products",
    "material.paper": "Paper and cardboard",
    "material.mineral": "Non-metallic minerals",
    "material.sand": "Sand",
    "water": "Water",
    "water.drinking": "Drinking water",
    "water.wastewater": "Wastewater",
    "water.evaporated": "Water evaporated",
    "energy": "Energy",
    "energy.electricity": "Electricity",
    "energy.gas": "Natural gas",
    "people": "People",
    "waste": "Waste (List of Waste codes below)",
    "waste.15": "15",
    "waste.1501": "1501",
    "waste.150101": "150101",
    "waste.20": "20",
    "waste.2003": "2003",
    "waste.200301": "Mixed municipal waste",
    "emission": "Emissions to air",
    "people.commute": "Commuting trips",
}
PARENTS = {"material.paper": "material.biomass", "material.sand": "material.mineral"}


def flow(resource: str, side: str, value: float | None, sd: float | None, **others: Any) -> dict[str, Any]:
    """One row of mart_metabolism; its interval is symmetric unless given."""
    known = value is not None and sd is not None
    row = {
        "territory_id": "z",
        "year": 2025,
        "resource_id": resource,
        "side": side,
        "value": value,
        "sd": sd,
        "low": max(value - 1.96 * sd, 0.0) if known else None,
        "high": value + 1.96 * sd if known else None,
        "unit": UNITS[resource.partition(".")[0]],
        "n_establishments": 1,
        "declared_value": value,
        "coverage": 0.75,
    }
    return row | others


def lineage(chain: str, sides: str, value: float | None, sd: float | None, **others: Any) -> list[dict[str, Any]]:
    """The same figure for a resource, its ancestors, and several sides."""
    return [flow(one, side, value, sd, **others) for one in chain.split() for side in sides.split()]


def metabolism(year: int = 2025, factor: float = 1.0) -> list[dict[str, Any]]:
    """A zone like that of the contract's worked example."""
    rows = [
        *lineage("material", "import in", 2600, 127.587749814),
        *lineage("material.mineral material.sand", "import in", 2500, 127.551020408),
        *lineage("material.biomass material.paper", "import in", 100, 3.06122449),
        *lineage("energy", "in", 1303.99974, 25.058030625),
        *lineage("energy energy.electricity", "undetermined_in", 1200, 24.489795918),
        flow("energy.electricity", "in", 1200, 24.489795918),
        *lineage("energy energy.gas", "import", 103.99974, 5.306109184),
        flow("energy.gas", "in", 103.99974, 5.306109184),
        *lineage(
            "waste waste.15 waste.1501 waste.150101",
            "internal in",
            24.529411765,
            0.642318555,
            declared_value=25.4,
        ),
        flow("waste", "out", 30.529411765, 1.659923785),
        *lineage("waste.15 waste.1501 waste.150101", "internal out", 24.529411765, 0.642318555),
        *lineage("waste waste.20 waste.2003 waste.200301", "undetermined_out", 6, 1.530612245, high=None),
        *lineage("waste.20 waste.2003 waste.200301", "out", 6, 1.530612245, high=None),
        *lineage("water water.drinking", "undetermined_in in", 3649.5136, 74.2003),
        *lineage("water", "out", 3649.5136, 74.2003),
        *lineage("water water.wastewater", "undetermined_out", 3348.9982, 106.2),
        *lineage("water water.evaporated", "to_nature", 300.5154, 76.3621),
        flow("water.wastewater", "out", 3348.9982, 106.2),
        flow("water.evaporated", "out", 300.5154, 76.3621),
        *lineage("people people.commute", "import in export out", None, None, declared_value=None),
    ]
    for row in rows:
        row["year"] = year
        row["value"] = None if row["value"] is None else row["value"] * factor
    return rows


def findings(count: int = 2) -> list[dict[str, Any]]:
    return [
        {
            "finding_id": f"f{number:03}",
            "year": 2025,
            "source_file": "surveys/z/2025/e3.flows.csv",
            "source_sheet": "flows",
            "source_row": number + 4,
            "establishment_id": "e3",
            "column_name": "quantity",
            "kind": "number_unreadable",
            "severity": "blocking",
            "declared": "a lot",
            "suggested": None,
            "message_en": f"“a lot” is no number (message {number}).",
            "message_fr": "",
            "message_de": "",
        }
        for number in range(count)
    ]


def file(name: str, received: int, quarantined: int) -> dict[str, Any]:
    return {
        "source_file": f"surveys/z/2025/{name}",
        "year": 2025,
        "rows_received": received,
        "rows_accepted": received - quarantined,
        "rows_quarantined": quarantined,
        "rows_out_of_scope": 0,
        "superseded_by": None,
    }


def establishment(key: str, name: str, employees: float | None, answered: bool) -> dict[str, Any]:
    return {
        "establishment_id": key,
        "name": name,
        "nace": "17.12",
        "employees": employees,
        "answered": answered,
        "year": 2025,
    }


FILES = [file("e3.flows.csv", 3, 1), file("e1.xlsx", 9, 0)]
ESTABLISHMENTS = [
    establishment("e1", "Papier & Co", 100.0, True),
    establishment("e4", "Garage Weber", None, False),
]


def resources(extra: Iterable[tuple[str, str]] = ()) -> pd.DataFrame:
    rows = list(LABELS.items()) + list(extra)
    return pd.DataFrame(
        {
            "resource_id": key,
            "parent_id": PARENTS.get(key)
            or (key[:-2] if key[6:].isdigit() and len(key) > 8 else key.rpartition(".")[0])
            or None,
            "unit": UNITS[key.partition(".")[0]],
            "label_en": label,
            "label_fr": label,
            "label_de": label,
        }
        for key, label in rows
    )


Maker = Callable[..., TerritoryTables]


@pytest.fixture
def territory() -> Maker:
    """Make the tables of a territory; any of them may be replaced by other rows."""

    def make(**replaced: Any) -> TerritoryTables:
        tables: dict[str, Any] = {
            "metabolism": metabolism(),
            "quality": findings(),
            "files": FILES,
            "establishments": ESTABLISHMENTS,
        }
        fields: dict[str, Any] = {
            "territory_id": "z",
            "name": "Zone Bommelscheuer",
            "kind": "zone",
            "synthetic": False,
            "resources": resources(),
        }
        for key, value in replaced.items():
            (tables if key in tables else fields)[key] = value
        return TerritoryTables(**fields, **{key: pd.DataFrame(rows) for key, rows in tables.items()})

    return make


@pytest.fixture
def rich(territory: Maker) -> TerritoryTables:
    """A crowded territory: many bands on every side, long names, huge and tiny figures, several years."""
    many = [
        (f"material.kind{number}", f"Very long material name number {number}, of its own kind") for number in range(14)
    ]
    rows = metabolism() + metabolism(2024, 0.8)
    rows = [row for row in rows if not row["resource_id"].startswith("material")]
    for side in (
        "internal",
        "import",
        "undetermined_in",
        "from_nature",
        "export",
        "undetermined_out",
        "to_nature",
    ):
        for number, (key, _) in enumerate(many):
            value = 1234567.0 / (number + 1) ** 4
            rows.append(flow(key, side, value, value / 7))
        rows.append(flow("material", side, 2345678.0, 56789.0))
    rows += lineage("material", "in out", 9345678.0, 156789.0)
    return territory(
        name="Zone d’activités économiques intercommunale de Bommelscheuer-Bascharage-Käerjeng",
        metabolism=rows,
        resources=resources(many),
        quality=findings(60),
        synthetic=True,
    )


@pytest.fixture
def flow_row() -> Callable[..., dict[str, Any]]:
    return flow


@pytest.fixture
def finding_rows() -> Callable[[int], list[dict[str, Any]]]:
    return findings


@pytest.fixture
def metabolism_rows() -> Callable[..., list[dict[str, Any]]]:
    return metabolism


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a Chromium on this machine")
