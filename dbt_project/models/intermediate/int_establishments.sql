-- One row an establishment and surveyed year. A year's own sheet describes it, else that of the nearest year, an
-- earlier one first; the frame fills what the sheet leaves empty.
with answers as (
    select * from {{ ref('int_current_answers') }}
),

sheets as (
    select * from {{ ref('stg_establishments') }}
),

frame as (
    select * from {{ ref('stg_frame') }}
),

flows as (
    select * from {{ ref('stg_flows') }}
),

surveyed_years as (
    select distinct answers.year
    from answers
),

known as (
    select answers.establishment_id
    from answers
    where answers.establishment_id is not null
    union
    select frame.establishment_id
    from frame
),

current_sheets as (
    select sheets.*
    from sheets
    inner join answers
        on
            answers.sheet = 'establishment'
            and sheets.answer_id = answers.answer_id
            and sheets.source_file = answers.source_file
            and sheets.year = answers.year
            and sheets.establishment_id = answers.establishment_id
    where answers.is_current and sheets.accepted
),

described as (
    select
        known.establishment_id,
        surveyed_years.year,
        current_sheets.name,
        current_sheets.nace,
        current_sheets.employees,
        current_sheets.organisation,
        current_sheets.floor_area,
        current_sheets.latitude,
        current_sheets.longitude,
        current_sheets.commune,
        current_sheets.country,
        current_sheets.share_level,
        current_sheets.open_figures,
        case when current_sheets.year = surveyed_years.year then current_sheets.complete_for end as complete_for,
        case when current_sheets.year = surveyed_years.year then current_sheets.none_for end as none_for,
        current_sheets.establishment_id is not null as has_sheet,
        current_sheets.source_file
    from known
    cross join surveyed_years
    left join current_sheets on known.establishment_id = current_sheets.establishment_id
    qualify row_number() over (
        partition by known.establishment_id, surveyed_years.year
        order by
            case when current_sheets.year <= surveyed_years.year then 0 else 1 end,
            abs(surveyed_years.year - current_sheets.year) nulls last,
            current_sheets.source_file desc,
            current_sheets.source_row desc
    ) = 1
),

in_frame as (
    select frame.*
    from frame
    qualify row_number() over (
        partition by frame.establishment_id order by frame.source_file, frame.frame_territory_id
    ) = 1
),

flow_answers as (
    select distinct
        flows.establishment_id,
        flows.year
    from flows
    where flows.accepted and flows.establishment_id is not null
)

select
    described.establishment_id,
    described.year,
    coalesce(described.name, in_frame.name, described.establishment_id) as name,
    coalesce(described.nace, in_frame.nace) as nace,
    coalesce(described.employees, in_frame.employees) as employees,
    in_frame.employees as frame_employees,
    coalesce(described.organisation, in_frame.organisation) as organisation,
    coalesce(described.floor_area, in_frame.floor_area) as floor_area,
    case when described.longitude is null then in_frame.latitude else described.latitude end as latitude,
    case when described.latitude is null then in_frame.longitude else described.longitude end as longitude,
    coalesce(described.commune, in_frame.commune) as commune,
    coalesce(described.country, in_frame.country, 'LU') as country,
    coalesce(described.share_level, 'aggregate') as share_level,
    coalesce(described.open_figures, 'no') as open_figures,
    described.complete_for,
    described.none_for,
    described.has_sheet,
    in_frame.establishment_id is not null as is_in_frame,
    flow_answers.establishment_id is not null as has_answered
from described
left join in_frame on described.establishment_id = in_frame.establishment_id
left join flow_answers
    on
        described.establishment_id = flow_answers.establishment_id
        and described.year = flow_answers.year
