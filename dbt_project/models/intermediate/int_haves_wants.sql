-- What stands: accepted rows of each establishment's current answer.
with haves_wants as (
    select * from {{ ref('stg_haves_wants') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
)

select
    haves_wants.establishment_id,
    haves_wants.year,
    haves_wants.kind,
    haves_wants.what,
    haves_wants.resource_id,
    haves_wants.service_id,
    haves_wants.fact_id,
    haves_wants.quantity,
    haves_wants.unit,
    haves_wants.canonical_unit,
    haves_wants.value,
    haves_wants.valid_from,
    haves_wants.valid_until,
    haves_wants.condition,
    haves_wants.source_file,
    haves_wants.source_row
from haves_wants
inner join answers
    on
        answers.sheet = 'haves_wants'
        and haves_wants.answer_id = answers.answer_id
        and haves_wants.source_file = answers.source_file
        and haves_wants.year = answers.year
        and haves_wants.establishment_id = answers.establishment_id
where answers.is_current and haves_wants.accepted
