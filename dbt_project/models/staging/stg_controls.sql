with source as (
    select * from {{ source('landed', 'controls') }}
)

select
    source.source_row,
    lower(trim(source.territory_id)) as territory_id,
    source.year,
    source.resource_id,
    source.side,
    source.value,
    source.sd,
    source.canonical_unit as unit,
    source.source
from source
