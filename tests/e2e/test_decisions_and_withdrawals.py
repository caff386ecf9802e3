"""Transit, balances of establishments, decisions and withdrawals, from the files to the release and back."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from metabolism.layout import DataFolder
from tests.e2e.conftest import circulez, folder_of, query

pytestmark = pytest.mark.slow
TERMINAL = (
    "establishment_id,name,nace,employees,commune,country,share_level,complete_for\ne5,Terminal,52.24,9,c1,LU,named,water\n",
    "establishment_id,direction,resource,quantity,unit,period,how_known,partner_commune,partner_country,purpose\n"
    "e5,in,material.paper,500,t,year,weighed,,DE,transit\n"
    "e5,out,material.paper,480,t,year,weighed,,FR,transit\n"
    "e5,in,water.drinking,-120,m3,year,metered,c1,,\n"
    "e5,out,water.wastewater,100,m3,year,estimated,c1,,\n"
    "e5,out,200301,9000000000000,kg,year,estimated,,,\n",
)
Refreshed = Callable[[DataFolder], DataFolder]


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory, refreshed: Refreshed) -> DataFolder:
    """The tiny case with a freight terminal, one of whose rows is negative and one beyond all measure."""
    data = folder_of("tiny", tmp_path_factory.mktemp("waiting"))
    for sheet, text in zip(("establishment", "flows"), TERMINAL, strict=True):
        (data.surveys / "c1" / "2025" / f"e5.{sheet}.csv").write_text(text)
    return refreshed(data)


def copy_of(data: DataFolder, target: DataFolder) -> DataFolder:
    shutil.copytree(data.root, target.root, symlinks=True)
    return target


@pytest.fixture(scope="module")
def decided(waiting: DataFolder, tmp_path_factory: pytest.TempPathFactory, refreshed: Refreshed) -> DataFolder:
    data = copy_of(waiting, DataFolder(tmp_path_factory.mktemp("decided") / "data"))
    found = query(data, "select kind, finding_id from marts.mart_data_quality").set_index("kind")["finding_id"]
    (data.raw / "decisions.csv").write_text(
        "subject_id,decision,value,barrier,reason,who,date,next_step,due\n"
        f"{found['sign']},discussed,,,,,2026-01-01,,\n"
        f"{found['outlier']},accepted,9000,,a slip of the comma,her,2026-01-02,,\n"
        f"{found['sign']},accepted,,,,,2026-01-03,,\n"
        "x-nothing,piloted,,,,,soon,,\n"
    )
    return refreshed(data)


@pytest.fixture(scope="module")
def withdrawn(waiting: DataFolder, tmp_path_factory: pytest.TempPathFactory, refreshed: Refreshed) -> DataFolder:
    """e1 withdraws, and one of its files is taken away at once."""
    data = copy_of(waiting, DataFolder(tmp_path_factory.mktemp("withdrawn") / "data"))
    (data.raw / "withdrawals.csv").write_text("establishment_id,date,by\ne1,2026-02-01,its manager\n")
    (data.surveys / "z" / "2025" / "e1.flows.csv").unlink()
    return refreshed(data)


def figures(data: DataFolder, mart: str, where: str, key: str) -> dict[str, float]:
    rows = query(data, f"select {key}, value from marts.{mart} where {where}")
    return dict(zip(rows[key], rows["value"], strict=True))


# --- transit and the balances of establishments ----------------------------------------------------------------------


def test_transit_stands_in_its_own_mart_and_in_no_other(waiting: DataFolder) -> None:
    where = "resource_id = 'material' and territory_id = 'c1'"
    assert figures(waiting, "mart_transit", where, "side") == {"import": 500, "in": 500, "export": 480, "out": 480}
    row = query(waiting, f"select * from marts.mart_transit where {where} and side = 'in'").iloc[0]
    assert row["sd"] == pytest.approx(500 * 0.06 / 1.96)
    assert (row["low"], row["high"]) == pytest.approx((500 / 1.06, 500 / 0.94))
    assert (row["n_establishments"], row["declared_value"], row["unit"]) == (1, 500, "t")
    assert not query(waiting, "select * from marts.mart_transit where territory_id in ('z', 'c2')").size
    assert "material" not in figures(waiting, "mart_establishments", "establishment_id = 'e5'", "resource_id")
    # The tiny case without the terminal: sand to e1, paper from e2 to e3 in c1
    assert figures(waiting, "mart_metabolism", where, "side") == {"import": 2600, "in": 2600}


def test_the_page_shows_transit_where_there_is_any(waiting: DataFolder) -> None:
    pages = waiting.marts / "reports"
    for ending, words in {"": "only passes through", ".fr": "ne fait que passer", ".de": "nur durchfährt"}.items():
        assert words in (pages / f"c1{ending}.html").read_text(encoding="utf-8")
        assert words not in (pages / f"c2{ending}.html").read_text(encoding="utf-8")


def test_an_establishments_balance_is_what_ends_and_begins_at_it(waiting: DataFolder) -> None:
    rows = query(waiting, "select * from marts.mart_establishments where establishment_id = 'e2'")
    assert rows["name"].unique().tolist() == ["Papeterie Deux"]
    assert list(rows["territory_ids"].iloc[0]) == ["c2", "lu", "z"]
    value = rows.set_index(["resource_id", "direction"])["value"]
    assert value["water", "in"] == pytest.approx(value["water", "out"]), "it declares its water complete"
    assert value["waste.150101", "in"] == pytest.approx(24.529411765)
    flows = query(waiting, "select * from marts.mart_flows where coalesce(purpose, 'use') <> 'transit'")
    own = flows[flows["from_establishment_id"] == "e2"]
    assert value["material", "out"] == own.loc[own["resource_id"] == "material.paper", "value"].sum()
    # sd with covariance: the flows of its water balance are tied
    sd = rows.set_index(["resource_id", "direction"])["sd"]
    assert sd["water", "in"] == pytest.approx(sd["water", "out"])
    assert sd["water", "out"] < math.hypot(sd["water.wastewater", "out"], sd["water.evaporated", "out"])


@pytest.mark.parametrize(
    "figure",
    [
        "mart_transit territory_id=c1 resource_id=material side=in",
        "mart_establishments establishment_id=e2 resource_id=water direction=out",
        "mart_establishments establishment_id=e1 resource_id=waste direction=out",
    ],
)
def test_these_figures_are_explained_too(waiting: DataFolder, figure: str) -> None:
    from pipelines.explain import explain_row, open_snapshot, select_rows

    mart, *conditions = figure.split()
    with open_snapshot(waiting) as connection:
        row = select_rows(connection, mart, conditions).iloc[0]
        assert explain_row(connection, mart, row).total == pytest.approx(row["value"])


# --- decisions -------------------------------------------------------------------------------------------------------

OF_E5 = "establishment_id = 'e5'"


def test_what_waits_is_in_no_figure(waiting: DataFolder) -> None:
    assert pd.isna(figures(waiting, "mart_establishments", f"{OF_E5} and direction = 'in'", "resource_id")["water"])
    rows = query(waiting, "select * from marts.mart_flow_sources where declared_by = 'e5' and excluded")
    assert sorted(rows["reason"]) == ["outlier", "sign"]
    assert query(waiting, f"select 1 from marts.mart_data_quality where kind = 'unbalanced' and {OF_E5}").size


def test_what_is_decided_counts_and_the_declared_figure_stands_beside_it(decided: DataFolder) -> None:
    waste = query(decided, f"select * from marts.mart_establishments where {OF_E5} and resource_id = 'waste'").iloc[0]
    assert (waste["value"], waste["sd"]) == pytest.approx((9.0, 9 * 0.5 / 1.96))
    rows = query(decided, "select * from marts.mart_flow_sources where declared_by = 'e5' and reason is not null")
    rows = rows.set_index("reason")
    assert not rows["excluded"].any()
    assert rows["decided_quantity"].to_dict() == {"sign": 120, "outlier": 9000}
    assert rows["declared_quantity"].to_dict() == {"sign": -120, "outlier": 9e12}
    declared = query(
        decided,
        "select declared_value from marts.mart_metabolism"
        " where territory_id = 'c1' and resource_id = 'water.drinking' and side = 'in'",
    )["declared_value"]
    assert declared.tolist() == [3650 - 120]


def test_a_decided_row_no_longer_unbalances_its_family(decided: DataFolder) -> None:
    water = figures(decided, "mart_establishments", f"{OF_E5} and resource_id = 'water'", "direction")
    assert water["in"] == pytest.approx(water["out"])
    assert 100 < water["in"] < 120
    assert not query(decided, f"select 1 from marts.mart_data_quality where kind = 'unbalanced' and {OF_E5}").size


def test_decisions_are_told_beside_their_findings(decided: DataFolder) -> None:
    found = query(decided, "select kind, decision, declared from marts.mart_data_quality").set_index("kind")
    assert found.loc[["sign", "outlier"], "decision"].tolist() == ["accepted", "accepted"]
    assert found.loc["unknown_subject", "declared"] == "x-nothing"
    assert found.loc["unreadable_value", "declared"] == "soon"
    said = circulez("explain", "mart_establishments", "establishment_id=e5", "resource_id=water", "direction=in",
                    "--data", decided.root)  # fmt: skip
    assert "sign, accepted: counts as 120" in said.stdout


# --- withdrawals -----------------------------------------------------------------------------------------------------


def cells(data: DataFolder) -> Iterator[tuple[str, str]]:
    """Mart and text of every cell; where a file stands is no data of who withdrew."""
    for path in sorted(data.marts.glob("*.parquet")):
        table = pd.read_parquet(path)
        if path.stem == "mart_data_quality":
            table = table[table["kind"] != "withdrawn"]
        for column in table.columns.difference(["source_file", "superseded_by"]):
            yield from ((f"{path.stem}.{column}", str(cell)) for cell in table[column].dropna())


def test_nothing_of_who_withdrew_is_left(withdrawn: DataFolder) -> None:
    left = [(mart, text) for mart, text in cells(withdrawn) if text == "e1" or "'e1'" in text or "Verrerie" in text]
    assert left == []
    for page in (withdrawn.marts / "reports").glob("*.html"):
        assert "Verrerie" not in page.read_text(encoding="utf-8")
    told = query(withdrawn, "select * from marts.mart_data_quality where kind = 'withdrawn'")
    assert told["establishment_id"].tolist() == ["e1"]


def test_what_its_partner_declared_stays_with_an_end_that_is_not_known(withdrawn: DataFolder) -> None:
    where = "territory_id = 'z' and resource_id = 'waste.150101'"
    assert figures(withdrawn, "mart_metabolism", where, "side") == {"undetermined_in": 26, "in": 26}
    coverage = query(withdrawn, "select distinct coverage from marts.mart_metabolism where territory_id = 'z'")
    assert coverage["coverage"].tolist() == [0.5], "two of the register are left, one answered"


def test_its_rows_are_out_of_scope_and_its_file_may_be_gone(withdrawn: DataFolder) -> None:
    counts = query(
        withdrawn,
        "select source_file, rows_received, rows_accepted, rows_out_of_scope from marts.mart_files"
        " where source_file like '%/e1.%'",
    )
    assert counts.values.tolist() == [["surveys/z/2025/e1.establishment.csv", 1, 0, 1]]
    said = circulez("verify", "--data", withdrawn.root)
    assert said.returncode == 0, said.stdout


def test_releases_that_still_hold_it_are_gone(withdrawn: DataFolder) -> None:
    releases = [path for path in (withdrawn.marts / "releases").iterdir() if not path.name.startswith(".")]
    assert releases == [(withdrawn.marts / "current").resolve()]


def test_nothing_is_published_while_nobody_can_tell_who_withdrew(withdrawn: DataFolder) -> None:
    (withdrawn.raw / "withdrawals.csv").write_text("id,date\ne1,2026-02-01\n")
    said = circulez("run", "--data", withdrawn.root)
    assert said.returncode == 3
    assert "withdrawals.csv" in said.stderr
    assert "establishment_id" in said.stderr
