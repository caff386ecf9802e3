with source as (
    select * from {{ source('landed', 'located_points') }}
)

select
    source.latitude,
    source.longitude,
    source.territory_id,
    source.size_rank
from source
