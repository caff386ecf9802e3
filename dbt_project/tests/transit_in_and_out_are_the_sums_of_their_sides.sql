{{ config(meta={'dagster': {'ref': {'name': 'mart_transit'}}}) }}
-- Of transit: in = import + internal + undetermined_in + from_nature, and out likewise, at every scale and level.
{{ not_the_sums_of_their_sides('mart_transit') }}
