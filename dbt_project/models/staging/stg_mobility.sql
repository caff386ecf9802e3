with source as (
    select * from {{ source('landed', 'mobility') }}
)

select
    source.source_file,
    source.source_sha256,
    source.source_sheet,
    source.source_row,
    source.year,
    source.answer_id,
    source.accepted,
    source.establishment_id,
    source.residence,
    source.residence_postcode,
    source.residence_country,
    source.mode,
    source.commuters,
    source.surveyed,
    source.days_per_week,
    source.distance_km,
    source.shift_start,
    source.shift_end
from source
