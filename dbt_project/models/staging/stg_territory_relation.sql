with source as (
    select * from {{ source('landed', 'territory_relation') }}
)

select
    source.place_id,
    source.territory_id,
    source.relation
from source
