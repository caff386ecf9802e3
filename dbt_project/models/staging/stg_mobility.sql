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
    coalesce(source.days_per_week, 5.0) as days_per_week,  -- what an empty cell means (contract, 2.4)
    source.distance_km,
    source.shift_start,
    source.shift_end
from source
