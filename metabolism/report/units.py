"""How a unit is written: as a sign behind a number, in full in a caption, below a fraction as 'per employee'."""

from metabolism.report.language import THIN, Language, marked

SIGNS = {
    "m3": "m³",
    "EUR": "€",
    "m2": "m²",
    "CO2e": "CO₂e",
    "0-10": "/ 10",
    "share": "%",
    "percent": "%",
    "1": "",
    "ratio": "",
}
IN_FULL = {
    "t": marked("tonnes"),
    "m3": marked("cubic metres"),
    "MWh": marked("megawatt-hours"),
    "trip": marked("trips"),
}
COUNTED = {
    "trip": marked("trips"),
    "trips": marked("trips"),
    "employee": marked("employees"),
    "employees": marked("employees"),
    "person": marked("persons"),
    "persons": marked("persons"),
    "establishment": marked("establishments"),
    "establishments": marked("establishments"),
    "day": marked("days"),
    "days": marked("days"),
    "point": marked("percentage points"),
    "place": marked("places"),
    "places": marked("places"),
    "visit": marked("visits"),
    "visits": marked("visits"),
}
PER = {
    "employee": marked("employee"),
    "person": marked("person"),
    "inhabitant": marked("inhabitant"),
    "commuter": marked("commuter"),
    "establishment": marked("establishment"),
    "meal": marked("meal"),
    "visit": marked("visit"),
    "day": marked("day"),
    "year": marked("year"),
}


def sign(unit: str, language: Language) -> str:
    """'m3' is m³, 'trip' is trips, 't/employee' is t per employee, 't CO2e' is t CO₂e; an unknown unit stays."""
    above, _, below = unit.partition("/")
    words = (_word(word, language) for word in above.split(" "))
    signs = THIN.join(word for word in words if word)
    if not below:
        return signs
    thing = (
        language.message(PER[below]) if below in PER else THIN.join(_word(word, language) for word in below.split(" "))
    )
    return language.gettext("%(unit)s per %(thing)s", unit=signs, thing=thing)


def _word(word: str, language: Language) -> str:
    return language.message(COUNTED[word]) if word in COUNTED else SIGNS.get(word, word)


def in_full(unit: str, language: Language) -> str:
    """'t' is tonnes; what has no name in full is written as its sign."""
    return language.message(IN_FULL[unit]) if unit in IN_FULL else sign(unit, language)


def behind(written: str, unit: str, language: Language) -> str:
    """A written number with its unit behind it, never parted by the end of a line."""
    written_unit = sign(unit, language)
    return f"{written}{THIN}{written_unit}" if written_unit else written
