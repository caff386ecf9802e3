-- C of each establishment's own balance: the flows that end at it (`in`) and that begin at it (`out`), by whomever they
-- were declared, for each resource that holds them. Transit stands apart.
with flows as (
    select * from {{ ref('int_flows') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
),

ends as (
    select
        flows.to_id as establishment_id,
        flows.year,
        flows.resource_id,
        'in' as direction,
        flows.flow_id
    from flows
    where flows.to_kind = 'establishment' and not flows.is_transit
    union all
    select
        flows.from_id as establishment_id,
        flows.year,
        flows.resource_id,
        'out' as direction,
        flows.flow_id
    from flows
    where flows.from_kind = 'establishment' and not flows.is_transit
)

select
    ends.establishment_id,
    ends.year,
    ancestors.ancestor_id as resource_id,
    ends.direction,
    ends.flow_id
from ends
inner join ancestors on ends.resource_id = ancestors.resource_id
