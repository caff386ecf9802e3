-- Which flows stand in the balances of establishments that declare a family completely, what comes in counting as 1 and
-- what leaves as -1. Water by itself; materials and waste together, with the water that leaves in products as an input
-- (the products' mass holds it) and what goes into the air as an output.
with establishments as (
    select * from {{ ref('int_establishments') }}
),

flows as (
    select * from {{ ref('int_flows') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
),

into_the_air as (
    select distinct ancestors.resource_id
    from ancestors
    where ancestors.ancestor_id in ('emission.other', 'emission.co2_process')
),

complete as (
    select
        establishments.establishment_id,
        establishments.year,
        'water' as kind
    from establishments
    where {{ holds_word('establishments.complete_for', 'water') }}
    union all
    select
        establishments.establishment_id,
        establishments.year,
        'mass' as kind
    from establishments
    where
        {{ holds_word('establishments.complete_for', 'material') }}
        and {{ holds_word('establishments.complete_for', 'waste') }}
),

ends as (
    select
        flows.flow_id,
        flows.year,
        flows.family,
        flows.resource_id,
        flows.to_id as establishment_id,
        'in' as direction
    from flows
    where flows.to_kind = 'establishment' and not flows.is_transit
    union all
    select
        flows.flow_id,
        flows.year,
        flows.family,
        flows.resource_id,
        flows.from_id as establishment_id,
        'out' as direction
    from flows
    where flows.from_kind = 'establishment' and not flows.is_transit
),

weighted as (
    select
        complete.kind,
        complete.establishment_id,
        complete.year,
        ends.flow_id,
        case
            when complete.kind = 'water' and ends.family = 'water'
                then case when ends.direction = 'in' then 1.0 else -1.0 end
            when complete.kind = 'mass' and ends.family in ('material', 'waste')
                then case when ends.direction = 'in' then 1.0 else -1.0 end
            when complete.kind = 'mass' and ends.resource_id = 'water.in_product' and ends.direction = 'out' then 1.0
            when complete.kind = 'mass' and into_the_air.resource_id is not null and ends.direction = 'out' then -1.0
        end as coefficient
    from complete
    inner join ends
        on
            complete.establishment_id = ends.establishment_id
            and complete.year = ends.year
    left join into_the_air on ends.resource_id = into_the_air.resource_id
)

select
    weighted.kind,
    weighted.establishment_id,
    weighted.year,
    weighted.flow_id,
    weighted.coefficient
from weighted
where weighted.coefficient is not null
