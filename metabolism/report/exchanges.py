"""The ten best exchanges as cards: what one has and another needs, what it would bring, and what stands in its way."""

from dataclasses import dataclass

from metabolism.report import amounts, figures, records
from metabolism.report.figures import Figure, Written
from metabolism.report.labels import Labels
from metabolism.report.language import Language, marked
from metabolism.report.nomenclature import CANONICAL_UNITS
from metabolism.report.years import Row, Selection, by_rank

MOST = 10
VERDICTS = {
    "likely": marked("Likely to pay"),
    "to_check": marked("To be checked"),
    "unlikely": marked("Unlikely to pay"),
}
EVIDENCE = {
    "wanted": marked("One offers it or the other asks for it, in their own words."),
    "declared": marked("Seen in what both declared; nobody has asked for it yet."),
}


@dataclass(frozen=True)
class Exchange:
    """One card. Texts are '' and lists empty where nothing is known of them."""

    anchor: str
    rank: int | None
    supplier: str
    receiver: str
    supplied: str
    needed: str
    verdict: str
    verdict_words: str
    chance: str
    quantity: Written
    allocated: str
    saving: Written
    shares: tuple[tuple[str, str], ...]
    of_need: str
    carbon: Written
    distance: str
    evidence: str
    today: str
    hierarchy: str
    window: str
    basis: tuple[str, ...]
    obstacles: tuple[str, ...]
    next_step: str

    @property
    def resource(self) -> str:
        return self.supplied or self.needed


def best(selected: Selection) -> list[Row]:
    return by_rank(selected.rows)[:MOST]


def section(selected: Selection, labels: Labels) -> tuple[Exchange, ...]:
    return tuple(_exchange(row, number, labels) for number, row in enumerate(best(selected), start=1))


def _exchange(row: Row, number: int, labels: Labels) -> Exchange:
    language = labels.language
    verdict = records.text(row.get("verdict"))
    supplied, needed = (labels.short_resource(row.get(f"{end}_resource_id")) for end in ("supplied", "needed"))
    chance = records.number(row.get("p_pays"))
    return Exchange(
        anchor=f"exchange-{number}",
        rank=records.integer(row.get("rank")),
        supplier=labels.party(row.get("supplier_id")),
        receiver=labels.party(row.get("receiver_id")),
        supplied=supplied,
        needed=needed if needed != supplied else "",
        verdict=verdict if verdict in VERDICTS else "",
        verdict_words=language.message(VERDICTS[verdict]) if verdict in VERDICTS else language.gettext("Not judged"),
        chance="" if chance is None else figures.share(chance, language),
        quantity=_quantity(row, language),
        allocated=_allocated(row, language),
        saving=amounts.money(row, "saving_eur", language, "saving_eur_sd"),
        shares=_shares(row, labels),
        of_need=_of_need(row, language),
        carbon=amounts.carbon(row, language),
        distance=amounts.distance(row, language),
        evidence=_evidence(row, language),
        today=" ".join(language.texts(row, "today")),
        hierarchy=_steps(language.texts(row, "hierarchy")),
        window=", ".join(language.texts(row, "window")),
        basis=language.texts(row, "basis"),
        obstacles=language.texts(row, "obstacles"),
        next_step=language.text(row, "next_step"),
    )


def unit_of(row: Row) -> str:
    resource = records.text(row.get("supplied_resource_id")) or records.text(row.get("needed_resource_id"))
    return records.text(row.get("unit")) or CANONICAL_UNITS.get(resource.partition(".")[0], "")


def _quantity(row: Row, language: Language) -> Written:
    value, sd, low, high = (records.number(row.get(column)) for column in ("value", "sd", "value_low", "value_high"))
    bounded = low is not None or high is not None
    figure = Figure(value, sd, low, high) if bounded else Figure.around(value, sd, floor=0.0)
    return figures.write(figure, language, unit_of(row))


def _of_need(row: Row, language: Language) -> str:
    """What part of the receiver's whole inflow it would cover."""
    share = records.number(row.get("share_of_need"))
    if share is None:
        return ""
    return language.gettext("%(share)s of what the receiver uses", share=figures.share(min(share, 1.0), language))


def _allocated(row: Row, language: Language) -> str:
    """Whether the best plan for all exchanges together uses this one, and how much of it."""
    value = records.number(row.get("allocated_value"))
    if records.is_null(row.get("allocated")):
        return ""
    if not records.truth(row.get("allocated")):
        return language.gettext("Not part of the best plan for all exchanges together.")
    if value is None:
        return language.gettext("Part of the best plan for all exchanges together.")
    amount = figures.write(Figure(value), language, unit_of(row)).value
    return language.gettext("Part of the best plan for all exchanges together, with %(amount)s a year.", amount=amount)


def _shares(row: Row, labels: Labels) -> tuple[tuple[str, str], ...]:
    """What each of the two would save before transport, and transport, where it is known for both."""
    found = [
        (labels.party(row.get(f"{one}_id")), records.number(row.get(f"saving_{one}_eur")))
        for one in ("supplier", "receiver")
    ]
    if any(saving is None for _, saving in found):
        return ()
    transport = records.number(row.get("transport_eur"))
    if transport:
        found.append((labels.language.gettext("transport, to be shared"), -abs(transport)))
    return tuple((name, amounts.plain_money(saving, labels.language)) for name, saving in found)


def _evidence(row: Row, language: Language) -> str:
    evidence = records.text(row.get("evidence"))
    return language.message(EVIDENCE[evidence]) if evidence in EVIDENCE else ""


def _steps(steps: tuple[str, ...]) -> str:
    """'recovery → reuse', before and after."""
    return " → ".join(part for step in steps for part in step.split(", "))
