-- B: the coefficient of each flow in each constraint. Sum of coefficient × flow = right side.
with balances as (
    select * from {{ ref('int_water_balances') }}
),

flows as (
    select * from {{ ref('int_flows') }}
)

select
    balances.constraint_id,
    'water_balance' as kind,
    balances.establishment_id,
    -balances.stock_drawn as right_side,
    flows.flow_id,
    case when flows.to_kind = 'establishment' and flows.to_id = balances.establishment_id then 1.0 else -1.0 end
        as coefficient
from balances
inner join flows
    on
        flows.family = 'water'
        and not flows.is_transit
        and balances.year = flows.year
        and (
            (flows.from_kind = 'establishment' and balances.establishment_id = flows.from_id)
            or (flows.to_kind = 'establishment' and balances.establishment_id = flows.to_id)
        )
where balances.state = 'closed'
