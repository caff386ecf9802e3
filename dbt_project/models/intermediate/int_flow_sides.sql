-- The side of each flow for each territory that it concerns, and the two sums `in` and `out` beside them.
with ends as (
    select * from {{ ref('int_flow_ends') }}
),

both_ends as (
    select
        sources.flow_id,
        sources.territory_id,
        sources.lies as from_lies,
        destinations.lies as to_lies
    from ends as sources
    inner join ends as destinations
        on
            sources.flow_id = destinations.flow_id
            and sources.territory_id = destinations.territory_id
    where sources.which_end = 'from' and destinations.which_end = 'to'
),

sides as (
    select
        both_ends.flow_id,
        both_ends.territory_id,
        case
            when both_ends.from_lies = 'outside' and both_ends.to_lies = 'inside' then 'import'
            when both_ends.from_lies = 'inside' and both_ends.to_lies = 'inside' then 'internal'
            when both_ends.from_lies = 'inside' and both_ends.to_lies = 'outside' then 'export'
            when both_ends.from_lies = 'undetermined' and both_ends.to_lies = 'inside' then 'undetermined_in'
            when both_ends.from_lies = 'inside' and both_ends.to_lies = 'undetermined' then 'undetermined_out'
            when both_ends.from_lies = 'nature' and both_ends.to_lies = 'inside' then 'from_nature'
            when both_ends.from_lies = 'inside' and both_ends.to_lies = 'nature' then 'to_nature'
        end as side
    from both_ends
)

select
    sides.flow_id,
    sides.territory_id,
    sides.side
from sides
where sides.side is not null
union all
select
    sides.flow_id,
    sides.territory_id,
    'in' as side
from sides
where sides.side in ('import', 'internal', 'undetermined_in', 'from_nature')
union all
select
    sides.flow_id,
    sides.territory_id,
    'out' as side
from sides
where sides.side in ('export', 'internal', 'undetermined_out', 'to_nature')
