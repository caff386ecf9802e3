"""Who answers in which year, and in which shape: workbook, CSV files, a common file of several, or an export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metabolism.synthetic.draws import one_of, shuffled, stream
from metabolism.synthetic.roster import YEARS, ZONES, Establishment

# How many of a zone answer each year: two thirds of all.
N_RESPONDENTS = {"bascharage": 23, "dudelange-bettembourg": 26, "kirchberg": 20, "cloche-dor": 11}
WORKBOOK, CSV, COMMON, LEDGER, FORM = "workbook", "csv", "common", "ledger", "form"
_CSV_STYLES = {
    "ba-vernis": "french",
    "ba-serres": "tabs",
    "ba-palettes": "bom",
    "db-jardins": "french",
    "db-beton": "german",
}
_IN_A_COMMON_FILE = ("kb-hotel", "kb-palace", "kb-proprete", "kb-digesteur", "cd-logistique")
COMMON_STYLES = {"kirchberg": "plain", "cloche-dor": "german", "dudelange-bettembourg": "plain"}
WASTE_SPELLINGS = ("spaced", "digits", "id")


@dataclass(frozen=True)
class Shape:
    """How one establishment answers: `language` of its labels (`id`: the contract's own words), `csv_style` of its
    files, and how it spells waste codes."""

    kind: str
    language: str
    csv_style: str
    waste_spelling: str


def respondents(seed: int, roster: Mapping[str, Establishment]) -> dict[int, list[str]]:
    """Who answers, by year: all that something is planted in, and others, of whom one a zone changes from year to year."""
    answering: dict[int, list[str]] = {year: [] for year in YEARS}
    for zone_id in ZONES:
        of_zone = [e for e in roster.values() if e.zone_id == zone_id]
        certain = [e.establishment_id for e in of_zone if e.has_role]
        others = [e.establishment_id for e in of_zone if not e.has_role]
        drawn = shuffled(stream(seed, "respondents", zone_id), others)
        n = N_RESPONDENTS[zone_id] - len(certain)
        for number, year in enumerate(YEARS):
            answering[year] += certain + sorted([*drawn[: n - 1], drawn[n - 1 + number]])
    return answering


def shape_of(seed: int, establishment: Establishment) -> Shape:
    rng = stream(seed, "shape", establishment.establishment_id)
    language = one_of(rng, ("id", "fr", "fr", "de", "en"))
    spelling = one_of(rng, WASTE_SPELLINGS)
    zone = establishment.zone_id
    style = _CSV_STYLES.get(establishment.establishment_id, "plain")
    if establishment.establishment_id in _CSV_STYLES:
        return Shape(CSV, {"french": "fr", "german": "de"}.get(style, "id"), style, spelling)
    if establishment.establishment_id in _IN_A_COMMON_FILE or (zone == "cloche-dor" and not establishment.has_role):
        return Shape(COMMON, "id", COMMON_STYLES[zone], "id")
    if not establishment.has_role and zone in ("dudelange-bettembourg", "kirchberg"):
        return Shape(LEDGER if zone == "dudelange-bettembourg" else FORM, "id", "plain", "digits")
    return Shape(WORKBOOK, language, "", spelling)
