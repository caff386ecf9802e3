with pilots as (
    select * from {{ source('analysed', 'pilots') }}
)

select
    pilots.pilot_id,
    pilots.territory_id,
    pilots.kind,
    pilots.theme_id,
    pilots.title,
    pilots.status,
    pilots.stage,
    pilots.replicates,
    try_cast(pilots.start as date) as start,
    try_cast(pilots."end" as date) as "end",
    cast(pilots.n_establishments as integer) as n_establishments,
    pilots.indicator,
    pilots.unit,
    pilots.baseline,
    pilots.measured,
    pilots.effect,
    pilots.effect_sd,
    pilots.significant,
    pilots.scale_value,
    pilots.scale_sd,
    pilots.verified,
    pilots.lesson,
    pilots.baseline_sd,
    pilots.measured_sd,
    pilots.change_pct,
    pilots.scale_unit,
    pilots.participants,
    pilots.reason,
    pilots.reason_fr,
    pilots.reason_de
from pilots
