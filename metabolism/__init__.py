"""The science of Circulez: pure functions over tables and arrays.

Belongs here: reading what companies sent, units and nomenclatures, places and sides, reconciliation, sums with their
covariance, the report's page, and the words of findings.

Does not belong here: Dagster, dbt, a connection to the warehouse, a path that is not given as an argument. A test
(import-linter) holds it.
"""
