with source as (
    select * from {{ source('landed', 'stocks') }}
)

select
    source.source_file,
    source.source_row,
    source.year,
    source.answer_id,
    source.accepted,
    source.establishment_id,
    source.resource_id,
    source.family,
    source.canonical_unit as unit,
    source.opening_value,
    source.closing_value
from source
