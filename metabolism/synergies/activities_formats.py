"""Which form of work suits an issue: a table of rules, of which the first that fits decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CAMPAIGN_THEMES = frozenset({"food_waste", "mobility", "wellbeing", "waste"})
"""What changes by what many people do each day, rather than by a project of few."""

EXPERT_BARRIERS = frozenset({"technical", "law"})
"""Barriers that a person from outside can explain in an afternoon."""

MANY_INFORMED = 5
PLATFORM_MEMBERS = 9
PLATFORM_FORMATS = 2


@dataclass(frozen=True)
class Situation:
    """Who cares about one theme in one territory; `barriers` the most often named first."""

    theme_id: str
    members: int
    leaders: int
    informed: int
    barriers: Sequence[str] = ()


@dataclass(frozen=True)
class Rule:
    """Fits where every condition does. `leader`, `expert`: None where it does not matter."""

    format: str
    min_members: int = 2
    leader: bool | None = None
    expert: bool | None = None
    min_informed: int = 0
    informed_per_member: float = 0
    themes: frozenset[str] | None = None

    def fits(self, case: Situation) -> bool:
        expert = bool(case.barriers) and case.barriers[0] in EXPERT_BARRIERS
        return (
            case.members >= self.min_members
            and self.leader in (None, case.leaders > 0)
            and self.expert in (None, expert)
            and case.informed >= max(self.min_informed, self.informed_per_member * case.members)
            and (self.themes is None or case.theme_id in self.themes)
        )


RULES = (
    Rule("campaign", min_informed=MANY_INFORMED, informed_per_member=1, themes=CAMPAIGN_THEMES),
    Rule("conference", min_informed=MANY_INFORMED, informed_per_member=2),
    Rule("workshop", min_members=3, expert=True),
    Rule("workshop", min_members=3, leader=False),
    Rule("working_group", min_members=3, leader=True),
)

SMALLEST = "workshop"
"""For two members: one meeting, the form that asks least of them."""


def format_of(case: Situation) -> str:
    """The form of work for two members or more.

    Nine members or more whom two forms would suit need a platform, under which each goes its way.
    """
    fitting = list(dict.fromkeys(rule.format for rule in RULES if rule.fits(case)))
    if case.members >= PLATFORM_MEMBERS and len(fitting) >= PLATFORM_FORMATS:
        return "platform"
    return fitting[0] if fitting else SMALLEST
