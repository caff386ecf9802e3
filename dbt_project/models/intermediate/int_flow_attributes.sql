-- What was said of a flow beside its quantity; by whom. A row that is flagged still tells its price or its treatment.
with declarations as (
    select * from {{ ref('int_declarations') }}
),

measured as (
    select * from {{ ref('int_measurement_flows') }}
)

select
    measured.flow_id,
    measured.year,
    declarations.establishment_id,
    declarations.direction,
    declarations.value,
    declarations.flag,
    declarations.treatment,
    declarations.price_per_unit as price,
    declarations.temperature,
    declarations.available,
    declarations.quality,
    declarations.status,
    declarations.rhythm,
    declarations.season,
    declarations.contract_end,
    declarations.is_confidential as confidential,
    declarations.criticality,
    declarations.days_of_stock,
    declarations.substitutable,
    declarations.origin_country,
    declarations.partner_name,
    declarations.source_file,
    declarations.source_row
from measured
inner join declarations on measured.measurement_id = declarations.measurement_id
where not measured.is_transit
