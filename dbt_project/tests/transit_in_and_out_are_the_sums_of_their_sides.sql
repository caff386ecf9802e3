{{ config(meta={'dagster': {'ref': {'name': 'mart_transit'}}}) }}
-- Of transit: in = import + internal + undetermined_in + from_nature, and out likewise, at every scale and level.
with transit as (
    select * from {{ ref('mart_transit') }}
),

sums as (
    select
        transit.territory_id,
        transit.year,
        transit.resource_id,
        'in' as side,
        {{ exact_sum('transit.value') }} as value
    from transit
    where transit.side in ('import', 'internal', 'undetermined_in', 'from_nature')
    group by transit.territory_id, transit.year, transit.resource_id
    union all
    select
        transit.territory_id,
        transit.year,
        transit.resource_id,
        'out' as side,
        {{ exact_sum('transit.value') }} as value
    from transit
    where transit.side in ('export', 'internal', 'undetermined_out', 'to_nature')
    group by transit.territory_id, transit.year, transit.resource_id
)

select
    sums.*,
    transit.value as published
from sums
full join transit
    on
        sums.territory_id = transit.territory_id
        and sums.year = transit.year
        and sums.resource_id = transit.resource_id
        and sums.side = transit.side
where
    (sums.side is not null or transit.side in ('in', 'out'))
    and (
        (sums.value is null) <> (transit.value is null)
        or sums.side is null
        or transit.side is null
        or abs(sums.value - transit.value) > 1e-9 * greatest(abs(sums.value), abs(transit.value))
    )
