-- The flows that each control total adds up: of establishments of the territory's frame. `in` and `out` are those that
-- end, or start, at one of them; a side is that of the territory.
with controls as (
    select * from {{ ref('int_controls') }}
),

frame as (
    select distinct
        frame.frame_territory_id as territory_id,
        frame.establishment_id
    from {{ ref('stg_frame') }} as frame
),

flows as (
    select * from {{ ref('int_flows') }}
),

sides as (
    select * from {{ ref('int_flow_sides') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
),

considered as (
    select
        controls.control_id,
        controls.territory_id,
        controls.side,
        flows.flow_id,
        receivers.establishment_id is not null as ends_in_frame,
        senders.establishment_id is not null as starts_in_frame
    from controls
    inner join ancestors on controls.resource_id = ancestors.ancestor_id
    inner join flows
        on
            ancestors.resource_id = flows.resource_id
            and controls.year = flows.year
    left join frame as receivers
        on
            flows.to_kind = 'establishment'
            and flows.to_id = receivers.establishment_id
            and controls.territory_id = receivers.territory_id
    left join frame as senders
        on
            flows.from_kind = 'establishment'
            and flows.from_id = senders.establishment_id
            and controls.territory_id = senders.territory_id
    where controls.state = 'used' and not flows.is_transit
)

select
    considered.control_id,
    considered.flow_id
from considered
left join sides
    on
        considered.flow_id = sides.flow_id
        and considered.territory_id = sides.territory_id
        and considered.side = sides.side
where
    case
        when considered.side = 'in' then considered.ends_in_frame
        when considered.side = 'out' then considered.starts_in_frame
        else sides.side is not null and (considered.ends_in_frame or considered.starts_in_frame)
    end
