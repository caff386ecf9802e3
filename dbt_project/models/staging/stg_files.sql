with source as (
    select * from {{ source('landed', 'files') }}
)

select
    source.source_file,
    source.source_sha256,
    source.territory_id,
    source.year,
    source.received_at,
    source.rows_received,
    source.rows_accepted,
    source.rows_quarantined,
    source.rows_out_of_scope,
    source.copy_of
from source
