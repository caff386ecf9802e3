-- Which flow, or which sum of flows, each measurement measures. Both ends of a flow measure it. Across the two ends a
-- waste code and its ancestor match: the finest code is kept, the ancestor equals the sum of the partner's descendants.
-- A name that is equivalent to the partner's waste code stands under the code. What an establishment declares without a
-- partner beside two or more children is their sum, and makes no flow of its own.
with recursive all_measurements as (
    select * from {{ ref('int_measurements') }}
),

equivalents as (
    select * from {{ ref('int_equivalent_names') }}
),

children as (
    select *
    from {{ ref('int_parent_rows') }}
    where n_children >= 2
),

measurements as (
    select
        all_measurements.measurement_id,
        all_measurements.year,
        all_measurements.from_kind,
        all_measurements.from_id,
        all_measurements.to_kind,
        all_measurements.to_id,
        all_measurements.resource_id as declared_resource_id,
        coalesce(equivalents.waste_resource_id, all_measurements.resource_id) as resource_id,
        case when equivalents.waste_resource_id is null then all_measurements.family else 'waste' end as family,
        all_measurements.unit,
        all_measurements.is_transit,
        all_measurements.declared_by,
        all_measurements.direction
    from all_measurements
    left join equivalents
        on
            all_measurements.measurement_id = equivalents.name_measurement_id
            and equivalents.is_paired
    where not all_measurements.is_parent
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
),

measured_flows as (
    select
        measured.*,
        {{ id_of('flow', ['measured.year', 'measured.from_kind', 'measured.from_id', 'measured.to_kind',
           'measured.to_id', 'measured.flow_resource_id', 'measured.is_transit']) }} as flow_id
    from measured
),

resources_below as (
    -- A child that is itself a parent is the sum of its own children, beside what it declares with partners.
    select
        children.establishment_id,
        children.year,
        children.direction,
        children.parent_resource_id,
        children.child_resource_id
    from children
    union
    select
        resources_below.establishment_id,
        resources_below.year,
        resources_below.direction,
        resources_below.parent_resource_id,
        children.child_resource_id
    from resources_below
    inner join children
        on
            resources_below.establishment_id = children.establishment_id
            and resources_below.year = children.year
            and resources_below.direction = children.direction
            and resources_below.child_resource_id = children.parent_resource_id
),

parents as (
    select distinct
        all_measurements.measurement_id,
        all_measurements.declared_by as parent_declared_by,
        measured_flows.flow_id,
        measured_flows.year,
        measured_flows.from_kind,
        measured_flows.from_id,
        measured_flows.to_kind,
        measured_flows.to_id,
        measured_flows.flow_resource_id,
        measured_flows.family,
        measured_flows.unit,
        measured_flows.is_transit
    from all_measurements
    inner join resources_below
        on
            all_measurements.declared_by = resources_below.establishment_id
            and all_measurements.year = resources_below.year
            and all_measurements.direction = resources_below.direction
            and all_measurements.resource_id = resources_below.parent_resource_id
    inner join measured_flows
        on
            resources_below.establishment_id = measured_flows.declared_by
            and resources_below.year = measured_flows.year
            and resources_below.direction = measured_flows.direction
            and resources_below.child_resource_id = measured_flows.declared_resource_id
    where all_measurements.is_parent and not measured_flows.is_transit
)

select
    measured_flows.measurement_id,
    measured_flows.flow_id,
    measured_flows.year,
    measured_flows.from_kind,
    measured_flows.from_id,
    measured_flows.to_kind,
    measured_flows.to_id,
    measured_flows.flow_resource_id as resource_id,
    measured_flows.family,
    measured_flows.unit,
    measured_flows.is_transit,
    measured_flows.declared_by,
    measured_flows.is_sum,
    false as is_parent
from measured_flows
union all
select
    parents.measurement_id,
    parents.flow_id,
    parents.year,
    parents.from_kind,
    parents.from_id,
    parents.to_kind,
    parents.to_id,
    parents.flow_resource_id as resource_id,
    parents.family,
    parents.unit,
    parents.is_transit,
    parents.parent_declared_by as declared_by,
    true as is_sum,
    true as is_parent
from parents
