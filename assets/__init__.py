"""What is made: one module a stage (receive, land, prepare, analyse, publish), thin around `metabolism/` and dbt.

Belongs here: Dagster assets and their checks, the reading and writing of the lake, the release.
Does not belong here: a method or a rule of the contract (`metabolism/`, `dbt_project/`), when a run starts
(`pipelines/`).
"""
