{# What several marts of figures hold to, each tested by a file of `tests/` that names the mart. #}

{# The value that SQL adds from the flows equals C x of the analysis, which made the sd: rows that differ, or that stand on
   one side alone. #}
{% macro unlike_the_analysis(mart, intervals, keys) %}
with published as (
    select * from {{ ref(mart) }}
),

intervals as (
    select * from {{ source('analysed', intervals) }}
)

select
    intervals.*,
    published.value as published
from intervals
full join published
    on
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}intervals.{{ key }} = published.{{ key }}
        {%- endfor %}
where
    intervals.{{ keys[0] }} is null
    or published.{{ keys[0] }} is null
    or (intervals.value is null) <> (published.value is null)
    or abs(intervals.value - published.value) > 1e-9 * greatest(abs(intervals.value), abs(published.value))
{% endmacro %}

{# in = import + internal + undetermined_in + from_nature, and out likewise, at every scale and level: where it is not. #}
{% macro not_the_sums_of_their_sides(mart) %}
with published as (
    select * from {{ ref(mart) }}
),

sums as (
    select
        published.territory_id,
        published.year,
        published.resource_id,
        'in' as side,
        {{ exact_sum('published.value') }} as value
    from published
    where published.side in ('import', 'internal', 'undetermined_in', 'from_nature')
    group by published.territory_id, published.year, published.resource_id
    union all
    select
        published.territory_id,
        published.year,
        published.resource_id,
        'out' as side,
        {{ exact_sum('published.value') }} as value
    from published
    where published.side in ('export', 'internal', 'undetermined_out', 'to_nature')
    group by published.territory_id, published.year, published.resource_id
)

select
    sums.*,
    published.value as published
from sums
full join published
    on
        sums.territory_id = published.territory_id
        and sums.year = published.year
        and sums.resource_id = published.resource_id
        and sums.side = published.side
where
    (sums.side is not null or published.side in ('in', 'out'))
    and (
        (sums.value is null) <> (published.value is null)
        or sums.side is null
        or published.side is null
        or abs(sums.value - published.value) > 1e-9 * greatest(abs(sums.value), abs(published.value))
    )
{% endmacro %}
