{{ config(meta={'dagster': {'ref': {'name': 'mart_files'}}}) }}
-- Nothing is dropped: received = accepted + quarantined + out of scope, for every file.
select files.*
from {{ ref('mart_files') }} as files
where
    files.rows_received <> files.rows_accepted + files.rows_quarantined + files.rows_out_of_scope
    or least(files.rows_accepted, files.rows_quarantined, files.rows_out_of_scope) < 0
