with flows as (
    select * from {{ ref('int_flows') }}
),

estimates as (
    select * from {{ source('analysed', 'flow_estimates') }}
),

homes as (
    select * from {{ ref('int_establishment_homes') }}
)

select
    flows.flow_id,
    cast(flows.year as integer) as year,
    flows.resource_id,
    case when flows.from_kind = 'establishment' then flows.from_id end as from_establishment_id,
    case when flows.from_kind = 'establishment' then from_homes.territory_id else flows.from_id end
        as from_territory_id,
    case when flows.to_kind = 'establishment' then flows.to_id end as to_establishment_id,
    case when flows.to_kind = 'establishment' then to_homes.territory_id else flows.to_id end as to_territory_id,
    estimates.value,
    estimates.sd,
    estimates.low,
    estimates.high,
    flows.unit,
    cast(flows.n_declarations as integer) as n_declarations,
    case
        when flows.n_included = 0 then 'unmeasured'
        when flows.n_declarers > 1 then 'paired'
        else 'single'
    end as status,
    estimates.checkable,
    flows.has_excluded as gross_error,
    flows.times_per_year,
    flows.season,
    flows.purpose,
    flows.temperature,
    flows.declared_value
from flows
inner join estimates on flows.flow_id = estimates.flow_id
left join homes as from_homes
    on
        flows.from_kind = 'establishment'
        and flows.from_id = from_homes.establishment_id
        and flows.year = from_homes.year
left join homes as to_homes
    on
        flows.to_kind = 'establishment'
        and flows.to_id = to_homes.establishment_id
        and flows.year = to_homes.year
