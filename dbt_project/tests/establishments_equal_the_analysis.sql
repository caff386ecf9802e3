{{ config(meta={'dagster': {'ref': {'name': 'mart_establishments'}}}) }}
-- The balance of each establishment that SQL adds equals C x of the analysis, which made the sd.
with establishments as (
    select * from {{ ref('mart_establishments') }}
),

intervals as (
    select * from {{ source('analysed', 'establishment_intervals') }}
)

select
    intervals.*,
    establishments.value as published
from intervals
full join establishments
    on
        intervals.establishment_id = establishments.establishment_id
        and intervals.year = establishments.year
        and intervals.resource_id = establishments.resource_id
        and intervals.direction = establishments.direction
where
    intervals.establishment_id is null
    or establishments.establishment_id is null
    or (intervals.value is null) <> (establishments.value is null)
    or abs(intervals.value - establishments.value) > 1e-9 * greatest(abs(intervals.value), abs(establishments.value))
