with source as (
    select * from {{ source('landed', 'answers') }}
)

select
    source.sheet,
    source.territory_id as folder_territory_id,
    source.year,
    source.establishment_id,
    source.answer_id,
    source.answer_name,
    source.source_file
from source
