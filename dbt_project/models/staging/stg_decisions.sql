with source as (
    select * from {{ source('landed', 'decisions') }}
)

select
    source.subject_id,
    source.decision,
    source.value,
    source.barrier,
    source.reason,
    source.who,
    source.date as decided_on,
    source.next_step,
    source.due
from source
