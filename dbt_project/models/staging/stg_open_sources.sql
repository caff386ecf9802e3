with source as (
    select * from {{ source('landed', 'open_sources') }}
),

cards as (
    select * from {{ ref('open_sources') }}
)

select
    cards.source_id,
    cards.title,
    cards.provider,
    cards.licence,
    cards.landing_page,
    cards.mirror_file,
    cards.fetch_address,
    cards.format,
    cards.update_rhythm,
    cards.used_for,
    coalesce(source.status, 'not available') as status,
    source.reason,
    source.source_file,
    source.source_sha256,
    cast(source.retrieved as date) as retrieved,
    source.n_rows
from cards
left join source on cards.source_id = source.source_id
