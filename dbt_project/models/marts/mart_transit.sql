-- What only passes through: no other mart's figures hold it.
{{ figures_by_side('int_transit_flows', 'transit_intervals') }}
