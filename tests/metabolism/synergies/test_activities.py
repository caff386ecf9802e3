"""Activities: who is a member, which form suits, the score by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metabolism.synergies.activities import SCHEMA, activity_id, find_activities, score
from metabolism.synergies.activities_formats import Situation, format_of
from metabolism.tables import read_table, write_table

ISSUE = ["establishment_id", "year", "theme_id", "priority", "wants_to", "barrier_id", "comment"]
TERRITORIES = pd.DataFrame(
    [("z", "Zone", "zone"), ("c", "Commune", "commune"), ("lu", "Land", "country")],
    columns=["territory_id", "name", "kind"],
)
ACTORS = pd.DataFrame(
    [
        ("railway", "Rail", "operator", "lu", "mobility; accessibility"),
        ("city", "City", "authority", "c;x", "energy;mobility"),
        ("park", "Park", "association", "z", "mobility"),
        ("nobody", "Nobody", "company", None, "mobility"),
    ],
    columns=["actor_id", "name", "kind", "territories", "themes"],
)


def issue(
    who: str, priority: float, wants: str | None, barrier: str | None = None, theme: str | None = "mobility"
) -> tuple[Any, ...]:
    return (who, 2025, theme, priority, wants, barrier, None)


def activities(
    issues: list[tuple[Any, ...]],
    employees: dict[str, float] | None = None,
    memberships: list[tuple[str, str]] | None = None,
    actors: pd.DataFrame = ACTORS,
) -> pd.DataFrame:
    """All in the zone `z` with 10 employees, unless said otherwise."""
    who = sorted({row[0] for row in issues} | set(employees or {}))
    sizes = dict.fromkeys(who, 10.0) | (employees or {})
    inside = [("z", one) for one in who] if memberships is None else memberships
    return find_activities(
        pd.DataFrame(issues, columns=ISSUE),
        pd.DataFrame([(one, 2025, sizes[one]) for one in who], columns=["establishment_id", "year", "employees"]),
        pd.DataFrame(
            [(territory, 2025, one) for territory, one in inside], columns=["territory_id", "year", "establishment_id"]
        ),
        TERRITORIES,
        actors,
    )


def test_a_working_group_by_hand() -> None:
    """Mean priority 4: urgency 3/4. 3 of 4 who named it act. Led. 60 of 100 employees: 0.3 + 0.15 + 0.2 + 0.12."""
    found = activities(
        [
            issue("a", 5, "lead", "cost"),
            issue("b", 4, "join", "time"),
            issue("c", 3, "join", "cost"),
            issue("d", 2, "informed"),
        ],
        employees={"a": 10, "b": 20, "c": 30, "d": 40},
    )
    assert len(found) == 1
    activity = found.iloc[0]
    assert activity["format"] == "working_group"
    assert activity["members"] == ["a", "b", "c"]
    assert activity["leaders"] == ["a"]
    assert activity["informed"] == ["d"]
    assert activity["barriers"] == ["cost", "time"]
    assert activity["n_establishments"] == 3
    assert activity["employees"] == 60
    assert activity["mean_priority"] == 4
    assert activity["score"] == pytest.approx(0.77)
    assert activity["rank"] == 1
    assert activity["activity_id"] == activity_id("mobility", ["c", "b", "a"])


@pytest.mark.parametrize(
    ("priority", "wants", "role"),
    [
        (3, "join", "member"),
        (2, "lead", "informed"),
        (math.nan, "lead", "informed"),
        (5, "informed", "informed"),
        (4, None, "informed"),
        (3, None, "other"),
        (math.nan, None, "other"),
        (5, "no", "other"),
    ],
)
def test_nobody_is_a_member_who_did_not_ask_to_be(priority: float, wants: str | None, role: str) -> None:
    found = activities([issue("a", 5, "lead"), issue("b", 5, "join"), issue("x", priority, wants)])
    assert ("x" in found["members"][0]) == (role == "member")
    assert ("x" in found["informed"][0]) == (role == "informed")


@pytest.mark.parametrize(
    ("case", "form"),
    [
        (Situation("energy", members=2, leaders=1, informed=0), "workshop"),
        (Situation("energy", members=3, leaders=1, informed=0), "working_group"),
        (Situation("energy", members=3, leaders=0, informed=0), "workshop"),
        (Situation("energy", members=3, leaders=1, informed=0, barriers=["law", "cost"]), "workshop"),
        (Situation("energy", members=3, leaders=1, informed=0, barriers=["cost", "law"]), "working_group"),
        (Situation("food_waste", members=3, leaders=1, informed=5), "campaign"),
        (Situation("food_waste", members=6, leaders=1, informed=5), "working_group"),
        (Situation("food_waste", members=3, leaders=1, informed=4), "working_group"),
        (Situation("energy", members=2, leaders=0, informed=5), "conference"),
        (Situation("energy", members=3, leaders=1, informed=5), "working_group"),
        (Situation("energy", members=9, leaders=2, informed=0, barriers=["technical"]), "platform"),
        (Situation("waste", members=9, leaders=1, informed=9), "platform"),
        (Situation("energy", members=8, leaders=2, informed=0, barriers=["technical"]), "workshop"),
        (Situation("energy", members=9, leaders=1, informed=0), "working_group"),
    ],
)
def test_the_table_of_formats(case: Situation, form: str) -> None:
    assert format_of(case) == form


def test_partners_work_here_or_in_what_holds_this() -> None:
    inside = [(territory, who) for territory in ("z", "c", "lu") for who in "ab"]
    found = activities([issue("a", 5, "lead"), issue("b", 5, "join")], memberships=inside).set_index("territory_id")
    assert found.loc["z", "partners"] == ["city", "park", "railway"]
    assert found.loc["c", "partners"] == ["city", "railway"]
    assert found.loc["lu", "partners"] == ["railway"]
    assert found["activity_id"].nunique() == 1
    other = activities([issue("a", 5, "lead", theme="water"), issue("b", 5, "join", theme="water")])
    assert other["partners"][0] == []
    assert "No actor of this territory is known for this theme." in other["reasons"][0]


def test_a_territory_that_reaches_beyond_is_not_held() -> None:
    inside = [("z", "a"), ("z", "b"), ("c", "a")]
    found = activities([issue("a", 5, "lead"), issue("b", 5, "join")], memberships=inside)
    assert found["territory_id"].tolist() == ["z"]
    assert found["partners"][0] == ["park"]


def test_employees_that_are_not_known() -> None:
    issues = [issue("a", 5, "lead"), issue("b", 5, "join")]
    partly = activities(issues, employees={"a": 10, "b": math.nan}).iloc[0]
    assert partly["employees"] == 10
    assert any("unknown: 1" in reason for reason in partly["reasons"])
    unknown = activities(issues, employees={"a": math.nan, "b": math.nan}).iloc[0]
    assert math.isnan(unknown["employees"])
    assert unknown["score"] == pytest.approx(1)


def test_the_strongest_answer_of_an_establishment_stands() -> None:
    found = activities([issue("a", 2, "informed"), issue("a", 4, "join", "time"), issue("b", 5, "lead", "cost")])
    assert found["members"][0] == ["a", "b"]
    assert found["mean_priority"][0] == 4.5
    assert found["barriers"][0] == ["cost", "time"]


def test_one_company_or_a_theme_of_one_makes_no_activity() -> None:
    assert activities([issue("a", 5, "lead")]).empty
    assert activities([issue("a", 5, "lead"), issue("b", 5, "lead", theme="water")]).empty
    assert activities([issue("a", 5, "lead", theme=None), issue("b", 5, "lead", theme=None)]).empty


def test_the_next_step_asks_for_a_leader_first() -> None:
    found = activities([issue("a", 5, "join"), issue("b", 4, "join")])
    assert found["next_step"][0].startswith("Ask the members")
    assert found["next_step_fr"][0].startswith("Demander aux membres")
    assert "Nobody wants to lead yet." in found["reasons"][0]
    assert any("4,5" in reason for reason in found["reasons_de"][0])


@pytest.mark.parametrize("empty", range(5))
def test_empty_tables(empty: int, tmp_path: Path) -> None:
    tables = [
        pd.DataFrame([issue("a", 5, "lead"), issue("b", 5, "join")], columns=ISSUE),
        pd.DataFrame([("a", 2025, 1.0), ("b", 2025, 2.0)], columns=["establishment_id", "year", "employees"]),
        pd.DataFrame([("z", 2025, "a"), ("z", 2025, "b")], columns=["territory_id", "year", "establishment_id"]),
        TERRITORIES,
        ACTORS,
    ]
    tables[empty] = pd.DataFrame(columns=tables[empty].columns)
    found = find_activities(*tables)
    assert list(found) == list(SCHEMA)
    assert len(found) == (0 if empty in (0, 2) else 1)
    write_table(found, tmp_path / "activities.parquet", SCHEMA)
    assert list(read_table(tmp_path / "activities.parquet")) == list(SCHEMA)


@given(
    st.floats(1, 5),
    st.integers(2, 50).flatmap(lambda members: st.tuples(st.just(members), st.integers(members, 100))),
    st.integers(0, 5),
    st.one_of(st.floats(0, 1), st.just(math.nan)),
)
def test_the_score_lies_between_nought_and_one(
    priority: float, numbers: tuple[int, int], leaders: int, reach: float
) -> None:
    assert 0 <= score(priority, *numbers, leaders, reach) <= 1 + 1e-12


@settings(max_examples=20)
@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    issues = [
        issue("a", 5, "lead", "cost"),
        issue("b", 4, "join", "time"),
        issue("c", 3, "join", "law"),
        issue("a", 4, "join", "trust", theme="water"),
        issue("b", 4, "lead", theme="water"),
        issue("d", 4, None),
    ]
    pd.testing.assert_frame_equal(activities(issues), activities([issues[at] for at in order]))
