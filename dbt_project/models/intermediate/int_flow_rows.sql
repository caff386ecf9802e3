-- Rows of the current answers, with their flag while it waits for a decision, and with the value that was decided, else
-- the declared one. Quarantined rows are kept: they unbalance their family.
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
    coalesce(flags.decided_value, flows.declared_value) as value,
    coalesce(flags.decided_sd, flows.declared_sd) as sd,
    flows.declared_own_sd
    * coalesce(abs(flags.decided_value / nullif(flows.declared_value, 0.0)), 1.0) as own_sd,
    flows.declared_conversion_sd
    * coalesce(abs(flags.decided_value / nullif(flows.declared_value, 0.0)), 1.0) as conversion_sd,
    case when flags.waits then flags.reason end as flag,
    flags.reason as flagged_as,
    flags.decision,
    flags.decided_quantity
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
