-- The balances of establishments that declare a family completely: what comes in + stock drawn = what leaves. Water
-- closes exactly; materials and waste within a slack of sd 3 % of the inputs. Not in a year in which one of its rows
-- waits for a decision, nor where only one side was declared.
with establishments as (
    select * from {{ ref('int_establishments') }}
),

balance_flows as (
    select * from {{ ref('int_balance_flows') }}
),

waiting_rows as (
    select * from {{ ref('int_waiting_rows') }}
),

stocks as (
    select * from {{ ref('int_stocks') }}
),

kinds as (
    select
        kinds.kind,
        kinds.family,
        kinds.slack_share
    from (values ('water', 'water', 0.0), ('mass', 'material', 0.03), ('mass', 'waste', 0.03))
        as kinds (kind, family, slack_share)
),

complete as (
    select distinct
        establishments.establishment_id,
        establishments.year,
        kinds.kind,
        kinds.slack_share
    from establishments
    cross join kinds
    where
        (kinds.kind = 'water' and {{ holds_word('establishments.complete_for', 'water') }})
        or (
            kinds.kind = 'mass'
            and {{ holds_word('establishments.complete_for', 'material') }}
            and {{ holds_word('establishments.complete_for', 'waste') }}
        )
),

waiting as (
    select distinct
        waiting_rows.establishment_id,
        waiting_rows.year,
        kinds.kind
    from waiting_rows
    inner join kinds
        on
            waiting_rows.family is null
            or waiting_rows.family = kinds.family
            or (
                kinds.kind = 'mass'
                and waiting_rows.resource_id in ('water.in_product', 'emission.other', 'emission.co2_process')
            )
),

drawn as (
    select
        stocks.establishment_id,
        stocks.year,
        kinds.kind,
        {{ exact_sum('stocks.opening_value - stocks.closing_value') }} as stock_drawn
    from stocks
    inner join kinds on stocks.family = kinds.family
    where stocks.accepted
    group by stocks.establishment_id, stocks.year, kinds.kind
),

sided as (
    select
        complete.establishment_id,
        complete.year,
        complete.kind,
        complete.slack_share,
        coalesce(bool_or(balance_flows.coefficient > 0), false) as has_in,
        coalesce(bool_or(balance_flows.coefficient < 0), false) as has_out
    from complete
    left join balance_flows
        on
            complete.establishment_id = balance_flows.establishment_id
            and complete.year = balance_flows.year
            and complete.kind = balance_flows.kind
    group by complete.establishment_id, complete.year, complete.kind, complete.slack_share
)

select
    {{ id_of('balance', ['sided.kind', 'sided.establishment_id', 'sided.year']) }} as constraint_id,
    sided.kind,
    sided.establishment_id,
    sided.year,
    coalesce(drawn.stock_drawn, 0.0) as stock_drawn,
    cast(sided.slack_share as double) as slack_share,
    case
        when waiting.establishment_id is not null then 'unbalanced'
        when not (sided.has_in and sided.has_out) then 'one_sided'
        else 'closed'
    end as state
from sided
left join waiting
    on
        sided.establishment_id = waiting.establishment_id
        and sided.year = waiting.year
        and sided.kind = waiting.kind
left join drawn
    on
        sided.establishment_id = drawn.establishment_id
        and sided.year = drawn.year
        and sided.kind = drawn.kind
