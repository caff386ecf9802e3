-- C of transit: which flows each sum of what only passes through adds up.
{{ flows_by_side('flows.is_transit') }}
