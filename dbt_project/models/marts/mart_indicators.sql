with indicators as (
    select * from {{ source('analysed', 'indicators') }}
)

select
    indicators.territory_id,
    cast(indicators.year as integer) as year,
    indicators.indicator_id,
    indicators.theme,
    indicators.value,
    indicators.sd,
    indicators.low,
    indicators.high,
    indicators.unit,
    cast(indicators.n_establishments as integer) as n_establishments,
    indicators.direction,
    indicators.reference_value,
    indicators.reference_territory_id,
    cast(indicators.reference_year as integer) as reference_year,
    indicators.reference_source,
    indicators.reference_source_fr,
    indicators.reference_source_de,
    indicators.previous_value,
    indicators.change,
    indicators.change_sd,
    indicators.label_en,
    indicators.label_fr,
    indicators.label_de,
    indicators.formula_en,
    indicators.formula_fr,
    indicators.formula_de,
    indicators.reason_en,
    indicators.reason_fr,
    indicators.reason_de
from indicators
