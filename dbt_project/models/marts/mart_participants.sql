with establishments as (
    select * from {{ ref('int_establishments') }}
),

establishment_territories as (
    select * from {{ ref('int_establishment_territories') }}
)

select
    establishment_territories.territory_id,
    cast(establishments.year as integer) as year,
    establishments.establishment_id,
    establishments.name,
    establishments.nace,
    establishments.organisation,
    coalesce(establishments.frame_employees, establishments.employees) as employees,
    establishments.is_in_frame,
    establishments.has_answered,
    establishments.share_level,
    establishments.open_figures
from establishments
inner join establishment_territories
    on
        establishments.establishment_id = establishment_territories.establishment_id
        and establishments.year = establishment_territories.year
