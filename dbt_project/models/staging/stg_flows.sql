with source as (
    select * from {{ source('landed', 'flows') }}
)

select
    source.source_file,
    source.source_sha256,
    source.source_sheet,
    source.source_row,
    source.entry,
    source.territory_id as folder_territory_id,
    source.year,
    source.answer_id,
    source.answer_name,
    source.accepted,
    source.establishment_id,
    source.direction,
    source.resource_id,
    source.family,
    source.quantity as declared_quantity,
    source.unit as declared_unit,
    source.canonical_unit as unit,
    source.value,
    source.uncertainty,
    source.sd,
    source.partner_id,
    source.partner_name,
    source.partner_postcode,
    lower(trim(source.partner_commune)) as partner_commune,
    upper(trim(source.partner_country)) as partner_country,
    source.temperature,
    source.times_per_year,
    source.season,
    source.purpose,
    source.repeat
from source
