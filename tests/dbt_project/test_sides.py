"""Sides at every scale, for random territories, establishments and flows, against sets of cells of a grid.

Territories are given as shapes, establishments as points; the models that decide who is inside are run as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from metabolism.territories import points
from metabolism.territories.geometry import Feature
from metabolism.territories.relations import Territories, read
from tests.dbt_project.models import build
from tests.metabolism.territories.test_geometry import SOUTH, WEST, cells

WIDTH, HEIGHT = 8, 4
MODELS = [
    "int_establishment_places",
    "int_establishment_territories",
    "int_establishment_homes",
    "int_flow_ends",
    "int_flow_sides",
]
PLAIN_SIDES = ("import", "internal", "export", "undetermined_in", "undetermined_out", "from_nature", "to_nature")
Rectangle = tuple[int, int, int, int]
Cell = tuple[int, int]


@dataclass(frozen=True)
class World:
    """A country of 8 × 4 cells in communes, its neighbour of 2 × 4, zones across them, a set of two communes; where
    establishments are; and flows as (from, to, value), whole numbers, so that sums are exact."""

    cuts: tuple[int, ...]
    zones: tuple[Rectangle, ...]
    establishments: tuple[Cell, ...]
    flows: tuple[tuple[str, str, int], ...]

    @property
    def communes(self) -> dict[str, Rectangle]:
        edges = [0, *self.cuts, WIDTH]
        return {f"c{n}": (a, 0, b - a, HEIGHT) for n, (a, b) in enumerate(pairwise(edges))}

    @property
    def rectangles(self) -> dict[str, Rectangle]:
        zones = {f"z{n}": zone for n, zone in enumerate(self.zones)}
        return {"lu": (0, 0, WIDTH, HEIGHT), "fr": (WIDTH, 0, 2, HEIGHT), **self.communes, **zones}

    @property
    def cells(self) -> dict[str, set[Cell]]:
        """The cells of each territory."""
        of = {
            name: {(i, j) for i in range(x, x + width) for j in range(y, y + height)}
            for name, (x, y, width, height) in self.rectangles.items()
        }
        return of | {"two": of["c0"] | of["c1"]}

    def lies(self, end: str, territory: str) -> str:
        """Where an end lies, by cells alone."""
        if end.startswith("e"):
            return "inside" if self.establishments[int(end[1:])] in self.cells[territory] else "outside"
        if end in self.cells:
            here, there = self.cells[end], self.cells[territory]
            return "inside" if here <= there else "undetermined" if here & there else "outside"
        return {"nature": "nature", "DE": "outside"}.get(end, "undetermined")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    cuts = tuple(sorted(draw(st.sets(st.integers(1, WIDTH - 1), min_size=1, max_size=3))))
    zone = st.tuples(st.integers(0, WIDTH), st.integers(0, 2), st.integers(1, 2), st.integers(1, 2))
    zones = tuple(draw(st.lists(zone, max_size=3)))
    cell = st.tuples(st.integers(0, WIDTH + 1), st.integers(0, HEIGHT - 1))
    establishments = tuple(draw(st.lists(cell, min_size=1, max_size=5)))
    who = st.sampled_from([f"e{n}" for n in range(len(establishments))])
    other = st.sampled_from(["lu", "fr", "two", "c0", "c1", *(f"z{n}" for n in range(len(zones))), "nature", "DE", "?"])
    flow = st.one_of(
        st.tuples(who, who, st.integers(1, 99)),
        st.tuples(who, other, st.integers(1, 99)),
        st.tuples(other, who, st.integers(1, 99)),
    )
    return World(cuts, zones, establishments, tuple(draw(st.lists(flow, min_size=1, max_size=12))))


def territories_of(world: World) -> Territories:
    names = {"lu": "country", "fr": "country", **dict.fromkeys(world.communes, "commune")}
    lines = [{"territory_id": name, "kind": names.get(name, "zone")} for name in world.rectangles]
    lines.append({"territory_id": "two", "kind": "set", "members": "c0;c1"})
    shapes = [Feature(n, name, cells(*rectangle)) for n, (name, rectangle) in enumerate(world.rectangles.items(), 1)]
    return read(pd.DataFrame(lines), [], shapes)


def end_kind(end: str) -> str:
    if end.startswith("e"):
        return "establishment"
    return {"nature": "nature", "DE": "foreign", "?": "unknown"}.get(end, "territory")


def sides_of(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(flow, territory, side, value) of every side; and the home of each establishment."""
    made = territories_of(world)
    at = pd.DataFrame(
        [(f"e{n}", SOUTH + (y + 0.5) / 100, WEST + (x + 0.5) / 100) for n, (x, y) in enumerate(world.establishments)],
        columns=["establishment_id", "latitude", "longitude"],
    )
    flows = pd.DataFrame(
        [
            (f"f{n}", 2025, end_kind(a), a if a != "?" else None, end_kind(b), b if b != "?" else None, value)
            for n, (a, b, value) in enumerate(world.flows)
        ],
        columns=["flow_id", "year", "from_kind", "from_id", "to_kind", "to_id", "value"],
    ).astype({"from_id": object, "to_id": object})
    tables = {
        "stg_territories": made.table[["territory_id", "kind", "has_geometry"]],
        "stg_territory_relation": made.relation,
        "stg_located_points": points.locate(made, at),
        "stg_frame": pd.DataFrame({"establishment_id": ["none"], "frame_territory_id": ["lu"]}),
        # what it says of its commune is wrong for nearly all: coordinates decide
        "int_establishments": at.assign(year=2025, commune="c1", country="LU"),
        "int_current_answers": pd.DataFrame({"establishment_id": ["none"], "year": 2025, "folder_territory_id": "lu"}),
        "int_flows": flows,
    }
    with build(tables, MODELS) as connection:
        sides = connection.execute("select * from int_flow_sides").df().merge(flows[["flow_id", "value"]], on="flow_id")
        return sides, connection.execute("select * from int_establishment_homes").df()


