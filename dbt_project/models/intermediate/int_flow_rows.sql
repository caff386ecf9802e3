-- Rows of the current answers, with their flag. Quarantined rows are kept: they unbalance their family.
with flows as (
    select * from {{ ref('stg_flows') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
),

flags as (
    select * from {{ ref('stg_flags') }}
)

select
    flows.*,
    flags.reason as flag
from flows
inner join answers
    on
        answers.sheet = 'flows'
        and flows.answer_id = answers.answer_id
        and flows.source_file = answers.source_file
        and flows.year = answers.year
        and flows.establishment_id = answers.establishment_id
left join flags
    on
        flows.source_file = flags.source_file
        and flows.source_sheet = flags.source_sheet
        and flows.source_row = flags.source_row
        and flows.entry = flags.entry
where answers.is_current
