-- Accepted rows about flows: those of the sheet flows, and commuting.
with flow_rows as (
    select * from {{ ref('int_flow_rows') }}
),

commuting as (
    select * from {{ ref('int_commuting') }}
),

all_rows as (
    select
        flow_rows.source_file,
        flow_rows.source_sha256,
        flow_rows.source_sheet,
        flow_rows.source_row,
        flow_rows.entry,
        flow_rows.year,
        flow_rows.establishment_id,
        flow_rows.direction,
        flow_rows.resource_id,
        flow_rows.family,
        flow_rows.declared_quantity,
        flow_rows.declared_unit,
        flow_rows.unit,
        flow_rows.value,
        flow_rows.uncertainty,
        flow_rows.sd,
        flow_rows.own_sd,
        flow_rows.conversion_sd,
        flow_rows.conversion_line,
        flow_rows.partner_id,
        flow_rows.partner_name,
        flow_rows.partner_postcode,
        flow_rows.partner_commune,
        flow_rows.partner_country,
        flow_rows.temperature,
        flow_rows.times_per_year,
        flow_rows.season,
        flow_rows.purpose,
        flow_rows.treatment,
        flow_rows.price_per_unit,
        flow_rows.available,
        flow_rows.quality,
        flow_rows.status,
        flow_rows.rhythm,
        flow_rows.contract_end,
        flow_rows.is_confidential,
        flow_rows.criticality,
        flow_rows.days_of_stock,
        flow_rows.substitutable,
        flow_rows.origin_country,
        flow_rows.repeat,
        flow_rows.flag,
        false as is_commute
    from flow_rows
    where flow_rows.accepted
    union all
    select
        commuting.source_file,
        commuting.source_sha256,
        commuting.source_sheet,
        commuting.source_row,
        commuting.entry,
        commuting.year,
        commuting.establishment_id,
        commuting.direction,
        'people.commute' as resource_id,
        'people' as family,
        commuting.declared_quantity,
        'persons' as declared_unit,
        'trip' as unit,
        commuting.value,
        commuting.uncertainty,
        commuting.sd,
        commuting.sd as own_sd,
        0.0 as conversion_sd,
        cast(null as varchar) as conversion_line,
        cast(null as varchar) as partner_id,
        cast(null as varchar) as partner_name,
        commuting.residence_postcode as partner_postcode,
        commuting.residence as partner_commune,
        commuting.residence_country as partner_country,
        cast(null as double) as temperature,
        cast(null as double) as times_per_year,
        cast(null as varchar) as season,
        cast(null as varchar) as purpose,
        cast(null as varchar) as treatment,
        cast(null as double) as price_per_unit,
        cast(null as varchar) as available,
        cast(null as varchar) as quality,
        cast(null as varchar) as status,
        cast(null as varchar) as rhythm,
        cast(null as varchar) as contract_end,
        false as is_confidential,
        cast(null as double) as criticality,
        cast(null as double) as days_of_stock,
        cast(null as varchar) as substitutable,
        cast(null as varchar) as origin_country,
        'add' as repeat,
        cast(null as varchar) as flag,
        true as is_commute
    from commuting
)

select
    all_rows.*,
    coalesce(all_rows.purpose, 'use') = 'transit' as is_transit,
    coalesce(
        all_rows.partner_id,
        all_rows.partner_name,
        all_rows.partner_postcode,
        all_rows.partner_commune,
        all_rows.partner_country
    ) is not null as has_partner
from all_rows
