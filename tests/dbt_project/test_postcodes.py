"""Postcodes in the spellings of forms and registers."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.dbt_project.models import build


@pytest.mark.parametrize(
    ("spelling", "postcode"),
    [
        ("4940", "4940"),
        ("L-4940", "4940"),
        ("l-4940", "4940"),
        ("L - 4940", "4940"),
        ("L 4940", "4940"),
        ("L4823", "4823"),
        (" 49 40 ", "4940"),
        ("D-54290", "54290"),
        ("L1 8JQ", "L18JQ"),
        ("2600 AB", "2600AB"),
        ("", ""),
    ],
)
def test_a_postcode_is_compared_without_blanks_and_prefix(spelling: str, postcode: str) -> None:
    landed = pd.DataFrame({"country": ["lu "], "postcode": [spelling], "territory_id": ["kaerjeng"]})
    with build({"postcodes": landed}, ["stg_postcodes"]) as connection:
        assert connection.execute("select * from stg_postcodes").fetchall() == [("LU", postcode, "kaerjeng")]
