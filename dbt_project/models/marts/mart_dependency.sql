with dependency as (
    select * from {{ source('analysed', 'dependency') }}
)

select
    dependency.territory_id,
    cast(dependency.year as integer) as year,
    dependency.resource_id,
    dependency.unit,
    dependency.consumption,
    dependency.sd,
    dependency.low,
    dependency.high,
    dependency.local_share,
    dependency.local_share_sd,
    dependency.undetermined_share,
    dependency.origins,
    dependency.hhi,
    dependency.main_origin,
    dependency.days_of_stock,
    dependency.criticality,
    dependency.strategic,
    dependency.is_network,
    cast(dependency.n_establishments as integer) as n_establishments,
    dependency.reason,
    dependency.reason_fr,
    dependency.reason_de
from dependency
