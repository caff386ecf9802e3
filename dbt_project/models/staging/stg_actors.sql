with source as (
    select * from {{ source('landed', 'actors') }}
)

select
    source.actor_id,
    source.name,
    source.kind
from source
