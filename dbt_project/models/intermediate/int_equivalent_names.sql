-- The two ends of one flow may call it by a waste code and by the equivalent name of a resource (equivalents.csv):
-- each measurement by a code, with the nearest one of the other end under an equivalent name, and how far apart they
-- are in sd. Within 3 sd they are one flow, under the waste code.
with measurements as (
    select * from {{ ref('int_measurements') }}
),

equivalents as (
    select
        'waste.' || equivalents.waste_code as waste_resource_id,
        equivalents.resource_id
    from {{ ref('equivalents') }} as equivalents
),

between_establishments as (
    select
        measurements.*,
        count(*) over (
            partition by
                measurements.year, measurements.from_id, measurements.to_id, measurements.resource_id,
                measurements.is_transit
        ) > count(*) over (
            partition by
                measurements.year, measurements.from_id, measurements.to_id, measurements.resource_id,
                measurements.is_transit, measurements.declared_by
        ) as is_answered
    from measurements
    where
        measurements.from_kind = 'establishment'
        and measurements.to_kind = 'establishment'
        and measurements.n_included > 0
        and measurements.repetition is null
        and not measurements.is_parent
),

pairs as (
    select
        codes.measurement_id as code_measurement_id,
        codes.resource_id as waste_resource_id,
        names.measurement_id as name_measurement_id,
        names.resource_id,
        codes.year,
        codes.declared_by as code_declared_by,
        names.declared_by as name_declared_by,
        codes.value as code_value,
        names.value as name_value,
        abs(codes.value - names.value) / nullif(
            sqrt(
                codes.sd * codes.sd + codes.conversion_sd * codes.conversion_sd
                + names.sd * names.sd + names.conversion_sd * names.conversion_sd
            ),
            0
        ) as sd_apart
    from between_establishments as codes
    inner join equivalents on codes.resource_id = equivalents.waste_resource_id
    inner join between_establishments as names
        on
            equivalents.resource_id = names.resource_id
            and codes.year = names.year
            and codes.from_id = names.from_id
            and codes.to_id = names.to_id
            and codes.is_transit = names.is_transit
            and codes.declared_by <> names.declared_by
    where not codes.is_answered and not names.is_answered
),

nearest as (
    select
        pairs.*,
        row_number() over (
            partition by pairs.name_measurement_id
            order by pairs.sd_apart nulls last, pairs.waste_resource_id
        ) as place_of_code,
        row_number() over (
            partition by pairs.code_measurement_id
            order by pairs.sd_apart nulls last, pairs.resource_id
        ) as place_of_name
    from pairs
)

select
    nearest.code_measurement_id,
    nearest.waste_resource_id,
    nearest.name_measurement_id,
    nearest.resource_id,
    nearest.year,
    nearest.code_declared_by,
    nearest.name_declared_by,
    nearest.sd_apart,
    coalesce(nearest.sd_apart <= 3, nearest.code_value = nearest.name_value) as is_paired
from nearest
where nearest.place_of_code = 1 and nearest.place_of_name = 1
