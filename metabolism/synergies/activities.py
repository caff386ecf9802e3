"""Working groups, workshops and campaigns: issues that several establishments share and want to act on together.

The rules and the score stand in docs/methods/activities.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd
import pyarrow as pa

from metabolism.synergies.activities_formats import Situation, format_of
from metabolism.synergies.activities_words import NEXT_STEPS, REASONS
from metabolism.synergies.ids import synergy_id
from metabolism.synergies.pooling_words import Spoken, said
from metabolism.tables import FLOAT, INT, TEXT

MEMBER_PRIORITY = 3
"""From this priority on, who wants to lead or to join is a member."""

INFORMED_PRIORITY = 4
"""From this priority on, who did not say what it wants is kept informed."""

WEIGHTS = {"urgency": 0.4, "willingness": 0.2, "leadership": 0.2, "reach": 0.2}
"""Of the score; a convention of this project."""

_TEXTS = pa.list_(TEXT)

SCHEMA: dict[str, pa.DataType] = {
    "activity_id": TEXT,
    "territory_id": TEXT,
    "year": INT,
    "rank": INT,
    "theme_id": TEXT,
    "format": TEXT,
    "members": _TEXTS,
    "leaders": _TEXTS,
    "partners": _TEXTS,
    "barriers": _TEXTS,
    "n_establishments": INT,
    "employees": FLOAT,
    "score": FLOAT,
    "mean_priority": FLOAT,
    "informed": _TEXTS,
    "next_step": TEXT,
    "next_step_fr": TEXT,
    "next_step_de": TEXT,
    "reasons": _TEXTS,
    "reasons_fr": _TEXTS,
    "reasons_de": _TEXTS,
}

_WISHES = ("lead", "join", "informed", "no")
"""The strongest first: it stands where an establishment wrote one theme twice."""

_SCALES = ("zone", "commune", "canton", "country")

_KEY = ["establishment_id", "year"]


def find_activities(
    issues: pd.DataFrame,
    establishments: pd.DataFrame,
    memberships: pd.DataFrame,
    territories: pd.DataFrame,
    actors: pd.DataFrame,
) -> pd.DataFrame:
    """One row a territory (of any kind), year and theme with two members or more, with the columns of SCHEMA.

    Ranks count in a territory and year, the highest score first.
    """
    inside = _inside(memberships, establishments)
    answers = _answers(issues)
    named = answers.merge(inside, on=_KEY)
    people = inside.groupby(["territory_id", "year"])["employees"].sum(min_count=1).to_dict()
    holders = _Holders(inside, territories, actors)
    rows = [
        _activity(str(territory), int(year), str(theme), cases, people.get((territory, year), math.nan), holders)
        for (territory, year, theme), cases in named.groupby(["territory_id", "year", "theme_id"], sort=True)
        if (cases["role"] == "member").sum() > 1
    ]
    return _ranked(pd.DataFrame(rows, columns=list(SCHEMA)))


def activity_id(theme_id: str, members: Iterable[str]) -> str:
    """A hash of the parties and the theme alone."""
    return synergy_id("a", [theme_id, *sorted(members)])


def score(mean_priority: float, members: int, named: int, leaders: int, reach: float) -> float:
    """How ripe an activity is, 0 to 1: the weighted mean of four parts (WEIGHTS).

    urgency = (mean priority of the members - 1) / 4; willingness = members / establishments that named the theme;
    leadership = 1 where somebody wants to lead; reach = the members' share of the employees of the territory (NaN
    where unknown: the other weights are then scaled to sum to 1).
    """
    parts = {
        "urgency": (mean_priority - 1) / 4,
        "willingness": members / named,
        "leadership": 1.0 if leaders else 0.0,
        "reach": reach,
    }
    known = [part for part in WEIGHTS if not math.isnan(parts[part])]
    return math.fsum(WEIGHTS[part] * parts[part] for part in known) / math.fsum(WEIGHTS[part] for part in known)


class _Holders:
    """Which actors work in a territory: on itself, or on one that holds all its establishments and is not of a
    smaller kind (a zone does not hold the commune whose only known establishments lie in it).
    """

    def __init__(self, inside: pd.DataFrame, territories: pd.DataFrame, actors: pd.DataFrame) -> None:
        kinds = zip(territories["territory_id"], territories["kind"], strict=True)
        self.scale = {who: _SCALES.index(kind) for who, kind in kinds if kind in _SCALES}
        self.within: dict[tuple[str, int], set[str]] = {
            key: set(own) for key, own in inside.groupby(["territory_id", "year"])["establishment_id"]
        }
        fields = actors[["actor_id", "territories", "themes"]].itertuples(index=False, name=None)
        self.actors = sorted((str(who), cells(places), cells(themes)) for who, places, themes in fields)

    def partners(self, territory: str, year: int, theme: str) -> list[str]:
        return list(
            dict.fromkeys(
                who
                for who, places, themes in self.actors
                if theme in themes and any(self._holds(place, territory, year) for place in places)
            )
        )

    def _holds(self, outer: str, territory: str, year: int) -> bool:
        if outer == territory:
            return True
        smaller = self.scale.get(outer, len(_SCALES)) < self.scale.get(territory, 0)
        return not smaller and self.within[territory, year] <= self.within.get((outer, year), set())


def cells(text: object) -> list[str]:
    """The values of a cell that holds several, `;` between."""
    if not isinstance(text, str):
        return []
    return [part.strip() for part in text.split(";") if part.strip()]


def _inside(memberships: pd.DataFrame, establishments: pd.DataFrame) -> pd.DataFrame:
    """territory_id, year, establishment_id, employees (NaN where unknown or negative)."""
    inside = memberships[["territory_id", *_KEY]].drop_duplicates().astype({"year": int})
    size = establishments[[*_KEY, "employees"]].astype({"year": int, "employees": float})
    size["employees"] = size["employees"].where(size["employees"] >= 0)
    size = size.sort_values([*_KEY, "employees"]).drop_duplicates(_KEY)
    return inside.merge(size, on=_KEY, how="left").sort_values(["territory_id", *_KEY], ignore_index=True)


def _answers(issues: pd.DataFrame) -> pd.DataFrame:
    """One row an establishment, year and theme: priority (the highest), wants_to (the strongest), barriers, role."""
    told = issues[issues["theme_id"].notna() & issues["establishment_id"].notna()].astype({"year": int})
    told = told.assign(
        priority=pd.to_numeric(told["priority"], errors="coerce").astype(float),
        wish=told["wants_to"].map({wish: at for at, wish in enumerate(_WISHES)}).astype(float),
    )
    groups = told.groupby([*_KEY, "theme_id"], sort=True)
    answers = groups.agg(priority=("priority", "max"), wish=("wish", "min"), barriers=("barrier_id", _named))
    answers = answers.reset_index()
    answers["role"] = [_role(*answer) for answer in zip(answers["priority"], answers["wish"], strict=True)]
    return answers.astype({"role": object})


def _named(barriers: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(set(barriers.dropna())))


def _role(priority: float, wish: float) -> str:
    """`member`, `informed` or `other`. Nobody is made a member who did not ask to be."""
    if math.isnan(wish):
        return "informed" if priority >= INFORMED_PRIORITY else "other"
    if _WISHES[int(wish)] in ("lead", "join"):
        return "member" if priority >= MEMBER_PRIORITY else "informed"
    return "informed" if _WISHES[int(wish)] == "informed" else "other"


def _activity(
    territory: str, year: int, theme: str, cases: pd.DataFrame, people: float, holders: _Holders
) -> dict[str, Any]:
    members = cases[cases["role"] == "member"].sort_values("establishment_id")
    ids = [str(who) for who in members["establishment_id"]]
    leaders = [str(who) for who in members.loc[members["wish"] == 0, "establishment_id"]]
    informed = sorted(str(who) for who in cases.loc[cases["role"] == "informed", "establishment_id"])
    barriers = _by_count(members["barriers"])
    partners = holders.partners(territory, year, theme)
    form = format_of(Situation(theme, len(ids), len(leaders), len(informed), barriers))
    mean = math.fsum(members["priority"]) / len(ids)
    employees = math.fsum(known) if len(known := members["employees"].dropna()) else math.nan
    reach = employees / people if people > 0 else math.nan
    reasons = _reasons(len(ids), mean, len(leaders), len(informed), len(partners), len(ids) - len(known))
    step = _next_step(form, bool(leaders))
    return {
        "activity_id": activity_id(theme, ids),
        "territory_id": territory,
        "year": year,
        "theme_id": theme,
        "format": form,
        "members": ids,
        "leaders": leaders,
        "partners": partners,
        "barriers": barriers,
        "n_establishments": len(ids),
        "employees": employees,
        "score": score(mean, len(ids), len(cases), len(leaders), reach),
        "mean_priority": mean,
        "informed": informed,
        "next_step": step[0],
        "next_step_fr": step[1],
        "next_step_de": step[2],
        "reasons": [reason[0] for reason in reasons],
        "reasons_fr": [reason[1] for reason in reasons],
        "reasons_de": [reason[2] for reason in reasons],
    }


def _by_count(barriers: Iterable[tuple[str, ...]]) -> list[str]:
    """The barrier that most members name first, ties in the order of their ids."""
    counts = Counter(barrier for own in barriers for barrier in own)
    return sorted(counts, key=lambda barrier: (-counts[barrier], barrier))


def _reasons(members: int, mean: float, leaders: int, informed: int, partners: int, unsized: int) -> list[Spoken]:
    reasons = [said(REASONS, "members", floor=MEMBER_PRIORITY, n=members, mean=round(mean, 1), leaders=leaders)]
    if informed:
        reasons.append(said(REASONS, "informed", n=informed))
    if not leaders:
        reasons.append(said(REASONS, "no_leader"))
    if not partners:
        reasons.append(said(REASONS, "no_partner"))
    if unsized == members:
        reasons.append(said(REASONS, "employees_unknown"))
    elif unsized:
        reasons.append(said(REASONS, "employees_partly", n=unsized))
    return reasons


def _next_step(form: str, led: bool) -> Spoken:
    step = said(NEXT_STEPS, form)
    if led:
        return step
    first = said(NEXT_STEPS, "find_leader")
    return first[0] + step[0], first[1] + step[1], first[2] + step[2]


def _ranked(activities: pd.DataFrame) -> pd.DataFrame:
    order = ["territory_id", "year", "score", "n_establishments", "activity_id"]
    table = activities.astype({"score": float}).sort_values(
        order, ascending=[True, True, False, False, True], ignore_index=True
    )
    table["rank"] = table.groupby(["territory_id", "year"]).cumcount() + 1
    return table
