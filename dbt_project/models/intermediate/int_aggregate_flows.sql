-- C: which flows each published aggregate adds up. Transit stands apart.
{{ flows_by_side('not flows.is_transit') }}
