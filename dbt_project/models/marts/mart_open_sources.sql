with sources as (
    select * from {{ ref('stg_open_sources') }}
)

select
    sources.source_id,
    sources.title,
    sources.provider,
    sources.licence,
    sources.landing_page,
    sources.fetch_address,
    sources.format,
    sources.update_rhythm,
    sources.used_for,
    sources.status,
    sources.reason,
    sources.source_file,
    sources.source_sha256,
    sources.retrieved,
    sources.n_rows
from sources
