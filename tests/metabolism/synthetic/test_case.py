"""The generator: same seed, same bytes; the truth balances; what is declared scatters round it; what is planted is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metabolism import nomenclatures
from metabolism.layout import DataFolder
from metabolism.surveys import landing, received, registers
from metabolism.synthetic import plan
from metabolism.synthetic.campaign import LEDGER, N_RESPONDENTS
from metabolism.synthetic.case import Case, make_case
from metabolism.synthetic.context import commuting, mobility_rows
from metabolism.synthetic.declarations import table
from metabolism.synthetic.network import need_key, supply_key
from metabolism.synthetic.roster import MOBILITY_GROUP, YEARS, ZONES
from metabolism.territories import relations
from pipelines.bundle import SEEDS, main, read_words, write_case
from tests.conftest import PROJECT

SEED = 2026
BUNDLED = PROJECT / "data"
BY_HAND = ("raw/README.md", "raw/receipts.csv")
"""What stands in the bundled case and is not generated: a page, and what a run writes."""
NOMENCLATURES = nomenclatures.load(SEEDS)
FOUND_AS = {"superseded": None, "factor_1000": None, "out_of_scope": None}
"""Mistakes that no finding of landing tells of: a superseded row, a slip of units and a row of another year stand."""


@pytest.fixture(scope="module")
def case() -> Case:
    return make_case(SEED, read_words())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    target = tmp_path_factory.mktemp("case") / "data"
    write_case(SEED, target)
    return DataFolder(target)


@pytest.fixture(scope="module")
def landed(folder: DataFolder) -> landing.Landing:
    return landing.land(received.survey_files(folder), NOMENCLATURES)


def truth(folder: DataFolder, name: str) -> pd.DataFrame:
    return pd.read_csv(folder.root / "truth" / f"{name}.csv", dtype={"row": "Int64"}, keep_default_na=False)


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(folder: DataFolder, tmp_path: Path) -> None:
    main(["--seed", str(SEED), "--target", str(tmp_path)])
    assert contents(tmp_path) == contents(folder.root)


def test_writing_a_case_again_changes_nothing(folder: DataFolder) -> None:
    before = contents(folder.root)
    write_case(SEED, folder.root)
    assert contents(folder.root) == before


def test_the_bundled_case_is_what_its_seed_gives(folder: DataFolder) -> None:
    kept = {
        f"{part}/{path}": content for part in ("raw", "truth") for path, content in contents(BUNDLED / part).items()
    }
    bundled = {path: content for path, content in kept.items() if path not in BY_HAND}
    made = contents(folder.root)
    assert sorted(bundled) == sorted(made)
    differing = [path for path, content in made.items() if bundled[path] != content]
    assert not differing, "run `python -m pipelines.bundle` into an empty folder, and put raw/ and truth/ in place"


def test_raw_is_small(folder: DataFolder) -> None:
    files = {path: len(content) for path, content in contents(folder.raw).items()}
    assert sum(files.values()) < 1_500_000
    for year in YEARS:
        assert sum(f"/{year}/" in path for path in files) <= 110


def test_another_seed_is_another_case_and_is_refused_in_its_place(folder: DataFolder) -> None:
    from metabolism.errors import WrongCall

    before = contents(folder.root)
    with pytest.raises(WrongCall, match="another seed"):
        write_case(SEED + 1, folder.root)
    assert contents(folder.root) == before


def test_several_cases_stand_in_one_folder(folder: DataFolder, tmp_path: Path) -> None:
    for seed in (1, 2):
        write_case(seed, tmp_path, prefix=f"s{seed}-")
    data = DataFolder(tmp_path)
    assert {f.territory_id for f in received.survey_files(data)} == {f"s{s}-{zone}" for s in (1, 2) for zone in ZONES}
    listed = pd.read_csv(data.territories, dtype=str, keep_default_na=False)
    assert sorted(listed["territory_id"]).count("lu") == 1
    assert set(listed["synthetic"]) == {"yes"}
    read = relations.read(listed, sorted({str(f.territory_id) for f in received.survey_files(data)}))
    assert read.findings.empty
    for name in ("pilots", "actors"):
        assert pd.read_csv(data.raw / f"{name}.csv").iloc[:, 0].is_unique
    prices = pd.read_csv(data.raw / "prices.csv")
    assert not prices.duplicated(["resource_id", "year"]).any()
    alone = [len(truth(folder, "flows")), len(truth(folder, "exchanges"))]
    assert len(truth(data, "exchanges")) == 2 * alone[1]
    assert len(truth(data, "flows")) > 1.9 * alone[0]
    mistakes = truth(data, "mistakes")
    assert all((data.raw / file).exists() for file in mistakes["file"])
    found = pd.concat(landing.land(received.survey_files(data), NOMENCLATURES).findings)
    told = mistakes[~mistakes["kind"].isin(FOUND_AS)]
    assert sorted(found["source_file"]) == sorted(told["file"])


# --- frames and answers ----------------------------------------------------------------------------------------------


def test_the_frames_are_as_large_as_they_should_be(folder: DataFolder, case: Case) -> None:
    findings: list[pd.DataFrame] = []
    frames = registers.read_frames(folder, findings)
    assert sum(map(len, findings)) == 0
    assert 100 <= len(frames) <= 130
    assert set(frames["territory_id"]) == set(ZONES)
    assert frames["name"].str.endswith("(synthetic)").all()
    assert 10_500 <= sum(case.roster[name].employees for name in MOBILITY_GROUP) <= 11_500
    assert 0 < frames["latitude"].isna().sum() < 0.1 * len(frames)


def test_two_thirds_answer_mostly_the_same(case: Case) -> None:
    first, last = (set(case.answering[year]) for year in YEARS)
    assert len(first) == len(last) == sum(N_RESPONDENTS.values()) == round(len(case.roster) * 2 / 3)
    assert 0 < len(first - last) <= 0.1 * len(first)
    assert {name for name, e in case.roster.items() if e.has_role} <= first & last


def test_landing_finds_the_planted_mistakes_and_nothing_else(folder: DataFolder, landed: landing.Landing) -> None:
    mistakes = truth(folder, "mistakes")
    assert mistakes["kind"].nunique() == 9
    assert mistakes["establishment_id"].nunique() >= 8
    expected = mistakes[~mistakes["kind"].isin(FOUND_AS)]
    found = pd.concat(landed.findings)
    assert places(found, ["source_file", "source_row", "column_name", "kind"]) == places(
        expected, ["file", "row", "column", "kind"]
    )


def places(table: pd.DataFrame, columns: list[str]) -> list[tuple[str, ...]]:
    texts = table[columns].astype(object).where(table[columns].notna(), "").astype(str)
    return sorted(map(tuple, texts.to_numpy()))


def test_a_corrected_answer_comes_after_the_first_one(folder: DataFolder) -> None:
    mistakes = truth(folder, "mistakes").set_index("kind")
    first = mistakes.loc["superseded", "file"]
    later = first.replace(".xlsx", "_v2.xlsx")
    assert (folder.raw / later).exists()
    assert later > first
    copy = mistakes.loc["duplicate_file", "file"]
    original = mistakes.loc["duplicate_file", "truth"]
    assert (folder.raw / copy).read_bytes() == (folder.raw / original).read_bytes()
    assert original < copy


def test_every_sheet_of_the_contract_is_filled(landed: landing.Landing) -> None:
    rows = {sheet: pd.concat(tables) for sheet, tables in landed.rows.items()}
    assert all(len(table) > 10 for table in rows.values())
    flows = rows["flows"]
    assert set(flows["period"].dropna()) == {"day", "working_day", "week", "month", "quarter", "year", "once"}
    filled = flows.notna().any()
    for column in ("price", "treatment", "temperature", "contract_end", "criticality", "days_of_stock", "season"):
        assert filled[column] == (column != "season"), column
    assert flows["unit"].nunique() > 10


def test_every_word_is_one_of_the_nomenclatures(landed: landing.Landing) -> None:
    words = read_words().labels
    for sheet, column, name in (
        ("services", "service", "services"), ("issues", "theme", "themes"), ("issues", "barrier", "barriers"),
        ("facts", "fact", "facts"),
    ):  # fmt: skip
        known = set(words[name]) | {label for spoken in words[name].values() for label in spoken.values()}
        used = pd.concat(landed.rows[sheet])[column].dropna()
        assert set(used) <= known


# --- the truth -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [SEED, 1, 7])
def test_water_is_conserved_by_every_establishment(seed: int) -> None:
    case = make_case(seed, read_words())
    flows = case.network.table()
    water = flows[flows["resource_id"].str.startswith("water.")]
    sums = {end: water.groupby([end, "year"])["value"].sum().rename_axis(["end", "year"]) for end in ("from", "to")}
    balance = sums["to"] - sums["from"]
    of_companies = balance[balance.index.get_level_values(0).isin(case.roster)]
    assert len(of_companies) == len(YEARS) * len(case.roster)
    assert (of_companies.abs() <= 1e-6 * sums["to"][of_companies.index]).all()


def test_materials_are_conserved_where_they_are_declared_complete(folder: DataFolder, case: Case) -> None:
    flows = truth(folder, "flows")
    flows = flows[flows["purpose"] != "transit"]
    declared = [
        (name, year)
        for (name, year), sheets in case.other_sheets.items()
        if "material" in str(sheets["establishment"][0].get("complete_for", ""))
    ]
    assert len(declared) >= 6
    for name, year in declared:
        own = flows[flows["year"] == year]
        solid = own["resource_id"].str.match(r"(material|waste)\.")
        process = own["resource_id"] == "emission.co2_process"
        in_product = own["resource_id"] == "water.in_product"
        comes_in = own.loc[solid & (own["to"] == name), "value"].sum()
        comes_in += own.loc[in_product & (own["from"] == name), "value"].sum() + case.network.drawn(name, year)
        goes_out = own.loc[(solid | process) & (own["from"] == name), "value"].sum()
        assert goes_out == pytest.approx(comes_in, rel=1e-6)


def test_the_years_differ_a_little(case: Case) -> None:
    first, last = YEARS
    ratio = case.network.values[last] / case.network.values[first]
    assert (ratio != 1).mean() > 0.99
    assert 0.01 < np.log(ratio).std() < 0.1


def test_the_totals_are_sums_of_the_true_flows(folder: DataFolder, case: Case) -> None:
    flows, totals = truth(folder, "flows"), truth(folder, "totals")
    zone = {name for name, e in case.roster.items() if e.zone_id == "bascharage"}
    told = flows[
        (flows["declared_by"] != "") & (flows["year"] == 2024) & flows["resource_id"].str.startswith("energy.")
    ]
    by_hand = {"in": told[told["to"].isin(zone)]["value"].sum(), "out": told[told["from"].isin(zone)]["value"].sum()}
    given = totals[(totals["territory_id"] == "bascharage") & (totals["year"] == 2024)]
    given = given[given["resource_id"] == "energy"].set_index("side")["value"]
    assert given.to_dict() == pytest.approx(by_hand)


def test_transit_is_larger_than_all_that_its_zone_uses_and_in_no_total(folder: DataFolder, case: Case) -> None:
    flows, totals = truth(folder, "flows"), truth(folder, "totals")
    passing = flows[(flows["purpose"] == "transit") & (flows["year"] == 2025)]
    assert set(passing["from"]) | set(passing["to"]) > {plan.TERMINAL}
    zone = totals[(totals["territory_id"] == "dudelange-bettembourg") & (totals["year"] == 2025)]
    used = zone[(zone["resource_id"] == "material") & (zone["side"] == "in")]["value"].iloc[0]
    assert passing.loc[passing["to"] == plan.TERMINAL, "value"].sum() > used


# --- declarations ----------------------------------------------------------------------------------------------------


def test_declarations_scatter_round_the_truth_as_their_uncertainty_says(case: Case) -> None:
    rows = table([row for own in case.rows.values() for row in own])
    own = rows[rows["pct"] < 50.1]
    z = (own["drawn"] / own["true_value"] - 1) / (own["pct"] / 100 / 1.96)
    assert len(z) > 2500
    assert abs(z.mean()) < 4 / np.sqrt(len(z))
    assert abs(z.std() - 1) < 4 / np.sqrt(2 * len(z))
    assert z.abs().max() < 5
    assert (rows["drawn"] >= 0).all()


def test_landing_reads_the_values_that_were_drawn(case: Case, landed: landing.Landing, folder: DataFolder) -> None:
    """The pipeline's factors against the generator's own: what was written is read as what was meant."""
    mistakes = truth(folder, "mistakes")
    spoilt = set(zip(mistakes["establishment_id"], mistakes["year"], strict=True))
    flows = pd.concat(landed.rows["flows"])
    read = flows[flows["accepted"].astype(bool)].groupby(["establishment_id", "year"])
    n_compared = 0
    for (name, year), rows in read:
        if (name, int(year)) in spoilt and case.shapes[name].kind != LEDGER:
            continue
        meant = table(case.rows[name, int(year)])
        np.testing.assert_allclose(np.sort(rows["value"]), np.sort(meant["drawn"]), rtol=2e-4, atol=1e-9)
        n_compared += len(rows)
    assert n_compared > 2400


def test_a_sample_of_commuters_is_no_larger_than_the_staff(case: Case) -> None:
    for name in MOBILITY_GROUP:
        rows = mobility_rows(SEED, 2025, case.roster[name])
        everybody = sum(group.commuters for group in commuting(SEED, 2025, case.roster[name]))
        asked = {row["surveyed"] for row in rows}
        assert asked == {sum(int(str(row["commuters"])) for row in rows)}
        assert max(map(int, map(str, asked))) < everybody
        assert 0.85 < everybody / case.roster[name].employees < 1.15


# --- what is planted -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [SEED, 3])
def test_both_ends_of_every_planted_exchange_answered_and_declared_it(seed: int) -> None:
    case = make_case(seed, read_words())
    planted = [exchange for exchange in plan.EXCHANGES if exchange.kind == plan.PLANTED]
    assert len(planted) >= 12
    assert {case.roster[e.supplier].zone_id for e in planted} == set(ZONES)
    for exchange in planted:
        assert case.roster[exchange.supplier].zone_id == case.roster[exchange.receiver].zone_id
        for year in YEARS:
            supply = [r for r in case.spoilt.rows[exchange.supplier, year] if r.key == supply_key(exchange)]
            assert [row.cells["direction"] for row in supply] == ["out"]
            assert "confidential" not in supply[0].cells
            needed = f" in {exchange.needed} "
            needs = [
                row
                for row in case.spoilt.rows[exchange.receiver, year]
                if needed in row.key or row.key == need_key(exchange)
            ]
            assert needs
            assert all(row.cells["direction"] == "in" and "unit" in row.cells for row in needs)
            if exchange.has_want:
                wants = case.other_sheets[exchange.receiver, year]["haves_wants"]
                assert any(row["kind"] == "want" for row in wants)


def test_pools_and_activities_are_as_the_answers_say(folder: DataFolder, case: Case) -> None:
    for pool in plan.POOLS:
        for member in pool.members:
            rows = case.other_sheets[member, 2025]["services"]
            words = read_words().labels["services"][pool.service_id]
            own = [row for row in rows if row["service"] in (pool.service_id, *words.values())]
            assert len(own) == 1
            assert "cost_eur_per_year" in own[0]
            assert (own[0]["open_to_pooling"] == "no") == (pool.open_to_pooling == "no")
    planted = [pool for pool in plan.POOLS if pool.kind == plan.PLANTED]
    assert all(len(pool.members) >= 3 and len(set(pool.contract_years)) == 1 for pool in planted)
    labels = read_words().labels["themes"]
    themes = {label: theme for theme, spoken in labels.items() for label in (theme, *spoken.values())}
    eager: dict[tuple[str, str], set[str]] = {}
    for name in case.answering[2025]:
        for row in case.other_sheets[name, 2025]["issues"]:
            if int(str(row["priority"])) >= 4 and row.get("wants_to") in ("lead", "join"):
                eager.setdefault((case.roster[name].zone_id, themes[str(row["theme"])]), set()).add(name)
    given = truth(folder, "activities")
    given = given[(given["year"] == 2025) & (given["kind"] == plan.PLANTED)]
    told = {(r.zone, r.theme_id): set(r.members.split(";")) for r in given.itertuples()}
    assert eager == told


def test_every_share_of_the_truth_has_its_kinds(folder: DataFolder) -> None:
    for name in ("exchanges", "pools", "activities"):
        assert set(truth(folder, name)["kind"]) == {plan.PLANTED, plan.DECOY}
