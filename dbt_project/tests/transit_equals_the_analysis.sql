{{ config(meta={'dagster': {'ref': {'name': 'mart_transit'}}}) }}
-- The transit that SQL adds from the flows equals C x of the analysis, which made the sd.
with transit as (
    select * from {{ ref('mart_transit') }}
),

intervals as (
    select * from {{ source('analysed', 'transit_intervals') }}
)

select
    intervals.*,
    transit.value as published
from intervals
full join transit
    on
        intervals.territory_id = transit.territory_id
        and intervals.year = transit.year
        and intervals.resource_id = transit.resource_id
        and intervals.side = transit.side
where
    intervals.territory_id is null
    or transit.territory_id is null
    or (intervals.value is null) <> (transit.value is null)
    or abs(intervals.value - transit.value) > 1e-9 * greatest(abs(intervals.value), abs(transit.value))
