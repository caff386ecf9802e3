-- B: the coefficient of each flow in each constraint. Sum of coefficient × flow = right side, within the slack.
with balances as (
    select * from {{ ref('int_balances') }}
),

balance_flows as (
    select * from {{ ref('int_balance_flows') }}
)

select
    balances.constraint_id,
    balances.kind || '_balance' as kind,
    balances.establishment_id,
    -balances.stock_drawn as right_side,
    balances.slack_share,
    balance_flows.flow_id,
    balance_flows.coefficient
from balances
inner join balance_flows
    on
        balances.kind = balance_flows.kind
        and balances.establishment_id = balance_flows.establishment_id
        and balances.year = balance_flows.year
where balances.state = 'closed'
