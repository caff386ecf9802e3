-- Every place that an establishment is given: its commune (an unknown one falls back to the country), the folders in
-- which it answered that year (else in any year), and the frames that list it.
with establishments as (
    select * from {{ ref('int_establishments') }}
),

answers as (
    select * from {{ ref('int_current_answers') }}
),

frame as (
    select * from {{ ref('stg_frame') }}
),

territories as (
    select * from {{ ref('stg_territories') }}
),

of_commune as (
    select
        establishments.establishment_id,
        establishments.year,
        coalesce(communes.territory_id, countries.territory_id) as place_id,
        'commune' as given_by
    from establishments
    left join territories as communes on establishments.commune = communes.territory_id
    left join territories as countries on lower(establishments.country) = countries.territory_id
    where establishments.commune is not null
),

folders as (
    select distinct
        answers.establishment_id,
        answers.year,
        answers.folder_territory_id
    from answers
),

of_folder as (
    select
        establishments.establishment_id,
        establishments.year,
        folders.folder_territory_id as place_id,
        'folder' as given_by
    from establishments
    inner join folders on establishments.establishment_id = folders.establishment_id
    qualify
        folders.year = establishments.year
        or not bool_or(folders.year = establishments.year) over (
            partition by establishments.establishment_id, establishments.year
        )
),

of_frame as (
    select
        establishments.establishment_id,
        establishments.year,
        frame.frame_territory_id as place_id,
        'frame' as given_by
    from establishments
    inner join frame on establishments.establishment_id = frame.establishment_id
),

given as (
    select * from of_commune
    union
    select * from of_folder
    union
    select * from of_frame
)

select
    given.establishment_id,
    given.year,
    given.place_id,
    given.given_by
from given
where given.place_id is not null
