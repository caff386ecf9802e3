{{ config(meta={'dagster': {'ref': {'name': 'mart_metabolism'}}}) }}
-- The value that SQL adds from the flows equals C x of the analysis, which made the sd.
with metabolism as (
    select * from {{ ref('mart_metabolism') }}
),

intervals as (
    select * from {{ source('analysed', 'aggregate_intervals') }}
)

select
    intervals.*,
    metabolism.value as published
from intervals
full join metabolism
    on
        intervals.territory_id = metabolism.territory_id
        and intervals.year = metabolism.year
        and intervals.resource_id = metabolism.resource_id
        and intervals.side = metabolism.side
where
    intervals.territory_id is null
    or metabolism.territory_id is null
    or (intervals.value is null) <> (metabolism.value is null)
    or abs(intervals.value - metabolism.value) > 1e-9 * greatest(abs(intervals.value), abs(metabolism.value))
