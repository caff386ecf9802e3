-- Rows that wait for a decision and unbalance their family until then: what was quarantined, and an undecided sign. A
-- quarantined row of unknown resource unbalances every family.
with flow_rows as (
    select * from {{ ref('int_flow_rows') }}
),

stocks as (
    select * from {{ ref('int_stocks') }}
)

select distinct
    flow_rows.establishment_id,
    flow_rows.year,
    flow_rows.family,
    flow_rows.resource_id
from flow_rows
where not flow_rows.accepted or coalesce(flow_rows.flag, '') = 'sign'
union
select distinct
    stocks.establishment_id,
    stocks.year,
    stocks.family,
    stocks.resource_id
from stocks
where not stocks.accepted
