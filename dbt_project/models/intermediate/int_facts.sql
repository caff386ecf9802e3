-- What stands: accepted rows of each establishment's current answer.
with facts as (
    select * from {{ ref('stg_facts') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
)

select
    facts.establishment_id,
    facts.year,
    facts.fact_text,
    facts.fact_id,
    facts.value,
    facts.spare,
    facts.source_file,
    facts.source_row
from facts
inner join answers
    on
        answers.sheet = 'facts'
        and facts.answer_id = answers.answer_id
        and facts.source_file = answers.source_file
        and facts.year = answers.year
        and facts.establishment_id = answers.establishment_id
where answers.is_current and facts.accepted
