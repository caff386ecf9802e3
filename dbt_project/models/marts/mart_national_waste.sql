with waste as (
    select * from {{ ref('stg_open_waste') }}
),

countries as (
    select territories.territory_id
    from {{ ref('stg_territories') }} as territories
    where territories.kind = 'country'
),

activities as (
    select * from {{ ref('int_waste_codes') }}
    where dimension = 'activity'
),

categories as (
    select * from {{ ref('int_waste_codes') }}
    where dimension = 'category'
)

select
    waste.territory_id,
    cast(waste.year as integer) as year,
    waste.activity_code,
    activities.parent_code as activity_parent,
    coalesce(activities.is_leaf, false) as is_leaf_activity,
    activities.label_en as activity_label_en,
    activities.label_fr as activity_label_fr,
    activities.label_de as activity_label_de,
    waste.category_code,
    categories.parent_code as category_parent,
    categories.breakdown as category_breakdown,
    coalesce(categories.is_leaf, false) as is_leaf_category,
    categories.label_en as category_label_en,
    categories.label_fr as category_label_fr,
    categories.label_de as category_label_de,
    waste.hazard,
    case when waste.hazard in ('HAZ', 'NHAZ') then 'HAZ_NHAZ' end as hazard_parent,
    waste.value,
    waste.unit,
    waste.status,
    case
        when waste.status = 'confidential' then 'the provider keeps it confidential'
        when waste.status <> 'missing' then null
        when waste.reason is not null then waste.reason
        when not activities.is_in_use or not categories.is_in_use then 'the statistics of that year have not this code'
        else 'the provider has no value'
    end as reason,
    waste.flag,
    waste.source_id,
    waste.source_file,
    waste.source_sha256,
    waste.source_row
from waste
inner join countries on waste.territory_id = countries.territory_id
left join activities on waste.activity_code = activities.code and waste.year = activities.year
left join categories on waste.category_code = categories.code and waste.year = categories.year
