{{ config(meta={'dagster': {'ref': {'name': 'mart_metabolism'}}}) }}
-- A resource equals its own flows and those of its children; shown here as: no level is less than the sum below it.
with metabolism as (
    select * from {{ ref('mart_metabolism') }}
),

resources as (
    select * from {{ ref('mart_resources') }}
),

children as (
    select
        metabolism.territory_id,
        metabolism.year,
        metabolism.side,
        resources.parent_id as resource_id,
        {{ exact_sum('metabolism.value') }} as value
    from metabolism
    inner join resources on metabolism.resource_id = resources.resource_id
    where resources.parent_id is not null
    group by metabolism.territory_id, metabolism.year, metabolism.side, resources.parent_id
)

select
    children.*,
    metabolism.value as published
from children
left join metabolism
    on
        children.territory_id = metabolism.territory_id
        and children.year = metabolism.year
        and children.side = metabolism.side
        and children.resource_id = metabolism.resource_id
where
    metabolism.resource_id is null
    or children.value > metabolism.value + 1e-9 * abs(metabolism.value)
