-- Rows of one establishment for the same year, ends and resource add up: their sum is one measurement, with
-- independent errors, but for the error of a conversion, which all rows that use its line have in common. Rows that a
-- mapping declares to repeat the same quantity (`repeat: same`) are a measurement each.
with declarations as (
    select * from {{ ref('int_declarations') }}
)

select
    declarations.measurement_id,
    declarations.year,
    declarations.from_kind,
    declarations.from_id,
    declarations.to_kind,
    declarations.to_id,
    declarations.resource_id,
    declarations.family,
    declarations.unit,
    declarations.is_transit,
    declarations.establishment_id as declared_by,
    declarations.direction,
    declarations.repetition,
    declarations.is_parent,
    bool_and(declarations.is_commute) as is_commute,
    count(*) as n_declarations,
    count(*) filter (where declarations.flag is null) as n_included,
    {{ exact_sum('declarations.declared_value') }} as declared_value,
    {{ exact_sum('declarations.value', where='declarations.flag is null') }} as value,
    sqrt({{ exact_sum('declarations.own_sd * declarations.own_sd', where='declarations.flag is null') }}) as sd,
    coalesce({{ exact_sum('declarations.conversion_sd', where='declarations.flag is null') }}, 0.0) as conversion_sd,
    max(declarations.conversion_line) as conversion_line,
    sum(declarations.times_per_year) as times_per_year,
    case when count(distinct declarations.season) = 1 then min(declarations.season) end as season,
    case when count(distinct declarations.temperature) = 1 then min(declarations.temperature) end as temperature,
    case when count(distinct declarations.purpose) = 1 then min(declarations.purpose) end as purpose
from declarations
group by
    declarations.measurement_id, declarations.year, declarations.from_kind, declarations.from_id,
    declarations.to_kind, declarations.to_id, declarations.resource_id, declarations.family,
    declarations.unit, declarations.is_transit, declarations.establishment_id, declarations.direction,
    declarations.repetition, declarations.is_parent
