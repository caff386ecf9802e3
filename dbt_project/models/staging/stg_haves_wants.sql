with source as (
    select * from {{ source('landed', 'haves_wants') }}
)

select
    source.source_file,
    source.source_row,
    source.year,
    source.answer_id,
    source.accepted,
    source.establishment_id,
    source.kind,
    source.what,
    source.resource_id,
    source.service_id,
    source.fact_id,
    source.quantity,
    source.unit,
    source.canonical_unit,
    source.value,
    source."from" as valid_from,
    source.until as valid_until,
    source.condition
from source
