-- Mobility as two flows of trips, in and out: commuters × days a week / 5 × 220 each. Who works at home makes none.
-- Rows of a sample stand for all employees, with the sampling error (Cochran 1977, without replacement); others are
-- known to within 50 %. Where all who answered say the same, the sample shows no spread of its own: two more answers of
-- each kind are then put to it (Agresti and Coull 1998).
with mobility as (
    select * from {{ ref('int_mobility') }}
),

establishments as (
    select * from {{ ref('int_establishments') }}
),

numbered as (
    select
        mobility.*,
        row_number() over (
            partition by mobility.source_file, mobility.source_sheet, mobility.source_row
            order by mobility.mode, mobility.residence, mobility.residence_postcode, mobility.commuters
        ) - 1 as entry
    from mobility
),

persons as (
    select
        numbered.*,
        establishments.employees,
        coalesce(numbered.surveyed > 0 and establishments.employees > 0, false) as is_sample,
        case
            when numbered.surveyed > 0 and establishments.employees > 0
                then numbered.commuters * establishments.employees / numbered.surveyed
            else numbered.commuters
        end as n_persons,
        case
            when numbered.commuters < numbered.surveyed then numbered.commuters / numbered.surveyed
            else (numbered.surveyed + 2.0) / (numbered.surveyed + 4.0)
        end as share
    from numbered
    inner join establishments
        on
            numbered.establishment_id = establishments.establishment_id
            and numbered.year = establishments.year
    where numbered.mode <> 'remote'
),

trips as (
    select
        persons.*,
        persons.days_per_week / 5.0 * 220.0 as trips_per_person,
        case
            when persons.is_sample
                then
                    persons.employees * sqrt(
                        persons.share * (1.0 - persons.share) / persons.surveyed
                        * case
                            -- More answers than employees: one of the two figures is wrong, and nothing is known of all
                            when persons.surveyed > persons.employees then 1.0
                            else (persons.employees - persons.surveyed) / greatest(persons.employees - 1.0, 1.0)
                        end
                    )
            else persons.n_persons * 0.5 / 1.96
        end as sd_persons
    from persons
)

select
    trips.source_file,
    trips.source_sha256,
    trips.source_sheet,
    trips.source_row,
    trips.entry,
    trips.year,
    trips.establishment_id,
    directions.direction,
    trips.commuters as declared_quantity,
    trips.n_persons * trips.trips_per_person as value,
    trips.sd_persons * trips.trips_per_person as sd,
    100.0 * 1.96 * trips.sd_persons / nullif(trips.n_persons, 0.0) as uncertainty,
    lower(trim(trips.residence)) as residence,
    trips.residence_postcode,
    upper(trim(trips.residence_country)) as residence_country
from trips
cross join (values ('in'), ('out')) as directions (direction)
