-- Control totals and whether they are used: they are for all establishments of the territory's frame, so every one of
-- them must have answered.
with controls as (
    select * from {{ ref('stg_controls') }}
),

frame as (
    select distinct
        frame.frame_territory_id as territory_id,
        frame.establishment_id
    from {{ ref('stg_frame') }} as frame
),

establishments as (
    select * from {{ ref('int_establishments') }}
),

territories as (
    select * from {{ ref('stg_territories') }}
),

framed as (
    select distinct frame.territory_id
    from frame
),

answered as (
    select
        frame.territory_id,
        establishments.year,
        count(*) as n_in_frame,
        count(*) filter (where establishments.has_answered) as n_answered
    from frame
    inner join establishments on frame.establishment_id = establishments.establishment_id
    group by frame.territory_id, establishments.year
)

select
    {{ id_of('control', ['controls.source_row']) }} as control_id,
    controls.source_row,
    controls.territory_id,
    cast(controls.year as integer) as year,
    controls.resource_id,
    controls.side,
    controls.value,
    controls.sd,
    controls.unit,
    controls.source,
    case
        when territories.territory_id is null then 'control_unknown_territory'
        when framed.territory_id is null then 'control_without_frame'
        when answered.territory_id is null or answered.n_answered < answered.n_in_frame then 'control_not_all_answered'
        else 'used'
    end as state
from controls
left join territories on controls.territory_id = territories.territory_id
left join framed on controls.territory_id = framed.territory_id
left join answered
    on
        controls.territory_id = answered.territory_id
        and controls.year = answered.year
