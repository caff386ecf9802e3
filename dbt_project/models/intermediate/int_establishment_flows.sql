-- What establishments of a territory receive (`in`) and send (`out`), for each resource that holds the flow: the other
-- end of an `in` is its origin.
with flows as (
    select * from {{ ref('int_flows') }}
),

sides as (
    select * from {{ ref('int_flow_sides') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
),

homes as (
    select * from {{ ref('int_establishment_homes') }}
),

concerned as (
    select
        sides.territory_id,
        sides.side,
        flows.*
    from flows
    inner join sides on flows.flow_id = sides.flow_id
    where not flows.is_transit
),

received as (
    select
        concerned.territory_id,
        concerned.year,
        'in' as direction,
        concerned.resource_id,
        concerned.side,
        concerned.flow_id,
        concerned.to_id as establishment_id,
        case
            when concerned.from_kind = 'establishment' then homes.territory_id
            when concerned.from_kind <> 'unknown' then lower(concerned.from_id)
        end as origin
    from concerned
    left join homes
        on
            concerned.from_kind = 'establishment'
            and concerned.from_id = homes.establishment_id
            and concerned.year = homes.year
    where
        concerned.side in ('import', 'internal', 'undetermined_in', 'from_nature')
        and concerned.to_kind = 'establishment'
),

sent as (
    select
        concerned.territory_id,
        concerned.year,
        'out' as direction,
        concerned.resource_id,
        concerned.side,
        concerned.flow_id,
        concerned.from_id as establishment_id,
        cast(null as varchar) as origin
    from concerned
    where
        concerned.side in ('export', 'internal', 'undetermined_out', 'to_nature')
        and concerned.from_kind = 'establishment'
),

both_directions as (
    select * from received
    union all
    select * from sent
)

select
    both_directions.territory_id,
    both_directions.year,
    both_directions.direction,
    ancestors.ancestor_id as resource_id,
    both_directions.resource_id as flow_resource_id,
    both_directions.side,
    both_directions.flow_id,
    both_directions.establishment_id,
    both_directions.origin
from both_directions
inner join ancestors on both_directions.resource_id = ancestors.resource_id
