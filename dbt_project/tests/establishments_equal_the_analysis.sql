{{ config(meta={'dagster': {'ref': {'name': 'mart_establishments'}}}) }}
-- The balance of each establishment that SQL adds equals C x of the analysis, which made the sd.
{{ unlike_the_analysis(
    'mart_establishments', 'establishment_intervals', ['establishment_id', 'year', 'resource_id', 'direction']
) }}
