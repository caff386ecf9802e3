-- Which flow, or which sum of flows, each measurement measures. Both ends of a flow measure it. Across the two ends a
-- waste code and its ancestor match: the finest code is kept, the ancestor equals the sum of the partner's descendants.
with measurements as (
    select * from {{ ref('int_measurements') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
),

unanswered as (
    -- What only one of the two ends declared under this very name.
    select measurements.*
    from measurements
    left join measurements as others
        on
            measurements.year = others.year
            and measurements.from_id = others.from_id
            and measurements.to_id = others.to_id
            and measurements.resource_id = others.resource_id
            and measurements.is_transit = others.is_transit
            and measurements.declared_by <> others.declared_by
            and others.from_kind = 'establishment'
            and others.to_kind = 'establishment'
    where
        others.measurement_id is null
        and measurements.family = 'waste'
        and measurements.from_kind = 'establishment'
        and measurements.to_kind = 'establishment'
),

descendants as (
    select
        coarse.measurement_id,
        fine.measurement_id as fine_measurement_id,
        fine.resource_id as fine_resource_id
    from unanswered as coarse
    inner join unanswered as fine
        on
            coarse.year = fine.year
            and coarse.from_id = fine.from_id
            and coarse.to_id = fine.to_id
            and coarse.is_transit = fine.is_transit
            and coarse.declared_by <> fine.declared_by
    inner join ancestors
        on
            fine.resource_id = ancestors.resource_id
            and coarse.resource_id = ancestors.ancestor_id
            and ancestors.steps > 0
),

covering as (
    -- A measurement that is itself the sum of finer ones is nobody's descendant; the partner may have measured one
    -- resource several times.
    select distinct
        descendants.measurement_id,
        descendants.fine_resource_id
    from descendants
    left join descendants as deeper on descendants.fine_measurement_id = deeper.measurement_id
    where deeper.measurement_id is null
),

measured as (
    select
        measurements.*,
        coalesce(covering.fine_resource_id, measurements.resource_id) as flow_resource_id,
        covering.measurement_id is not null as is_sum
    from measurements
    left join covering on measurements.measurement_id = covering.measurement_id
)

select
    measured.measurement_id,
    {{ id_of('flow', ['measured.year', 'measured.from_kind', 'measured.from_id', 'measured.to_kind', 'measured.to_id',
       'measured.flow_resource_id', 'measured.is_transit']) }} as flow_id,
    measured.year,
    measured.from_kind,
    measured.from_id,
    measured.to_kind,
    measured.to_id,
    measured.flow_resource_id as resource_id,
    measured.family,
    measured.unit,
    measured.is_transit,
    measured.declared_by,
    measured.is_sum
from measured
