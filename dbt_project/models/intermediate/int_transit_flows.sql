-- C of transit: which flows each sum of what only passes through adds up.
with flows as (
    select * from {{ ref('int_flows') }}
),

sides as (
    select * from {{ ref('int_flow_sides') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
)

select
    sides.territory_id,
    flows.year,
    ancestors.ancestor_id as resource_id,
    sides.side,
    flows.flow_id
from flows
inner join sides on flows.flow_id = sides.flow_id
inner join ancestors on flows.resource_id = ancestors.resource_id
where flows.is_transit
