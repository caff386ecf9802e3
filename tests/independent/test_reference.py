"""The dense computation alone, against figures made by hand, and what the random cases contain."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import CASES
from tests.independent import cases, reference

TERRITORIES = "territory_id,name,kind,within,overlaps\nlu,Luxembourg,country,,\nc1,One,commune,lu,\nz,Zone,zone,c1,\n"
FLOWS = "establishment_id,direction,resource,quantity,unit,period,uncertainty_pct,partner_id,partner_country\n"
ESTABLISHMENT = "establishment_id,name,nace,employees,commune,country,complete_for\n"
P = 1 / 196  # an uncertainty of 1 %, as a relative sd


def folder(root: Path, flows: str, about: str = "", **others: str) -> Path:
    """A zone `z` of 2025 with these rows. `others`: by name, `stocks`, `mobility`, or a file at the top of raw."""
    here = root / "surveys" / "z" / "2025"
    here.mkdir(parents=True)
    (root / "territories.csv").write_text(TERRITORIES)
    (here / "a.flows.csv").write_text(FLOWS + flows)
    (here / "a.establishment.csv").write_text(ESTABLISHMENT + (about or "a,A,10.71,40,c1,LU,\nb,B,10.71,40,c1,LU,\n"))
    for name, text in others.items():
        path = here / f"a.{name}.csv" if name in ("stocks", "mobility") else root / name.replace("__", "/")
        path.with_suffix(".csv").parent.mkdir(exist_ok=True)
        path.with_suffix(".csv").write_text(text)
    return root


def flow(result: reference.Result, resource: str, origin: str = "a", target: str = "fr") -> tuple[float, float]:
    found = result.flows[2025, resource, origin, target, False]
    return found.value, found.sd


def test_the_tiny_case_is_as_computed_by_hand() -> None:
    result = reference.compute(CASES / "tiny" / "raw")
    expected = pd.read_csv(CASES / "tiny" / "expected" / "metabolism.csv")
    keys = list(expected[["territory_id", "year", "resource_id", "side"]].itertuples(index=False, name=None))
    assert sorted(keys) == sorted(result.metabolism)
    for column in ("value", "sd", "declared_value", "n_establishments"):
        found = [getattr(result.metabolism[key], column) for key in keys]
        np.testing.assert_allclose(found, expected[column], rtol=1e-8)
    assert result.quarantined == [("surveys/c1/2025/e3.flows.csv", 4)]


def test_two_meters_add_up_with_independent_errors(tmp_path: Path) -> None:
    raw = folder(tmp_path, "a,in,material.sand,30,t,year,10,,FR\na,in,material.sand,1000,kg,month,50,,FR\n")
    assert flow(reference.compute(raw), "material.sand", "fr", "a") == pytest.approx((42, P * math.hypot(300, 600)))


def test_both_ends_and_a_density_in_common(tmp_path: Path) -> None:
    """The other end tells of the density, and so of another flow that used its line."""
    raw = folder(
        tmp_path,
        "a,out,150101,100,m3,year,6,b,\nb,in,150101,12,t,year,10,a,\na,out,150101,50,m3,year,20,,FR\n",
    )
    y, z, w = 10.0, 12.0, 5.0  # t: two measurements of one flow, and the other flow
    x, other = y, w
    for first in (None, (x, other)):
        at_y, at_z, at_w = (y, z, w) if first is None else (x, x, other)
        own, theirs, common = (6 * P * at_y) ** 2, (10 * P * at_z) ** 2, (50 * P) ** 2
        total = own + common * at_y**2 + theirs
        gap = z - y
        x, other = y + (total - theirs) / total * gap, w + common * at_w * at_y / total * gap
        if first is None:
            continue
        variance = (20 * P * at_w) ** 2 + common * at_w**2 - (common * at_w * at_y) ** 2 / total
        result = reference.compute(raw)
        assert flow(result, "waste.150101", "a", "b") == pytest.approx(
            (x, math.sqrt((total - theirs) * theirs / total)), rel=1e-12
        )
        assert flow(result, "waste.150101") == pytest.approx((other, math.sqrt(variance)), rel=1e-12)
        assert result.metabolism["z", 2025, "waste", "out"].declared_value == pytest.approx((10 + 12) / 2 + 5)


def two_passes(y: list[float], pct: list[float], total: float, total_pct: float) -> tuple[np.ndarray, float, float]:
    """Two measured quantities and a measured total of theirs; values, the sd of the first and of the sum."""
    values = np.array(y)
    at, at_total = values, total
    for _ in range(2):
        variance = (np.array(pct) * P * at) ** 2
        gain = variance / (variance.sum() + (total_pct * P * at_total) ** 2)
        adjusted = values + gain * (total - values.sum())
        at, at_total = adjusted, adjusted.sum()
    first = variance[0] * (1 - gain[0])
    whole = variance.sum() * (1 - gain.sum())
    return adjusted, math.sqrt(first), math.sqrt(whole)


def test_a_parent_row_is_a_measurement_of_its_children(tmp_path: Path) -> None:
    raw = folder(tmp_path, "a,out,waste,9,t,year,4,,\na,out,150101,5,t,year,50,,FR\na,out,200301,3,t,year,10,,\n")
    result = reference.compute(raw)
    values, sd, sd_sum = two_passes([5, 3], [50, 10], 9, 4)
    assert flow(result, "waste.150101") == pytest.approx((values[0], sd), rel=1e-12)
    assert flow(result, "waste.200301", target="")[0] == pytest.approx(values[1], rel=1e-12)
    assert len(result.flows) == 2
    out = result.metabolism["z", 2025, "waste", "out"]
    assert (out.value, out.sd, out.declared_value) == pytest.approx((values.sum(), sd_sum, 8), rel=1e-12)


def test_a_parent_row_with_one_child_is_a_flow(tmp_path: Path) -> None:
    raw = folder(tmp_path, "a,out,waste,9,t,year,4,,\na,out,150101,5,t,year,50,,FR\n")
    assert flow(reference.compute(raw), "waste", target="") == pytest.approx((9, 36 * P))


def test_parents_nest(tmp_path: Path) -> None:
    raw = folder(
        tmp_path,
        "a,out,waste,10,t,year,4,,\na,out,15,8,t,year,4,,\na,out,150101,5,t,year,50,,FR\na,out,150102,3,t,year,10,,FR\n"
        "a,out,200301,1,t,year,10,,FR\n",
    )
    ledger = reference.Ledger(reference.Answers(raw))
    measured = {
        one.resource: sorted(ledger.flows[number].resource for number in one.flows)
        for one in ledger.declarations
        if one.is_parent
    }
    assert measured == {
        "waste": ["waste.150101", "waste.150102", "waste.200301"],
        "waste.15": ["waste.150101", "waste.150102"],
    }


def test_an_ancestor_code_equals_the_partners_descendants(tmp_path: Path) -> None:
    raw = folder(tmp_path, "a,out,150101,5,t,year,50,b,\na,out,150102,3,t,year,10,b,\nb,in,1501,9,t,year,4,a,\n")
    result = reference.compute(raw)
    values, sd, sd_sum = two_passes([5, 3], [50, 10], 9, 4)
    assert flow(result, "waste.150101", target="b") == pytest.approx((values[0], sd), rel=1e-12)
    inside = result.metabolism["z", 2025, "waste", "internal"]
    assert (inside.sd, inside.declared_value, inside.n_establishments) == pytest.approx((sd_sum, 8.5, 2), rel=1e-12)


@pytest.mark.parametrize(("sold", "flows"), [(10.5, {"waste.150103"}), (30, {"waste.150103", "material.wood"})])
def test_equivalent_names_within_3_sd_are_one_flow(tmp_path: Path, sold: float, flows: set[str]) -> None:
    raw = folder(tmp_path, f"a,out,150103,10,t,year,10,b,\nb,in,material.wood,{sold},t,year,10,a,\n")
    assert {key[1] for key in reference.compute(raw).flows} == flows


def test_a_control_total_needs_a_frame_in_which_all_answered(tmp_path: Path) -> None:
    rows = "a,out,150101,5,t,year,50,,FR\nb,out,200301,3,t,year,10,,FR\n"
    control = (
        "territory_id,year,resource_id,side,value,unit,uncertainty_pct,source\nz,2025,waste,export,9000,kg,4,count\n"
    )
    frame = "establishment_id,name,nace,employees,commune\na,A,10.71,40,c1\nb,B,10.71,40,c1\n"
    raw = folder(tmp_path / "used", rows, controls=control, frame__z=frame)
    values, _, sd = two_passes([5, 3], [50, 10], 9, 4)
    export = reference.compute(raw).metabolism["z", 2025, "waste", "export"]
    assert (export.value, export.sd, export.declared_value) == pytest.approx((values.sum(), sd, 8), rel=1e-12)
    raw = folder(tmp_path / "unused", rows, controls=control, frame__z=frame + "c,C,10.71,40,c1\n")
    assert reference.compute(raw).metabolism["z", 2025, "waste", "export"].value == 8


def test_a_mass_balance_leaves_a_slack(tmp_path: Path) -> None:
    rows = "a,in,material.sand,100,t,year,10,,FR\na,out,material.product,90,t,year,10,,FR\n"
    stock = "establishment_id,resource,opening,closing,unit\na,material.sand,9,5,t\n"
    raw = folder(tmp_path, rows, "a,A,10.71,40,c1,LU,material;waste\n", stocks=stock)
    x = np.array([100.0, 90.0])
    for _ in range(2):
        variance, slack = (10 * P * x) ** 2, (0.03 * (x[0] + 4)) ** 2
        gap = 100 + 4 - 90
        total = variance.sum() + slack
        x = np.array([100 - variance[0] / total * gap, 90 + variance[1] / total * gap])
    result = reference.compute(raw)
    sd = math.sqrt(variance[0] * (1 - variance[0] / total))
    assert flow(result, "material.sand", "fr", "a") == pytest.approx((x[0], sd), rel=1e-12)
    assert flow(result, "material.product")[0] == pytest.approx(x[1], rel=1e-12)


def test_a_quarantined_row_unbalances_its_family(tmp_path: Path) -> None:
    rows = "a,in,material.sand,100,t,year,10,,FR\na,out,material.product,90,t,year,10,,FR\n"
    rows += "a,in,material.paper,1,m3,year,,,\n"
    raw = folder(tmp_path, rows, "a,A,10.71,40,c1,LU,material;waste\n")
    result = reference.compute(raw)
    assert flow(result, "material.sand", "fr", "a")[0] == 100
    assert result.quarantined == [("surveys/z/2025/a.flows.csv", 4)]


def test_no_flow_goes_below_zero_and_its_sd_is_the_unconstrained_one(tmp_path: Path) -> None:
    rows = (
        "a,in,water.drinking,980,m3,year,1,,FR\na,out,water.wastewater,1000,m3,year,1,,FR\n"
        "a,out,water.cooling,10,m3,year,190,,FR\n"
    )
    result = reference.compute(folder(tmp_path, rows, "a,A,10.71,40,c1,LU,water\n"))
    small = flow(result, "water.cooling")
    assert small[0] == 0
    rest = 980 + (980 / 1000) ** 2 / (1 + (980 / 1000) ** 2) * 20  # of the first pass: in = out
    variance = np.array([rest * P, rest * P, 10 * 190 * P]) ** 2  # the bound flow: in % of the declared value
    assert small[1] == pytest.approx(math.sqrt(variance[2] * (1 - variance[2] / variance.sum())), rel=1e-12)
    assert flow(result, "water.wastewater")[0] == pytest.approx(990, rel=1e-12)


def test_commuting_is_two_flows_of_one_error(tmp_path: Path) -> None:
    mobility = (
        "establishment_id,residence,mode,commuters,surveyed,days_per_week\n"
        "a,c1,car_alone,10,,\na,c1,bus,4,,2.5\na,lu,remote,3,,\nb,lu,train,5,20,5\n"
    )
    result = reference.compute(folder(tmp_path, "", mobility=mobility))
    inward = flow(result, "people.commute", "c1", "a")
    assert inward == pytest.approx((2640, 50 * P * math.hypot(2200, 440)))
    assert flow(result, "people.commute", "a", "c1") == pytest.approx(inward)
    both = result.metabolism["c1", 2025, "people", "internal"]
    assert (both.value, both.sd) == pytest.approx((2 * inward[0], 2 * inward[1]))
    sampled = flow(result, "people.commute", "lu", "b")
    assert sampled == pytest.approx((2200, 220 * 40 * math.sqrt(0.25 * 0.75 / 20 * 20 / 39)))


def test_transit_is_kept_apart(tmp_path: Path) -> None:
    root = folder(tmp_path, "")
    path = root / "surveys" / "z" / "2025" / "b.flows.csv"
    header = FLOWS.rstrip("\n") + ",purpose\n"
    path.write_text(header + "a,in,material.sand,3,t,year,10,,FR,transit\na,in,material.sand,4,t,year,10,,FR,\n")
    result = reference.compute(root)
    assert result.metabolism["z", 2025, "material", "import"].value == pytest.approx(4)
    assert result.transit["z", 2025, "material", "import"].value == pytest.approx(3)


@pytest.fixture(scope="module")
def random_cases(tmp_path_factory: pytest.TempPathFactory) -> reference.Ledger:
    raw = cases.write(tmp_path_factory.mktemp("random"), range(1, 9))
    return reference.Ledger(reference.Answers(raw))


def test_the_cases_exercise_every_rule(random_cases: reference.Ledger) -> None:
    answers, ledger = random_cases.answers, random_cases
    balance = reference.Balance(ledger)
    counted = {
        "water balances": len(balance.exact),
        "mass balances": len(balance.masses),
        "control totals": len(balance.controls),
        "parents": sum(one.is_parent for one in ledger.declarations),
        "ancestor codes": sum(len(one.flows) > 1 and not one.is_parent for one in ledger.declarations),
        "quarantined": len(answers.quarantined),
        "signs": len(answers.signed),
        "at the bound": int(((balance.value == 0) & (balance.declared > 0)).sum()),
        "zeros": int((balance.declared == 0).sum()),
        "pairs": ledger.status().count("paired"),
        "meters": sum(len(one.rows) > 1 for one in ledger.declarations),
        "densities": sum(any(s.startswith("density") for s in one.errors) for one in ledger.declarations),
        "equivalent names": sum(
            not one.is_parent and len(one.flows) == 1 and ledger.flows[one.flows[0]].resource != one.resource
            and one.resource.startswith("material") for one in ledger.declarations),
        "commuting": sum(one.resource == "people.commute" for one in ledger.declarations),
        "transit": sum(one.transit for one in ledger.declarations),
        "nature": sum(one.partner == reference.NATURE for one in ledger.declarations),
        "unknown places": sum(one.partner == reference.UNKNOWN for one in ledger.declarations),
    }  # fmt: skip
    assert all(number >= 3 for number in counted.values()), counted
    for equation in balance.measured + balance.controls:
        fitted = math.fsum(c * balance.value[flow] for flow, c in equation.coefficients.items())
        sd = math.sqrt(math.fsum(sd**2 for sd in equation.errors.values()))
        assert abs(fitted - equation.value) <= 3 * sd + 1e-9, "a case holds a gross error"


def test_the_same_seed_gives_the_same_folder(tmp_path: Path) -> None:
    one, other = (cases.write(tmp_path / name, [5]) for name in ("one", "other"))
    files = sorted(path.relative_to(one) for path in one.rglob("*.csv"))
    assert [(one / name).read_bytes() for name in files] == [(other / name).read_bytes() for name in files]
