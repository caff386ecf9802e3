with pools as (
    select * from {{ source('analysed', 'pools') }}
),

decisions as (
    select * from {{ ref('stg_decisions') }}
)

select
    pools.pool_id,
    pools.territory_id,
    cast(pools.year as integer) as year,
    cast(pools.rank as integer) as rank,
    pools.service_id,
    pools.members,
    cast(pools.n_establishments as integer) as n_establishments,
    pools.cost_today_eur,
    pools.cost_pooled_eur,
    pools.saving_eur,
    pools.saving_eur_sd,
    pools.shares,
    try_cast(pools.first_contract_end as date) as first_contract_end,
    pools.next_step,
    pools.next_step_fr,
    pools.next_step_de,
    pools.reasons,
    pools.reasons_fr,
    pools.reasons_de,
    pools.members_without_cost,
    pools.members_maybe,
    pools.excluded,
    pools.sharing_rule,
    pools.largest_regret_eur,
    decisions.decision,
    decisions.barrier as decision_barrier,
    decisions.next_step as decision_next_step
from pools
left join decisions on pools.pool_id = decisions.subject_id
