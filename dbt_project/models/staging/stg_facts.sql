with source as (
    select * from {{ source('landed', 'facts') }}
)

select
    source.source_file,
    source.source_row,
    source.year,
    source.answer_id,
    source.accepted,
    source.establishment_id,
    source.fact as fact_text,
    source.fact_id,
    source.value,
    source.spare
from source
