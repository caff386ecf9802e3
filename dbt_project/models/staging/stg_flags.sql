with source as (
    select * from {{ source('landed', 'flags') }}
)

select
    source.source_file,
    source.source_sheet,
    source.source_row,
    source.entry,
    source.reason
from source
