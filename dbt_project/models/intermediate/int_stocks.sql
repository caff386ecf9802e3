-- Rows of each establishment's current answer, those that wait for a decision included.
with stocks as (
    select * from {{ ref('stg_stocks') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
)

select
    stocks.source_file,
    stocks.source_row,
    stocks.establishment_id,
    stocks.year,
    stocks.accepted,
    stocks.resource_id,
    stocks.family,
    stocks.unit,
    stocks.opening_value,
    stocks.closing_value
from stocks
inner join answers
    on
        answers.sheet = 'stocks'
        and stocks.answer_id = answers.answer_id
        and stocks.source_file = answers.source_file
        and stocks.year = answers.year
        and stocks.establishment_id = answers.establishment_id
where answers.is_current
