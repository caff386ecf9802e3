"""A second computation of the whole balance, written from section 3 of the contract alone.

`cases` makes random raw folders that exercise the rules, `reference` computes their figures by dense algebra.
Neither imports the project; both read its nomenclatures (`dbt_project/seeds`). The tests beside them compare the two.
"""
