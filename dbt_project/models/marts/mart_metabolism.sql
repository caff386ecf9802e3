-- Values are added from the reconciled flows; sd and interval come from the analysis, where the covariance is.
{{ figures_by_side('int_aggregate_flows', 'aggregate_intervals') }}
