"""What does not go on from a stage stands beside what does, with its reason; figures computed by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assets.quantities import of_estimates, of_landed, of_model

NOTHING = {"m3": 0.0, "MWh": 0.0, "trip": 0.0}


def write(lake: Path, table: str, rows: pd.DataFrame) -> None:
    path = lake / f"{table}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(path)


def test_what_a_later_answer_replaced_is_superseded_and_a_flagged_row_goes_on_until_its_measurement(
    tmp_path: Path,
) -> None:
    landed = pd.DataFrame(
        {"value": [5.0, 6.0, 100.0, None], "canonical_unit": ["t"] * 4, "accepted": [True, True, True, False]}
    )
    write(tmp_path, "landed/flows", landed)
    current = pd.DataFrame(
        {
            "value": [6.0, 100.0, None],
            "unit": ["t"] * 3,
            "accepted": [True, True, False],
            "flag": [None, "outlier", None],
        }
    )
    write(tmp_path, "prepared/int_flow_rows", current)
    write(tmp_path, "prepared/int_declarations", current[current["accepted"]])
    assert of_landed("flows", landed) == {"t": 111.0, **NOTHING, "rows_accepted": 3, "rows_quarantined": 1}
    told = of_model(tmp_path, "int_flow_rows")
    assert (told["t"], told["t_superseded"], told["rows_superseded"]) == (106.0, 5.0, 1)
    assert (told["rows_quarantined"], told["rows_flagged"]) == (1, 1)
    told = of_model(tmp_path, "int_declarations")
    assert (told["t"], told["t_flagged"], told["rows_flagged"]) == (6.0, 100.0, 1)


def test_a_row_that_several_flows_rest_on_counts_once(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {"source_file": ["a", "a", "b"], "source_sheet": ["flows"] * 3, "source_row": [2, 2, 3], "source_entry": [0, 0, 0],
         "value": [4.0, 4.0, 7.0], "unit": ["m3", "m3", "MWh"], "excluded": [False, False, True]}
    )  # fmt: skip
    write(tmp_path, "built/mart_flow_sources", rows)
    told = of_model(tmp_path, "mart_flow_sources")
    assert (told["m3"], told["MWh"], told["MWh_flagged"], told["rows_flagged"]) == (4.0, 0.0, 7.0, 1)


def test_a_flow_that_both_ends_declared_counts_once(tmp_path: Path) -> None:
    write(tmp_path, "prepared/int_declarations", pd.DataFrame({"value": [10.0, 12.0, 3.0], "unit": ["t"] * 3}))
    flows = pd.DataFrame({"declared_value": [11.0, 3.0], "unit": ["t", "t"], "n_declarers": [2, 1]})
    write(tmp_path, "prepared/int_flows", flows)
    told = of_model(tmp_path, "int_flows")
    assert (told["t"], told["t_declared_twice"], told["rows_declared_by_both_ends"]) == (14.0, 11.0, 1)


def test_a_flow_that_nothing_tells_adds_nothing_and_is_counted() -> None:
    estimates = pd.DataFrame({"flow_id": ["a", "b"], "value": [2.0, None]})
    flows = pd.DataFrame({"flow_id": ["b", "a"], "unit": ["t", "t"], "declared_value": [9.0, 2.5]})
    told = of_estimates(estimates, flows)
    assert (told["t"], told["t_against_declared"], told["rows_not_told"]) == (2.0, -9.5, 1)


def test_tables_without_quantities_and_tables_without_rows_tell_no_wrong_ones(tmp_path: Path) -> None:
    assert of_model(tmp_path, "mart_metabolism") == {}
    assert of_landed("actors", pd.DataFrame()) == {}
    empty = pd.DataFrame(
        {"value": pd.Series(dtype=float), "unit": pd.Series(dtype=object), "status": [], "gross_error": []}
    )
    write(tmp_path, "built/mart_flows", empty.astype({"gross_error": bool}))
    assert of_model(tmp_path, "mart_flows") == {"t": 0.0, **NOTHING, "rows_unmeasured": 0, "rows_gross_error": 0}
    nobody = pd.DataFrame({"accepted": [], "canonical_unit": [], "value": []})
    assert of_landed("flows", nobody)["rows_accepted"] == 0
