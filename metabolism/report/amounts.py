"""Small written figures that several kinds of synergy have: money, carbon dioxide, distance, dates."""

from metabolism.report import figures, records, units
from metabolism.report.figures import Figure, Written
from metabolism.report.language import Language
from metabolism.report.years import Row


def money(row: Row, column: str, language: Language, sd_column: str = "") -> Written:
    """Euros a year with their 95 % interval."""
    sd = records.number(row.get(sd_column)) if sd_column else None
    return figures.write(Figure.around(records.number(row.get(column)), sd), language, "EUR")


def plain_money(value: float | None, language: Language) -> str:
    """Euros a year as they were stated, '' where not known."""
    return "" if value is None else figures.write(Figure(value), language, "EUR").value


def a_year(written: Written, language: Language) -> str:
    """'8,300 € a year (95 % interval: 4,200–12,400)', within a sentence."""
    if not written.bounded or not written.interval:
        return language.gettext("%(value)s a year", value=written.value)
    return language.gettext(
        "%(value)s a year (95 %% interval: %(interval)s)", value=written.value, interval=written.interval
    )


def carbon(row: Row, language: Language) -> Written:
    value, sd = records.number(row.get("co2e_t")), records.number(row.get("co2e_t_sd"))
    return figures.write(Figure.around(value, sd), language, "t CO2e")


def distance(row: Row, language: Language) -> str:
    """'1.2 km', '' where not known."""
    value = records.number(row.get("distance_km"))
    if value is None:
        return ""
    return units.behind(figures.number(value, -1 if value < 10 else 0, language), "km", language)


def date(row: Row, column: str, language: Language) -> str:
    return language.date(records.text(row.get(column)))
