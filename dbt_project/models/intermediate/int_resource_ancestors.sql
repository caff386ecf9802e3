-- Each resource with itself and all that contain it.
with recursive resources as (
    select * from {{ ref('int_resources') }}
),

lines as (
    select
        resources.resource_id,
        resources.resource_id as ancestor_id,
        resources.parent_id,
        0 as steps
    from resources
    union all
    select
        lines.resource_id,
        parents.resource_id as ancestor_id,
        parents.parent_id,
        lines.steps + 1 as steps
    from lines
    inner join resources as parents on lines.parent_id = parents.resource_id
)

select
    lines.resource_id,
    lines.ancestor_id,
    lines.steps
from lines
