-- Each establishment's own balance. Values are added here from the reconciled flows; sd and interval come from the
-- analysis, where the covariance is.
with members as (
    select * from {{ ref('int_own_balances') }}
),

estimates as (
    select * from {{ source('analysed', 'flow_estimates') }}
),

intervals as (
    select * from {{ source('analysed', 'establishment_intervals') }}
),

establishments as (
    select * from {{ ref('int_establishments') }}
),

establishment_territories as (
    select * from {{ ref('int_establishment_territories') }}
),

resources as (
    select * from {{ ref('int_resources') }}
),

sums as (
    select
        members.establishment_id,
        members.year,
        members.resource_id,
        members.direction,
        {{ exact_sum('estimates.value') }} as value
    from members
    inner join estimates on members.flow_id = estimates.flow_id
    group by members.establishment_id, members.year, members.resource_id, members.direction
),

places as (
    select
        establishment_territories.establishment_id,
        establishment_territories.year,
        {{ list_of('establishment_territories.territory_id') }} as territory_ids
    from establishment_territories
    group by establishment_territories.establishment_id, establishment_territories.year
)

select
    sums.establishment_id,
    establishments.name,
    places.territory_ids,
    cast(sums.year as integer) as year,
    sums.resource_id,
    sums.direction,
    sums.value,
    intervals.sd,
    intervals.low,
    intervals.high,
    resources.unit
from sums
inner join intervals
    on
        sums.establishment_id = intervals.establishment_id
        and sums.year = intervals.year
        and sums.resource_id = intervals.resource_id
        and sums.direction = intervals.direction
inner join resources on sums.resource_id = resources.resource_id
inner join establishments
    on
        sums.establishment_id = establishments.establishment_id
        and sums.year = establishments.year
left join places
    on
        sums.establishment_id = places.establishment_id
        and sums.year = places.year
