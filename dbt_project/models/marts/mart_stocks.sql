-- Stocks are exact; those of one establishment and resource add up.
with stocks as (
    select * from {{ ref('int_stocks') }}
),

establishment_territories as (
    select * from {{ ref('int_establishment_territories') }}
),

ancestors as (
    select * from {{ ref('int_resource_ancestors') }}
),

resources as (
    select * from {{ ref('int_resources') }}
),

sums as (
    select
        establishment_territories.territory_id,
        stocks.year,
        ancestors.ancestor_id as resource_id,
        {{ exact_sum('stocks.opening_value') }} as opening,
        {{ exact_sum('stocks.closing_value') }} as closing,
        count(distinct stocks.establishment_id) as n_establishments
    from stocks
    inner join establishment_territories
        on
            stocks.establishment_id = establishment_territories.establishment_id
            and stocks.year = establishment_territories.year
    inner join ancestors on stocks.resource_id = ancestors.resource_id
    where stocks.accepted
    group by establishment_territories.territory_id, stocks.year, ancestors.ancestor_id
)

select
    sums.territory_id,
    cast(sums.year as integer) as year,
    sums.resource_id,
    sums.opening,
    sums.closing,
    resources.unit,
    cast(sums.n_establishments as integer) as n_establishments
from sums
inner join resources on sums.resource_id = resources.resource_id
