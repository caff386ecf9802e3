with source as (
    select * from {{ source('landed', 'postcodes') }}
)

select
    upper(trim(source.country)) as country,
    {{ bare_postcode('source.postcode') }} as postcode,
    source.territory_id
from source
