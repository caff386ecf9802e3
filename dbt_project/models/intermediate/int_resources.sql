-- The nomenclature, and the waste codes that were declared with their ancestors.
with resources as (
    select * from {{ ref('resources') }}
),

declared as (
    select flows.resource_id
    from {{ ref('stg_flows') }} as flows
    where flows.resource_id like 'waste.%'
    union
    select stocks.resource_id
    from {{ ref('stg_stocks') }} as stocks
    where stocks.resource_id like 'waste.%'
),

codes as (
    select distinct substr(declared.resource_id, 7, lengths.digits) as code
    from declared
    cross join (values (2), (4), (6)) as lengths (digits)
    where length(declared.resource_id) - 6 >= lengths.digits
),

waste as (
    select
        'waste.' || codes.code as resource_id,
        case when length(codes.code) = 2 then 'waste' else 'waste.' || left(codes.code, length(codes.code) - 2) end
            as parent_id,
        'Waste ' || codes.code as label_en,
        'Déchets ' || codes.code as label_fr,
        'Abfälle ' || codes.code as label_de
    from codes
)

select
    resources.resource_id,
    resources.parent_id,
    split_part(resources.resource_id, '.', 1) as family,
    resources.unit,
    coalesce(resources.network, 'no') = 'yes' as by_network,
    resources.label_en,
    resources.label_fr,
    resources.label_de
from resources
union all
select
    waste.resource_id,
    waste.parent_id,
    'waste' as family,
    't' as unit,
    false as by_network,
    waste.label_en,
    waste.label_fr,
    waste.label_de
from waste
