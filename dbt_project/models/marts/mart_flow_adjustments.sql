with adjustments as (
    select * from {{ source('analysed', 'flow_adjustments') }}
)

select
    adjustments.flow_id,
    adjustments.constraint_id,
    adjustments.kind,
    adjustments.establishment_id,
    adjustments.value,
    adjustments.unit
from adjustments
