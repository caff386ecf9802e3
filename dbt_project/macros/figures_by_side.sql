{# The columns of mart_metabolism and mart_transit, of the flows that `members` adds up. Values are added here from the
   reconciled flows; sd and interval come from the analysis (`intervals`), where the covariance is. #}
{% macro figures_by_side(members, intervals) %}
with members as (
    select * from {{ ref(members) }}
),

flows as (
    select * from {{ ref('int_flows') }}
),

estimates as (
    select * from {{ source('analysed', 'flow_estimates') }}
),

intervals as (
    select * from {{ source('analysed', intervals) }}
),

establishment_territories as (
    select * from {{ ref('int_establishment_territories') }}
),

coverage as (
    select * from {{ ref('int_coverage') }}
),

resources as (
    select * from {{ ref('int_resources') }}
),

sums as (
    select
        members.territory_id,
        members.year,
        members.resource_id,
        members.side,
        {{ exact_sum('estimates.value') }} as value,
        {{ exact_sum('flows.declared_value') }} as declared_value
    from members
    inner join flows on members.flow_id = flows.flow_id
    inner join estimates on members.flow_id = estimates.flow_id
    group by members.territory_id, members.year, members.resource_id, members.side
),

ends as (
    select
        flows.flow_id,
        flows.year,
        flows.from_id as establishment_id
    from flows
    where flows.from_kind = 'establishment'
    union all
    select
        flows.flow_id,
        flows.year,
        flows.to_id as establishment_id
    from flows
    where flows.to_kind = 'establishment'
),

counts as (
    select
        members.territory_id,
        members.year,
        members.resource_id,
        members.side,
        count(distinct ends.establishment_id) as n_establishments
    from members
    inner join ends on members.flow_id = ends.flow_id
    inner join establishment_territories
        on
            ends.establishment_id = establishment_territories.establishment_id
            and ends.year = establishment_territories.year
            and members.territory_id = establishment_territories.territory_id
    group by members.territory_id, members.year, members.resource_id, members.side
)

select
    sums.territory_id,
    cast(sums.year as integer) as year,
    sums.resource_id,
    sums.side,
    sums.value,
    intervals.sd,
    intervals.low,
    intervals.high,
    resources.unit,
    cast(coalesce(counts.n_establishments, 0) as integer) as n_establishments,
    sums.declared_value,
    coverage.coverage,
    false as suppressed,
    cast(null as double) as band
from sums
inner join intervals
    on
        sums.territory_id = intervals.territory_id
        and sums.year = intervals.year
        and sums.resource_id = intervals.resource_id
        and sums.side = intervals.side
inner join resources on sums.resource_id = resources.resource_id
left join counts
    on
        sums.territory_id = counts.territory_id
        and sums.year = counts.year
        and sums.resource_id = counts.resource_id
        and sums.side = counts.side
left join coverage
    on
        sums.territory_id = coverage.territory_id
        and sums.year = coverage.year
{% endmacro %}
