{# C of sums by territory, resource and side: which flows each one adds up, of those of which `condition` holds. #}
{% macro flows_by_side(condition) %}
with flows as (
    select * from {{ ref('int_flows') }}
),

sides as (
    select * from {{ ref('int_flow_sides') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
)

select
    sides.territory_id,
    flows.year,
    ancestors.ancestor_id as resource_id,
    sides.side,
    flows.flow_id
from flows
inner join sides on flows.flow_id = sides.flow_id
inner join ancestors on flows.resource_id = ancestors.resource_id
where {{ condition }}
{% endmacro %}
