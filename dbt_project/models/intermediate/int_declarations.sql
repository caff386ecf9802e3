-- Accepted rows with both ends. The partner is located by the most precise of: an establishment, a postcode, a commune,
-- a country; nature stands at the establishment's own place. What is not known stays unknown.
with declared_rows as (
    select * from {{ ref('int_declared_rows') }}
),

parents as (
    select distinct
        parent_rows.establishment_id,
        parent_rows.year,
        parent_rows.direction,
        parent_rows.parent_resource_id
    from {{ ref('int_parent_rows') }} as parent_rows
    where parent_rows.n_children >= 2
),

establishments as (
    select * from {{ ref('int_establishments') }}
),

territories as (
    select * from {{ ref('stg_territories') }}
),

postcodes as (
    -- A postcode of one territory that is not there tells nothing, as an unknown commune does.
    select
        postcodes.country,
        postcodes.postcode,
        count(distinct postcodes.territory_id) > 1 as is_ambiguous,
        case when count(distinct postcodes.territory_id) = 1 then min(territories.territory_id) end as territory_id
    from {{ ref('stg_postcodes') }} as postcodes
    left join territories on postcodes.territory_id = territories.territory_id
    group by postcodes.country, postcodes.postcode
),

located as (
    select
        declared_rows.*,
        parents.parent_resource_id is not null and not declared_rows.has_partner and not declared_rows.is_transit
            as is_parent,
        own.country as own_country,
        partners.establishment_id as partner_establishment_id,
        coalesce(postcodes.is_ambiguous, false) as is_ambiguous_postcode,
        coalesce(postcodes.is_ambiguous or postcodes.territory_id is not null, false) as is_known_postcode,
        postcodes.territory_id as postcode_territory_id,
        communes.territory_id as commune_territory_id,
        countries.territory_id as country_territory_id
    from declared_rows
    left join parents
        on
            declared_rows.establishment_id = parents.establishment_id
            and declared_rows.year = parents.year
            and declared_rows.direction = parents.direction
            and declared_rows.resource_id = parents.parent_resource_id
    left join establishments as own
        on
            declared_rows.establishment_id = own.establishment_id
            and declared_rows.year = own.year
    left join establishments as partners
        on
            declared_rows.partner_id = partners.establishment_id
            and declared_rows.year = partners.year
            and declared_rows.establishment_id <> partners.establishment_id
    left join postcodes
        on
            {{ bare_postcode('declared_rows.partner_postcode') }} = postcodes.postcode
            and coalesce(declared_rows.partner_country, own.country) = postcodes.country
    left join territories as communes on declared_rows.partner_commune = communes.territory_id
    left join territories as countries on lower(declared_rows.partner_country) = countries.territory_id
),

partners as (
    select
        located.*,
        lower(coalesce(located.partner_id, '')) = 'nature'
        or located.family = 'emission'
        or (located.resource_id = 'water.evaporated' and located.direction = 'out')
        or (
            located.resource_id in ('water.rain', 'energy.ambient')
            and (located.direction = 'in' or not located.has_partner)
        )
        or (located.resource_id = 'water.industrial' and located.direction = 'in' and not located.has_partner)
            as is_nature
    from located
),

ends as (
    select
        partners.*,
        case
            when partners.is_nature then 'nature'
            when partners.partner_establishment_id is not null then 'establishment'
            when partners.is_ambiguous_postcode then 'unknown'
            when
                coalesce(partners.postcode_territory_id, partners.commune_territory_id, partners.country_territory_id)
                is not null then 'territory'
            when partners.partner_country = partners.own_country then 'own_country'
            when length(partners.partner_country) = 2 then 'foreign'
            else 'unknown'
        end as partner_kind,
        case
            when partners.is_nature then 'nature'
            when partners.partner_establishment_id is not null then partners.partner_establishment_id
            when partners.is_ambiguous_postcode then null
            else
                coalesce(
                    partners.postcode_territory_id,
                    partners.commune_territory_id,
                    partners.country_territory_id,
                    case when length(partners.partner_country) = 2 then partners.partner_country end
                )
        end as partner_end_id
    from partners
),

oriented as (
    select
        ends.*,
        case when ends.repeat = 'same' then ends.source_file || '/' || ends.source_row || '/' || ends.entry end
            as repetition,
        case when ends.direction = 'in' then ends.partner_kind else 'establishment' end as from_kind,
        case when ends.direction = 'in' then ends.partner_end_id else ends.establishment_id end as from_id,
        case when ends.direction = 'in' then 'establishment' else ends.partner_kind end as to_kind,
        case when ends.direction = 'in' then ends.establishment_id else ends.partner_end_id end as to_id
    from ends
)

select
    {{ id_of('m', ['oriented.year', 'oriented.from_kind', 'oriented.from_id', 'oriented.to_kind', 'oriented.to_id',
       'oriented.resource_id', 'oriented.is_transit', 'oriented.establishment_id', 'oriented.repetition',
       'oriented.is_parent'])
    }} as measurement_id,
    oriented.source_file,
    oriented.source_sha256,
    oriented.source_sheet,
    oriented.source_row,
    oriented.entry,
    oriented.year,
    oriented.establishment_id,
    oriented.direction,
    oriented.resource_id,
    oriented.family,
    oriented.declared_quantity,
    oriented.declared_unit,
    oriented.unit,
    oriented.value,
    oriented.uncertainty,
    oriented.sd,
    oriented.own_sd,
    oriented.conversion_sd,
    oriented.conversion_line,
    oriented.flag,
    oriented.is_parent,
    oriented.is_commute,
    oriented.declared_value,
    oriented.flagged_as,
    oriented.decision,
    oriented.decided_quantity,
    oriented.repetition,
    oriented.is_transit,
    oriented.purpose,
    oriented.temperature,
    oriented.times_per_year,
    oriented.season,
    oriented.treatment,
    oriented.price_per_unit,
    oriented.available,
    oriented.quality,
    oriented.status,
    oriented.rhythm,
    oriented.contract_end,
    oriented.is_confidential,
    oriented.criticality,
    oriented.days_of_stock,
    oriented.substitutable,
    oriented.origin_country,
    oriented.partner_name,
    oriented.from_kind,
    oriented.from_id,
    oriented.to_kind,
    oriented.to_id,
    oriented.own_country,
    oriented.partner_id,
    oriented.partner_postcode,
    oriented.partner_commune,
    oriented.partner_country,
    oriented.partner_establishment_id,
    oriented.commune_territory_id,
    oriented.is_known_postcode
from oriented
