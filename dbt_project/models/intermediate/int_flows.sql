-- One row a flow: a resource over a year from one end to the other. What its declarers said before reconciliation:
-- a flow declared by both ends counts once, as the plain mean; a sum over several flows is shared by what the partner
-- said of each, evenly where that is nothing. What its declarer also declared as part of a larger sum counts among the
-- declarations. Commuting in and out is one quantity: the way out is `same_as_flow_id`, the way in.
with all_parts as (
    select * from {{ ref('int_measurement_flows') }}
),

parts as (
    select *
    from all_parts
    where not is_parent
),

measurements as (
    select * from {{ ref('int_measurements') }}
),

own as (
    select
        parts.flow_id,
        {{ exact_sum('measurements.declared_value') }} as own_value
    from parts
    inner join measurements on parts.measurement_id = measurements.measurement_id
    where not parts.is_sum
    group by parts.flow_id
),

declared as (
    select
        parts.flow_id,
        parts.measurement_id,
        parts.declared_by,
        measurements.repetition is not null as is_repetition,
        case
            when parts.is_sum
                then
                    measurements.declared_value * coalesce(
                        own.own_value
                        / nullif({{ exact_sum('own.own_value') }} over (partition by parts.measurement_id), 0),
                        1.0 / count(*) over (partition by parts.measurement_id)
                    )
            else measurements.declared_value
        end as declared_value,
        measurements.n_declarations,
        measurements.n_included,
        measurements.is_commute,
        measurements.times_per_year,
        measurements.season,
        measurements.temperature,
        measurements.purpose,
        parts.year,
        parts.from_kind,
        parts.from_id,
        parts.to_kind,
        parts.to_id,
        parts.resource_id,
        parts.family,
        parts.unit,
        parts.is_transit
    from parts
    inner join measurements on parts.measurement_id = measurements.measurement_id
    inner join own on parts.flow_id = own.flow_id
),

by_end as (
    -- One end may have measured the same quantity several times: its mean is what it said.
    select
        declared.flow_id,
        declared.declared_by,
        {{ exact_sum('declared.declared_value') }}
        / case when bool_or(declared.is_repetition) then count(*) else 1 end as declared_value
    from declared
    group by declared.flow_id, declared.declared_by
),

means as (
    select
        by_end.flow_id,
        {{ exact_sum('by_end.declared_value') }} / count(*) as declared_value,
        count(*) as n_declarers
    from by_end
    group by by_end.flow_id
),

larger_sums as (
    select
        all_parts.flow_id,
        sum(measurements.n_declarations) as n_declarations
    from all_parts
    inner join measurements on all_parts.measurement_id = measurements.measurement_id
    where all_parts.is_parent
    group by all_parts.flow_id
),

flows as (
    select
        declared.flow_id,
        declared.year,
        declared.from_kind,
        declared.from_id,
        declared.to_kind,
        declared.to_id,
        declared.resource_id,
        declared.family,
        declared.unit,
        declared.is_transit,
        means.declared_value,
        means.n_declarers,
        sum(declared.n_declarations) as n_own_declarations,
        sum(declared.n_included) as n_included,
        bool_and(declared.is_commute) as is_commute,
        max(declared.times_per_year) as times_per_year,
        case when count(distinct declared.season) = 1 then min(declared.season) end as season,
        case when count(distinct declared.temperature) = 1 then min(declared.temperature) end as temperature,
        case when count(distinct declared.purpose) = 1 then min(declared.purpose) end as purpose
    from declared
    inner join means on declared.flow_id = means.flow_id
    group by
        declared.flow_id, declared.year, declared.from_kind, declared.from_id, declared.to_kind, declared.to_id,
        declared.resource_id, declared.family, declared.unit, declared.is_transit, means.declared_value,
        means.n_declarers
)

select
    flows.flow_id,
    flows.year,
    flows.from_kind,
    flows.from_id,
    flows.to_kind,
    flows.to_id,
    flows.resource_id,
    flows.family,
    flows.unit,
    flows.is_transit,
    flows.declared_value,
    flows.n_declarers,
    flows.n_own_declarations + coalesce(larger_sums.n_declarations, 0) as n_declarations,
    flows.n_included < flows.n_own_declarations as has_excluded,
    flows.n_included,
    flows.times_per_year,
    flows.season,
    flows.temperature,
    flows.purpose,
    ways_in.flow_id as same_as_flow_id
from flows
left join larger_sums on flows.flow_id = larger_sums.flow_id
left join flows as ways_in
    on
        flows.is_commute
        and ways_in.is_commute
        and flows.from_kind = 'establishment'
        and ways_in.to_kind = 'establishment'
        and flows.year = ways_in.year
        and flows.resource_id = ways_in.resource_id
        and flows.from_id = ways_in.to_id
        and flows.to_kind = ways_in.from_kind
        and flows.to_id is not distinct from ways_in.from_id
