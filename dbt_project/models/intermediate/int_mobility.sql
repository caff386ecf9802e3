-- What stands: accepted rows of each establishment's current answer.
with mobility as (
    select * from {{ ref('stg_mobility') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
)

select
    mobility.establishment_id,
    mobility.year,
    mobility.residence,
    mobility.residence_postcode,
    mobility.residence_country,
    mobility.mode,
    mobility.commuters,
    mobility.surveyed,
    mobility.days_per_week,
    mobility.distance_km,
    mobility.shift_start,
    mobility.shift_end,
    mobility.source_file,
    mobility.source_sha256,
    mobility.source_sheet,
    mobility.source_row
from mobility
inner join answers
    on
        answers.sheet = 'mobility'
        and mobility.answer_id = answers.answer_id
        and mobility.source_file = answers.source_file
        and mobility.year = answers.year
        and mobility.establishment_id = answers.establishment_id
where answers.is_current and mobility.accepted
