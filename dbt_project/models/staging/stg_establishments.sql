with source as (
    select * from {{ source('landed', 'establishment') }}
)

select
    source.source_file,
    source.source_sha256,
    source.source_sheet,
    source.source_row,
    source.territory_id as folder_territory_id,
    source.year,
    source.answer_id,
    source.answer_name,
    source.accepted,
    source.establishment_id,
    source.name,
    source.nace,
    source.employees,
    source.floor_area,
    source.latitude,
    source.longitude,
    source.organisation,
    lower(trim(source.commune)) as commune,
    upper(trim(source.country)) as country,
    source.share_level,
    source.open_figures,
    source.complete_for,
    source.none_for
from source
