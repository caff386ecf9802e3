"""What the words of an answer may mean: resources by id or label, waste codes in every spelling."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.nomenclatures import waste_id
from metabolism.text import folded
from tests.metabolism.surveys.answers import NOMENCLATURES, SEEDS

RESOURCES = pd.read_csv(SEEDS / "resources.csv", keep_default_na=False)


# --- waste codes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling",
    [
        "150101", "15 01 01", "15.01.01", "15-01-01", "15/01/01", "15_01_01", "15,01,01", "15–01–01", "1501 01",
        "15 01 01*", "15 01 01 *", "150101*", " 15 01  01 ", "15\u00a001\u00a001", "waste.150101", "Waste 15 01 01",
        "EWC 15 01 01", "LoW: 150101", "CED 15 01 01*", "AVV 15 01 01", "EAK 150101", "Déchet 15 01 01",
        "Abfall 150101", "15 01 01 Verpackungen aus Papier", "150101: emballages", "15 01 01* (paper)",
        "１５ ０１ ０１",
    ],
)  # fmt: skip
def test_a_waste_code_in_any_spelling(spelling: str) -> None:
    assert NOMENCLATURES.resolve(spelling) == "waste.150101"


@pytest.mark.parametrize(
    ("spelling", "resource"),
    [
        ("15", "waste.15"),
        ("1501", "waste.1501"),
        ("15 01", "waste.1501"),
        ("waste.15", "waste.15"),
        ("10304", "waste.010304"),  # a workbook's number has lost its nought
        ("1 03 04", "waste.010304"),
        ("103", "waste.0103"),
        ("1", "waste.01"),
        ("waste", "waste"),
    ],
)
def test_chapters_groups_and_lost_noughts(spelling: str, resource: str) -> None:
    assert NOMENCLATURES.resolve(spelling) == resource


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21 01 01",
        "000101",
        "210101",
        "99",
        "0",
        "1501011",
        "15 01 01 01",
        "15 1",
        "x15",
        "15 01 0",
        "١٥٠١٠١",
        "٣",
        "-15",
    ],
)
def test_what_is_no_waste_code(text: str) -> None:
    assert waste_id(folded(text)) is None


codes = st.tuples(st.integers(1, 20), st.integers(0, 99), st.integers(0, 99))


@given(
    codes,
    st.sampled_from(["", " ", ".", "-", "/", "  "]),
    st.sampled_from(["", "*", " *"]),
    st.sampled_from(["", "EWC ", "waste."]),
)
def test_every_code_is_read_back(code: tuple[int, int, int], between: str, star: str, before: str) -> None:
    parts = [f"{part:02d}" for part in code]
    assert NOMENCLATURES.resolve(before + between.join(parts) + star) == "waste." + "".join(parts)


@given(st.text())
def test_any_text_is_a_known_resource_or_none(text: str) -> None:
    resource = NOMENCLATURES.resolve(text)
    if resource is not None:
        assert resource.isascii()
        assert NOMENCLATURES.ancestors(resource)[-1] == NOMENCLATURES.family(resource)
        assert NOMENCLATURES.resolve(resource) == resource


# --- resources -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_every_label_of_one_resource_alone_names_it(language: str) -> None:
    labels = RESOURCES.set_index("resource_id")[f"label_{language}"]
    for resource, label in labels.items():
        found = NOMENCLATURES.resolve(label.upper() if "ß" not in label else label)
        shared = (RESOURCES.filter(like="label_").map(folded) == folded(label)).any(axis=1).sum() > 1
        assert found == (None if shared else resource), label


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("material.wood", "material.wood"),
        (" Material.Wood ", "material.wood"),
        ("holz", "material.wood"),
        ("Gaz naturel", "energy.gas"),
        ("eau potable", "water.drinking"),
        ("Heat", "energy.heat"),  # the label's remark in brackets may be left out
        ("chaleur", "energy.heat"),
        ("Abfälle", "waste"),
        ("gold", None),
        ("material.gold", None),
    ],
)
def test_a_resource_by_its_id_or_label(text: str, resource: str | None) -> None:
    assert NOMENCLATURES.resolve(text) == resource


def test_ancestors_go_up_to_the_family() -> None:
    assert NOMENCLATURES.ancestors("waste.150101") == ["waste.150101", "waste.1501", "waste.15", "waste"]
    assert NOMENCLATURES.ancestors("material.pallet") == [
        "material.pallet",
        "material.wood",
        "material.biomass",
        "material",
    ]
    assert NOMENCLATURES.ancestors("people") == ["people"]


def test_every_resource_has_its_familys_unit() -> None:
    for resource in RESOURCES.itertuples():
        assert NOMENCLATURES.unit(resource.resource_id) == resource.unit, resource.resource_id


def test_every_parent_stands_in_the_list() -> None:
    assert set(RESOURCES["parent_id"]) - {""} <= set(RESOURCES["resource_id"])


@pytest.mark.parametrize(
    ("resource", "prefix"),
    [
        ("waste.150101", "150101"),
        ("waste.170101", "1701"),
        ("waste.200301", "200301"),
        ("waste.200399", "20"),
        ("waste.20", "20"),
        ("waste.1501", None),  # no line is a prefix of it
        ("waste.130205", None),
        ("waste", None),
    ],
)
def test_the_density_of_waste_is_that_of_the_longest_prefix(resource: str, prefix: str | None) -> None:
    line = NOMENCLATURES.waste_density(resource)
    assert (line.code_prefix if line else None) == prefix
