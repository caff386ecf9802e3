with territories as (
    select * from {{ ref('stg_territories') }}
)

select
    territories.territory_id,
    territories.name,
    territories.kind,
    coalesce(territories.synthetic, 'no') = 'yes' as synthetic
from territories