def side_by_cells(world: World, source: str, destination: str, territory: str) -> str | None:
    """The contract's list of sides, read out."""
    pair = world.lies(source, territory), world.lies(destination, territory)
    return {
        ("outside", "inside"): "import",
        ("inside", "inside"): "internal",
        ("inside", "outside"): "export",
        ("undetermined", "inside"): "undetermined_in",
        ("inside", "undetermined"): "undetermined_out",
        ("nature", "inside"): "from_nature",
        ("inside", "nature"): "to_nature",
    }.get(pair)


@settings(deadline=None, max_examples=40)
@given(worlds())
def test_sides_are_those_of_the_cells_at_every_scale(world: World) -> None:
    sides, homes = sides_of(world)
    found = {(r.flow_id, r.territory_id): r.side for r in sides[sides["side"].isin(PLAIN_SIDES)].itertuples()}
    assert len(found) == sides["side"].isin(PLAIN_SIDES).sum(), "one side a flow and territory"
    expected = {
        (f"f{n}", territory): side
        for n, (source, destination, _) in enumerate(world.flows)
        for territory in world.cells
        if (side := side_by_cells(world, source, destination, territory))
    }
    assert found == expected
    for home in homes.itertuples():
        cell = world.establishments[int(home.establishment_id[1:])]
        assert cell in world.cells[home.territory_id]
        assert home.territory_id in world.communes or cell[0] >= WIDTH, "in the country, home is the commune"


@settings(deadline=None, max_examples=40)
@given(worlds())
def test_in_and_out_are_the_flows_that_end_and_start_there(world: World) -> None:
    sides, _ = sides_of(world)
    total = sides.groupby(["territory_id", "side"])["value"].sum()
    of = {(t, way): total.get((t, way), 0) for t in world.cells for way in ("in", "out")}
    for way, end in (("in", 1), ("out", 0)):
        for territory, held in world.cells.items():
            there = [flow for flow in world.flows if world.lies(flow[end], territory) == "inside"]
            assert of[territory, way] == sum(flow[2] for flow in there)
            for larger, more in world.cells.items():
                if held <= more:
                    assert of[territory, way] <= of[larger, way], "what holds another is never smaller"
        in_none = [
            flow
            for flow in world.flows
            if world.lies(flow[end], "lu") == "inside"
            and all(world.lies(flow[end], commune) != "inside" for commune in world.communes)
        ]
        parts = sum(of[commune, way] for commune in world.communes)
        assert parts + sum(flow[2] for flow in in_none) == of["lu", way], "communes partition the country"
