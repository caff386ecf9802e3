-- The rows of the files that each flow rests on. A row's weight is that of the measurement which it is part of.
with declarations as (
    select * from {{ ref('int_declarations') }}
),

parts as (
    select * from {{ ref('int_measurement_flows') }}
),

weights as (
    select * from {{ source('analysed', 'source_weights') }}
)

select
    parts.flow_id,
    declarations.source_file,
    declarations.source_sha256,
    declarations.source_sheet,
    declarations.source_row,
    declarations.entry as source_entry,
    declarations.declared_quantity,
    declarations.declared_unit,
    declarations.value,
    declarations.sd,
    declarations.unit,
    declarations.flag is not null as excluded,
    declarations.flagged_as as reason,
    case when declarations.flag is null then coalesce(weights.weight, 0.0) else 0.0 end as weight,
    declarations.establishment_id as declared_by,
    declarations.decision,
    declarations.decided_quantity
from declarations
inner join parts on declarations.measurement_id = parts.measurement_id
left join weights
    on
        parts.measurement_id = weights.measurement_id
        and parts.flow_id = weights.flow_id
