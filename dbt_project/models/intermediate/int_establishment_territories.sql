-- An establishment is inside the territories that its places give, and what contains them; outside every other.
with places as (
    select * from {{ ref('int_establishment_places') }}
),

relation as (
    select * from {{ ref('stg_territory_relation') }}
)

select distinct
    places.establishment_id,
    places.year,
    relation.territory_id
from places
inner join relation
    on
        places.place_id = relation.place_id
        and relation.relation = 'inside'
