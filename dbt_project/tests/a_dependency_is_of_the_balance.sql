{{ config(meta={"dagster": {"ref": {"name": "mart_dependency"}}}) }}
-- What a territory's establishments receive is what the reconciled flows that end at them add up to, and no more than
-- what ends inside the territory. By family: what the levels below hold is the analysis's own sum of them.
with flows as (
    select * from {{ ref('mart_flows') }}
),

sides as (
    select * from {{ ref('mart_flow_sides') }}
),

dependency as (
    select mart_dependency.*
    from {{ ref('mart_dependency') }} as mart_dependency
    where mart_dependency.resource_id not like '%.%'
),

metabolism as (
    select * from {{ ref('mart_metabolism') }}
),

received as (
    select
        sides.territory_id,
        flows.year,
        split_part(flows.resource_id, '.', 1) as resource_id,
        {{ exact_sum('flows.value') }} as consumption
    from flows
    inner join sides on flows.flow_id = sides.flow_id
    where
        sides.side = 'in'
        and flows.to_establishment_id is not null
        and coalesce(flows.purpose, 'use') <> 'transit'
    group by sides.territory_id, flows.year, split_part(flows.resource_id, '.', 1)
)

select
    coalesce(received.territory_id, dependency.territory_id) as territory_id,
    coalesce(received.year, dependency.year) as year,
    coalesce(received.resource_id, dependency.resource_id) as resource_id,
    received.consumption as by_sql,
    dependency.consumption as by_analysis,
    metabolism.value as all_that_enters
from received
full outer join dependency
    on
        received.territory_id = dependency.territory_id
        and received.year = dependency.year
        and received.resource_id = dependency.resource_id
left join metabolism
    on
        dependency.territory_id = metabolism.territory_id
        and dependency.year = metabolism.year
        and dependency.resource_id = metabolism.resource_id
        and metabolism.side = 'in'
where
    received.territory_id is null
    or dependency.territory_id is null
    or abs(received.consumption - dependency.consumption) > 1e-9 * greatest(abs(received.consumption), 1)
    or dependency.consumption > metabolism.value * (1 + 1e-9) + 1e-9
