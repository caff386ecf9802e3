-- The one place that an establishment's end of a flow carries: the commune that its coordinates give, else the one that
-- it says, else the smallest territory around its coordinates, else its folder, else its frame.
with places as (
    select * from {{ ref('int_establishment_places') }}
),

territories as (
    select * from {{ ref('stg_territories') }}
)

select
    places.establishment_id,
    places.year,
    places.place_id as territory_id
from places
inner join territories on places.place_id = territories.territory_id
qualify row_number() over (
    partition by places.establishment_id, places.year
    order by
        case
            when places.given_by = 'coordinates' and territories.kind = 'commune' then 1
            when places.given_by = 'commune' then 2
            when places.given_by = 'coordinates' then 3
            when places.given_by = 'folder' then 4
            else 5
        end,
        places.size_rank nulls last,
        places.place_id
) = 1
