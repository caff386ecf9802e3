-- What stands: accepted rows of each establishment's current answer.
with services as (
    select * from {{ ref('stg_services') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
)

select
    services.establishment_id,
    services.year,
    services.service_text,
    services.service_id,
    services.provider,
    services.visits_per_year,
    services.cost_eur_per_year,
    services.contract_end,
    services.open_to_pooling,
    services.source_file,
    services.source_row
from services
inner join answers
    on
        answers.sheet = 'services'
        and services.answer_id = answers.answer_id
        and services.source_file = answers.source_file
        and services.year = answers.year
        and services.establishment_id = answers.establishment_id
where answers.is_current and services.accepted
