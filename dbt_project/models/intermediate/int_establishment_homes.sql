-- The one place that an establishment's end of a flow carries: its commune, else its folder, else its frame.
with places as (
    select * from {{ ref('int_establishment_places') }}
)

select
    places.establishment_id,
    places.year,
    places.place_id as territory_id
from places
qualify row_number() over (
    partition by places.establishment_id, places.year
    order by
        case places.given_by when 'commune' then 1 when 'folder' then 2 else 3 end,
        places.place_id
) = 1
