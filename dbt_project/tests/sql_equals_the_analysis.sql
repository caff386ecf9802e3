{{ config(meta={'dagster': {'ref': {'name': 'mart_metabolism'}}}) }}
-- The value that SQL adds from the flows equals C x of the analysis, which made the sd.
{{ unlike_the_analysis('mart_metabolism', 'aggregate_intervals', ['territory_id', 'year', 'resource_id', 'side']) }}
