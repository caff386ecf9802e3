with source as (
    select * from {{ source('landed', 'open_waste') }}
)

select
    source.source_id,
    source.source_file,
    source.source_sha256,
    source.source_row,
    -- Eurostat writes EL for Greece and UK for the United Kingdom; territories have the codes of ISO 3166
    case source.geo when 'EL' then 'gr' when 'UK' then 'gb' else lower(source.geo) end as territory_id,
    source.year,
    source.activity_code,
    source.category_code,
    source.hazard,
    source.value,
    't' as unit,
    source.status,
    source.flag,
    source.reason
from source
