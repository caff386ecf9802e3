"""Pools as cards: a service that several buy or run each by itself today, and could together."""

from dataclasses import dataclass

from metabolism.report import amounts, records
from metabolism.report.figures import Written
from metabolism.report.labels import Labels
from metabolism.report.language import marked
from metabolism.report.years import Row, Selection, by_rank

MOST = 10
LEFT_OUT = {
    "not_open": marked("not open to it"),
    "other_year": marked("contract ends in another year"),
    "too_far": marked("too far away"),
    "no_coordinates": marked("its place is not known"),
}


@dataclass(frozen=True)
class Member:
    """`saving` is '' where it is not known; `notes` say what is uncertain about the member."""

    name: str
    saving: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Pool:
    """One card. `left_out` are names, each with why."""

    anchor: str
    rank: int | None
    service: str
    members: tuple[Member, ...]
    left_out: tuple[str, ...]
    establishments: int
    cost_today: str
    cost_pooled: str
    saving: Written
    first_contract_end: str
    reasons: tuple[str, ...]
    next_step: str


@dataclass(frozen=True)
class PoolSection:
    pools: tuple[Pool, ...]
    more: int


def section(selected: Selection, labels: Labels) -> PoolSection:
    rows = by_rank(selected.rows)
    pools = tuple(_pool(row, number, labels) for number, row in enumerate(rows[:MOST], start=1))
    return PoolSection(pools, len(rows) - len(pools))


def _pool(row: Row, number: int, labels: Labels) -> Pool:
    language = labels.language
    members = _members(row, labels)
    return Pool(
        anchor=f"pool-{number}",
        rank=records.integer(row.get("rank")),
        service=labels.service(row.get("service_id")),
        members=members,
        left_out=_left_out(row, labels),
        establishments=records.integer(row.get("n_establishments")) or len(members),
        cost_today=amounts.plain_money(records.number(row.get("cost_today_eur")), language),
        cost_pooled=amounts.plain_money(records.number(row.get("cost_pooled_eur")), language),
        saving=amounts.money(row, "saving_eur", language, "saving_eur_sd"),
        first_contract_end=amounts.date(row, "first_contract_end", language),
        reasons=language.texts(row, "reasons"),
        next_step=language.text(row, "next_step"),
    )


def _members(row: Row, labels: Labels) -> tuple[Member, ...]:
    language = labels.language
    savings = {
        records.text(one.get("establishment_id")): records.number(one.get("saving_eur"))
        for one in records.fields(row.get("shares"))
    }
    without_cost, undecided = (
        records.identifiers(row.get(column)) for column in ("members_without_cost", "members_maybe")
    )

    def member(key: str) -> Member:
        notes = (
            language.gettext("did not say what it pays") if key in without_cost else "",
            language.gettext("says maybe") if key in undecided else "",
        )
        saving = amounts.plain_money(savings.get(key), language)
        return Member(labels.party(key), saving, tuple(note for note in notes if note))

    keys = dict.fromkeys((*records.identifiers(row.get("members")), *savings))
    return tuple(member(key) for key in keys if key)


def _left_out(row: Row, labels: Labels) -> tuple[str, ...]:
    found = []
    for one in records.fields(row.get("excluded")):
        name, reason = labels.party(one.get("establishment_id")), records.text(one.get("reason"))
        words = labels.language.message(LEFT_OUT[reason]) if reason in LEFT_OUT else reason
        found.append(f"{name} ({words})" if words else name)
    return tuple(found)
