with source as (
    select * from {{ source('landed', 'services') }}
)

select
    source.source_file,
    source.source_row,
    source.year,
    source.answer_id,
    source.accepted,
    source.establishment_id,
    source.service as service_text,
    source.service_id,
    source.provider,
    source.visits_per_year,
    source.cost_eur_per_year,
    source.contract_end,
    source.open_to_pooling
from source
