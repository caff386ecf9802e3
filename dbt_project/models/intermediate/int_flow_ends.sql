-- For each flow and territory, where each end lies: inside, outside or undetermined; nature beside them.
with flows as (
    select * from {{ ref('int_flows') }}
),

territories as (
    select * from {{ ref('stg_territories') }}
),

establishment_territories as (
    select * from {{ ref('int_establishment_territories') }}
),

relation as (
    select * from {{ ref('stg_territory_relation') }}
),

ends as (
    select
        flows.flow_id,
        flows.year,
        'from' as which_end,
        flows.from_kind as end_kind,
        flows.from_id as end_id
    from flows
    union all
    select
        flows.flow_id,
        flows.year,
        'to' as which_end,
        flows.to_kind as end_kind,
        flows.to_id as end_id
    from flows
)

select
    ends.flow_id,
    ends.which_end,
    ends.end_kind,
    territories.territory_id,
    case
        when ends.end_kind = 'nature' then 'nature'
        when ends.end_kind = 'establishment'
            then case when establishment_territories.territory_id is not null then 'inside' else 'outside' end
        when ends.end_kind = 'territory'
            then
                case
                    when relation.relation = 'inside' then 'inside'
                    when relation.relation = 'partial' then 'undetermined'
                    else 'outside'
                end
        when ends.end_kind = 'foreign' then 'outside'
        else 'undetermined'
    end as lies
from ends
cross join territories
left join establishment_territories
    on
        ends.end_kind = 'establishment'
        and ends.end_id = establishment_territories.establishment_id
        and ends.year = establishment_territories.year
        and territories.territory_id = establishment_territories.territory_id
left join relation
    on
        ends.end_kind = 'territory'
        and ends.end_id = relation.place_id
        and territories.territory_id = relation.territory_id
