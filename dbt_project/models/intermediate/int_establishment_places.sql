-- Every place that an establishment is given: the territories whose shape holds its coordinates; its commune (an
-- unknown one falls back to the country), unless coordinates say otherwise; the folders in which it answered that year
-- (else in any year); and the frames that list it.
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

points as (
    select * from {{ ref('stg_located_points') }}
),

relation as (
    select * from {{ ref('stg_territory_relation') }}
),

of_coordinates as (
    select
        establishments.establishment_id,
        establishments.year,
        points.territory_id as place_id,
        'coordinates' as given_by,
        points.size_rank
    from establishments
    inner join points
        on
            establishments.latitude = points.latitude
            and establishments.longitude = points.longitude
),

communes_told as (
    select
        establishments.establishment_id,
        establishments.year,
        coalesce(communes.territory_id, countries.territory_id) as place_id,
        coalesce(communes.has_geometry, countries.has_geometry, false) as has_geometry
    from establishments
    left join territories as communes on establishments.commune = communes.territory_id
    left join territories as countries on lower(establishments.country) = countries.territory_id
    where establishments.commune is not null
),

contradicted as (
    -- Coordinates speak for every place with a shape, and for others that share no part with where they lie.
    select distinct
        communes_told.establishment_id,
        communes_told.year
    from communes_told
    inner join of_coordinates
        on
            communes_told.establishment_id = of_coordinates.establishment_id
            and communes_told.year = of_coordinates.year
    left join relation
        on
            communes_told.place_id = relation.place_id
            and of_coordinates.place_id = relation.territory_id
    where communes_told.has_geometry or relation.relation is null
),

of_commune as (
    select
        communes_told.establishment_id,
        communes_told.year,
        communes_told.place_id,
        'commune' as given_by,
        cast(null as bigint) as size_rank
    from communes_told
    left join contradicted
        on
            communes_told.establishment_id = contradicted.establishment_id
            and communes_told.year = contradicted.year
    where contradicted.establishment_id is null
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
        'folder' as given_by,
        cast(null as bigint) as size_rank
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
        'frame' as given_by,
        cast(null as bigint) as size_rank
    from establishments
    inner join frame on establishments.establishment_id = frame.establishment_id
),

given as (
    select * from of_coordinates
    union
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
    given.given_by,
    given.size_rank
from given
where given.place_id is not null
