with source as (
    select * from {{ source('landed', 'issues') }}
)

select
    source.source_file,
    source.source_row,
    source.year,
    source.answer_id,
    source.accepted,
    source.establishment_id,
    source.theme as theme_text,
    source.theme_id,
    source.priority,
    source.wants_to,
    source.barrier_id,
    source.comment
from source
