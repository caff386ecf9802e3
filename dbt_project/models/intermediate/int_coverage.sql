-- The share of employees that answered among all establishments of frames inside a territory, by year.
with establishments as (
    select * from {{ ref('int_establishments') }}
),

establishment_territories as (
    select * from {{ ref('int_establishment_territories') }}
)

select
    establishment_territories.territory_id,
    establishments.year,
    count(*) as n_in_frame,
    count(*) filter (where establishments.has_answered) as n_answered,
    coalesce(
        {{ exact_sum('establishments.frame_employees', where='establishments.has_answered') }}, 0.0
    ) / nullif({{ exact_sum('establishments.frame_employees') }}, 0.0) as coverage
from establishments
inner join establishment_territories
    on
        establishments.establishment_id = establishment_territories.establishment_id
        and establishments.year = establishment_territories.year
where establishments.is_in_frame
group by establishment_territories.territory_id, establishments.year
