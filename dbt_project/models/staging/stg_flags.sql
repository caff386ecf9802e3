with source as (
    select * from {{ source('landed', 'flags') }}
)

select
    source.source_file,
    source.source_sheet,
    source.source_row,
    source.entry,
    source.reason,
    source.waits,
    source.decision,
    source.decided_quantity,
    source.decided_value,
    source.decided_sd
from source
