with activities as (
    select * from {{ source('analysed', 'activities') }}
),

decisions as (
    select * from {{ ref('stg_decisions') }}
)

select
    activities.activity_id,
    activities.territory_id,
    cast(activities.year as integer) as year,
    cast(activities.rank as integer) as rank,
    activities.theme_id,
    activities.format,
    activities.members,
    activities.leaders,
    activities.partners,
    activities.barriers,
    cast(activities.n_establishments as integer) as n_establishments,
    activities.employees,
    activities.score,
    activities.mean_priority,
    activities.informed,
    activities.next_step,
    activities.next_step_fr,
    activities.next_step_de,
    activities.reasons,
    activities.reasons_fr,
    activities.reasons_de,
    decisions.decision,
    decisions.barrier as decision_barrier,
    decisions.next_step as decision_next_step
from activities
left join decisions on activities.activity_id = decisions.subject_id
