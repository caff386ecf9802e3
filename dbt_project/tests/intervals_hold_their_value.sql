{{ config(meta={'dagster': {'ref': {'name': 'mart_metabolism'}}}) }}
-- 0 <= low <= value <= high, and an sd wherever there is a value.
with figures as (
    select
        'mart_flows' as mart,
        flows.value,
        flows.sd,
        flows.low,
        flows.high
    from {{ ref('mart_flows') }} as flows
    union all
    select
        'mart_metabolism' as mart,
        metabolism.value,
        metabolism.sd,
        metabolism.low,
        metabolism.high
    from {{ ref('mart_metabolism') }} as metabolism
    union all
    select
        'mart_transit' as mart,
        transit.value,
        transit.sd,
        transit.low,
        transit.high
    from {{ ref('mart_transit') }} as transit
    union all
    select
        'mart_establishments' as mart,
        establishments.value,
        establishments.sd,
        establishments.low,
        establishments.high
    from {{ ref('mart_establishments') }} as establishments
)

select figures.*
from figures
where
    figures.value is not null
    and (
        figures.sd is null
        or figures.sd < 0
        or figures.low is null
        or figures.low < 0
        or figures.low > figures.value
        or figures.high < figures.value
    )
