with source as (
    select * from {{ source('landed', 'frame') }}
)

select
    source.source_file,
    source.territory_id as frame_territory_id,
    source.establishment_id,
    source.name,
    source.nace,
    source.employees,
    source.floor_area,
    source.latitude,
    source.longitude,
    source.organisation,
    lower(trim(source.commune)) as commune,
    upper(trim(source.country)) as country
from source
