with sides as (
    select * from {{ ref('int_flow_sides') }}
)

select
    sides.flow_id,
    sides.territory_id,
    sides.side
from sides
