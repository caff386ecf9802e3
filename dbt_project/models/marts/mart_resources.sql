with resources as (
    select * from {{ ref('int_resources') }}
)

select
    resources.resource_id,
    resources.parent_id,
    resources.family,
    resources.unit,
    resources.by_network,
    resources.label_en,
    resources.label_fr,
    resources.label_de
from resources
