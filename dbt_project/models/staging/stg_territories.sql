with source as (
    select * from {{ source('landed', 'territories') }}
)

select
    source.territory_id,
    source.name,
    source.kind,
    source.synthetic,
    source.has_geometry
from source
