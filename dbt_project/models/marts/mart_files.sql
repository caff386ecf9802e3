with files as (
    select * from {{ ref('stg_files') }}
),

superseded as (
    select * from {{ ref('int_superseded_files') }}
)

select
    files.source_file,
    files.source_sha256,
    files.territory_id,
    cast(files.year as integer) as year,
    files.received_at,
    files.rows_received,
    files.rows_accepted,
    files.rows_quarantined,
    files.rows_out_of_scope,
    coalesce(files.copy_of, superseded.superseded_by) as superseded_by
from files
left join superseded on files.source_file = superseded.source_file
