"""One builder of all definitions; tests override what they need."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets import analyse, campaigns, dbt, land, lineage, open_data, publish, receive, synergies
from assets.folder import Folder
from assets.project import PROJECT
from pipelines import automation
from pipelines.console import console_logger

JOB = automation.JOB


def build(overrides: Mapping[str, Any] | None = None, *, without: frozenset[str] = frozenset()) -> dg.Definitions:
    """All assets, checks, resources and the job `refresh`.

    `overrides`: resources by name, in the place of the usual ones. `without`: names of checks to leave out (tests show
    that each guard is needed).
    """
    resources: dict[str, Any] = {
        "folder": Folder(root=default_folder()),
        "dbt": dbt.resource(),
        **(overrides or {}),
    }
    checks = [receive.delivered_files_stand, receive.withdrawals_are_read, publish.both_sides_agree]
    assets = [
        receive.received_files,
        open_data.received_open_data,
        campaigns.landed_campaigns,
        land.landed_tables,
        open_data.landed_open_data,
        dbt.dbt_pass("prepare"),
        analyse.reconciled_flows,
        analyse.worded_findings,
        synergies.synergies,
        dbt.dbt_pass("publish"),
        publish.reports,
        publish.release,
    ]
    return dg.Definitions(
        assets=automation.with_freshness(lineage.with_columns(assets)),
        asset_checks=[check for check in checks if not without & {spec.name for spec in check.check_specs}],
        jobs=[
            dg.define_asset_job(
                JOB,
                # Campaigns are partitions, and a job of partitions asks a person which: `landed` reads those that need it
                selection=dg.AssetSelection.all() - dg.AssetSelection.assets(campaigns.KEY),
                description="From what was received to a release.",
                executor_def=dg.in_process_executor,
            )
        ],
        schedules=[automation.weekly],
        sensors=[automation.new_deliveries, automation.mail_on_failure],
        resources=resources,
        loggers={"console": console_logger},
        executor=dg.in_process_executor,
    )


def default_folder() -> str:
    return os.environ.get("CIRCULEZ_DATA") or str(PROJECT / "data")


@dg.definitions
def definitions() -> dg.Definitions:
    return build()
