{{ config(meta={'dagster': {'ref': {'name': 'mart_metabolism'}}}) }}
-- in = import + internal + undetermined_in + from_nature, and out likewise, at every scale and level.
with metabolism as (
    select * from {{ ref('mart_metabolism') }}
),

sums as (
    select
        metabolism.territory_id,
        metabolism.year,
        metabolism.resource_id,
        'in' as side,
        {{ exact_sum('metabolism.value') }} as value
    from metabolism
    where metabolism.side in ('import', 'internal', 'undetermined_in', 'from_nature')
    group by metabolism.territory_id, metabolism.year, metabolism.resource_id
    union all
    select
        metabolism.territory_id,
        metabolism.year,
        metabolism.resource_id,
        'out' as side,
        {{ exact_sum('metabolism.value') }} as value
    from metabolism
    where metabolism.side in ('export', 'internal', 'undetermined_out', 'to_nature')
    group by metabolism.territory_id, metabolism.year, metabolism.resource_id
)

select
    sums.*,
    metabolism.value as published
from sums
full join metabolism
    on
        sums.territory_id = metabolism.territory_id
        and sums.year = metabolism.year
        and sums.resource_id = metabolism.resource_id
        and sums.side = metabolism.side
where
    (sums.side is not null or metabolism.side in ('in', 'out'))
    and (
        (sums.value is null) <> (metabolism.value is null)
        or sums.side is null
        or metabolism.side is null
        or abs(sums.value - metabolism.value) > 1e-9 * greatest(abs(sums.value), abs(metabolism.value))
    )
