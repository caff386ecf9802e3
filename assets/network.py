"""The system to reconcile, from the prepared tables; and its result, for every flow."""

from __future__ import annotations

import pandas as pd

from assets.prepared import prepared
from metabolism.layout import DataFolder
from metabolism.reconciliation import aggregates
from metabolism.reconciliation.least_squares import BOUND
from metabolism.reconciliation.network import Network, Reconciled


def ways_back(flows: pd.DataFrame) -> pd.Series:
    """By flow_id of a flow that is the same quantity as another (the way home of commuters): that other's flow_id."""
    known = flows[flows["same_as_flow_id"].notna()]
    return known.set_index("flow_id")["same_as_flow_id"]


def of_variables(table: pd.DataFrame, same: pd.Series) -> pd.DataFrame:
    """A table about flows, with the flow that is reconciled in place of one that is the same quantity."""
    return table.assign(flow_id=table["flow_id"].map(same).fillna(table["flow_id"])) if len(same) else table


def network_of(data: DataFolder, flows: pd.DataFrame) -> Network:
    """A measurement with nothing left in it measures nothing; a control total is a measurement of what it adds up."""
    same = ways_back(flows)
    measurements = prepared(data, "int_measurements")
    measurements = measurements[measurements["n_included"] > 0]
    measured = prepared(data, "int_measurement_flows")
    # The way home was not measured by itself.
    measured = measured[measured["is_parent"] | ~measured["flow_id"].isin(same.index)]
    controls = prepared(data, "int_controls").rename(columns={"control_id": "measurement_id"})
    controlled = prepared(data, "int_control_flows").rename(columns={"control_id": "measurement_id"})
    columns = ["measurement_id", "value", "sd"]
    values = pd.concat([measurements[columns], controls[columns].astype({"value": float, "sd": float})])
    parts = of_variables(pd.concat([measured, controlled])[["measurement_id", "flow_id"]], same)
    parts = parts[parts["measurement_id"].isin(values["measurement_id"])]
    values = values[values["measurement_id"].isin(parts["measurement_id"])]
    common = measurements[
        (measurements["conversion_sd"] > 0) & measurements["measurement_id"].isin(parts["measurement_id"])
    ]
    known = flows[~flows["has_excluded"]].set_index("flow_id")["declared_value"]
    return Network(
        flow_ids=pd.Index(flows.loc[~flows["flow_id"].isin(same.index), "flow_id"].sort_values()),
        measurements=values.sort_values("measurement_id", ignore_index=True),
        measured=parts,
        constraints=of_variables(prepared(data, "int_constraint_flows"), same),
        common=pd.DataFrame(
            {
                "measurement_id": common["measurement_id"],
                "common_id": common["conversion_line"],
                "sd": common["conversion_sd"],
            }
        ),
        declared=known,
    )


def estimates(flow_ids: pd.Index, solved: Reconciled, same: pd.Series) -> pd.DataFrame:
    """`flow_estimates`: every flow, those that are the same quantity as another with its figures."""
    return _with_ways_back(aggregates.flow_table(flow_ids, solved), same)


def weights(data: DataFolder, solved: Reconciled, same: pd.Series) -> pd.DataFrame:
    """`source_weights`: the measurements of a way home weigh what those of the way out do, each in its turn. A control
    total is no source: what it weighs in a flow that is all of it is an adjustment."""
    declared = solved.weights[~solved.weights["measurement_id"].isin(prepared(data, "int_controls")["control_id"])]
    if same.empty:
        return declared
    parts = prepared(data, "int_measurement_flows")
    parts = parts[~parts["is_parent"]].sort_values("measurement_id")
    turn = parts.assign(turn=parts.groupby("flow_id").cumcount())[["measurement_id", "flow_id", "turn"]]
    back = turn[turn["flow_id"].isin(same.index)].assign(same=lambda t: t["flow_id"].map(same))
    known = turn.merge(declared, on=["measurement_id", "flow_id"])[["flow_id", "turn", "weight"]]
    found = back.merge(known.rename(columns={"flow_id": "same"}), on=["same", "turn"])
    return pd.concat([declared, found[["measurement_id", "flow_id", "weight"]]], ignore_index=True)


def adjustments(data: DataFolder, solved: Reconciled, flows: pd.DataFrame, same: pd.Series) -> pd.DataFrame:
    """`flow_adjustments`: what each constraint adds to a flow, with its kind and whose it is."""
    controls = prepared(data, "int_controls").set_index("control_id")["value"].astype(float)
    whole = solved.weights[solved.weights["measurement_id"].isin(controls.index)]
    value = whole["weight"] * controls.reindex(whole["measurement_id"]).to_numpy()
    of_controls = whole.assign(value=value).rename(columns={"measurement_id": "constraint_id"}).drop(columns="weight")
    table = _with_ways_back(pd.concat([solved.adjustments, of_controls], ignore_index=True), same)
    constraints = prepared(data, "int_constraint_flows").drop_duplicates("constraint_id").set_index("constraint_id")
    measured = prepared(data, "int_measurements").set_index("measurement_id")
    sums = prepared(data, "int_measurement_flows").drop_duplicates("measurement_id").set_index("measurement_id")
    kind = pd.Series("sum_of_finer_codes", index=sums.index).mask(sums["is_parent"], "sum_of_its_parts")
    kind = kind.mask(~sums["is_sum"], "common_conversion")
    kinds = pd.concat([kind, constraints["kind"], pd.Series("control_total", index=controls.index)]).to_dict()
    owners = pd.concat([measured["declared_by"], constraints["establishment_id"]]).to_dict()
    return table.assign(
        kind=table["constraint_id"].map({**kinds, BOUND: BOUND}),
        establishment_id=table["constraint_id"].map(owners),
        unit=table["flow_id"].map(flows.set_index("flow_id")["unit"]),
    )


def _with_ways_back(table: pd.DataFrame, same: pd.Series) -> pd.DataFrame:
    """Rows by flow_id, and once more for each flow that is the same quantity."""
    again = same.rename("same").rename_axis("back").reset_index().merge(table, left_on="same", right_on="flow_id")
    more = again.assign(flow_id=again["back"])[list(table.columns)]
    return pd.concat([table, more], ignore_index=True) if len(more) else table
