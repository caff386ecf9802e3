{{ config(meta={'dagster': {'ref': {'name': 'mart_transit'}}}) }}
-- The transit that SQL adds from the flows equals C x of the analysis, which made the sd.
{{ unlike_the_analysis('mart_transit', 'transit_intervals', ['territory_id', 'year', 'resource_id', 'side']) }}
