{{ config(meta={'dagster': {'ref': {'name': 'mart_flows'}}}) }}
-- What `explain` says adds up: weight x value of each source, then each constraint's adjustment.
with flows as (
    select * from {{ ref('mart_flows') }}
),

parts as (
    select
        sources.flow_id,
        sources.weight * sources.value as part
    from {{ ref('mart_flow_sources') }} as sources
    union all
    select
        adjustments.flow_id,
        adjustments.value as part
    from {{ ref('mart_flow_adjustments') }} as adjustments
),

sums as (
    select
        parts.flow_id,
        {{ exact_sum('parts.part') }} as value,
        {{ exact_sum('abs(parts.part)') }} as size
    from parts
    group by parts.flow_id
)

select
    flows.flow_id,
    flows.value,
    sums.value as explained
from flows
left join sums on flows.flow_id = sums.flow_id
where
    flows.value is not null
    and (sums.value is null or abs(sums.value - flows.value) > 1e-8 * greatest(sums.size, 1e-12))
