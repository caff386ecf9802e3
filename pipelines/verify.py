"""`circulez verify`: does what is published still hold, and does it still rest on what was received."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from assets.release import SNAPSHOT, current
from metabolism.errors import WrongCall
from metabolism.layout import DataFolder
from metabolism.surveys import received, withdrawals
from metabolism.surveys.received import sha256_of

_TOLERANCE = 1e-9
_IDENTITIES = {
    "in and out are the sums of their sides": """
        with sides as (
            select *, case when side in ('import', 'undetermined_in', 'from_nature') then 'in' else 'out' end as total
            from marts.mart_metabolism where side not in ('in', 'out', 'internal')
            union all
            select *, unnest(['in', 'out']) from marts.mart_metabolism where side = 'internal'
        ), sums as (
            select territory_id, year, resource_id, total as side, fsum(value) as value from sides group by all
        )
        select count(*) from sums join marts.mart_metabolism as m using (territory_id, year, resource_id, side)
        where abs(sums.value - m.value) > $tolerance * abs(m.value)""",
    "each flow is the sum of its weighted sources and adjustments": """
        with parts as (
            select flow_id, weight * value as part from marts.mart_flow_sources
            union all select flow_id, value from marts.mart_flow_adjustments
        ), sums as (select flow_id, fsum(part) as value, fsum(abs(part)) as size from parts group by flow_id)
        select count(*) from marts.mart_flows as f left join sums using (flow_id)
        where f.value is not null and not coalesce(abs(sums.value - f.value) <= 10 * $tolerance * sums.size, false)""",
    "rows received = accepted + quarantined + out of scope": """
        select count(*) from marts.mart_files
        where rows_received <> rows_accepted + rows_quarantined + rows_out_of_scope and $tolerance > 0""",
    "0 <= low <= value <= high": """
        select count(*) from marts.mart_metabolism
        where $tolerance > 0 and not (0 <= low and low <= value and coalesce(value <= high, true))""",
}


@dataclass
class Report:
    """What was looked at: `wrong` makes `verify` fail, `noted` does not."""

    release_id: str
    good: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.wrong

    def text(self) -> str:
        lines = [f"Release {self.release_id}"]
        lines += [f"  holds  {line}" for line in self.good]
        lines += [f"  note   {line}" for line in self.noted]
        lines += [f"  WRONG  {line}" for line in self.wrong]
        if self.wrong:
            lines.append(
                "Put raw files back as they were delivered; for anything else make a new release: circulez run"
            )
        return "\n".join(lines)


def verify_release(data: DataFolder) -> Report:
    """Looks at raw files, published files and identities. Raises `WrongCall` where nothing is published."""
    release = current(data)
    if release is None:
        raise WrongCall(f"Nothing is published in {data.marts} yet.", "Run first: circulez run")
    package = json.loads((release / "datapackage.json").read_text())
    report = Report(package["id"])
    _verify_raw(data, package["circulez:raw"], report)
    if _verify_files(release, package["resources"], report):
        _verify_identities(release, report)
    return report


def _verify_raw(data: DataFolder, rested_on: list[dict[str, str]], report: Report) -> None:
    found = received.inventory(data)
    now = dict(zip(found["source_file"], found["source_sha256"], strict=True))
    kinds = dict(zip(found["source_file"], found["kind"], strict=True))
    then = {row["source_file"]: row for row in rested_on}
    receipts = received.read_receipts(data)
    covered = withdrawals.covered(receipts, data.raw / withdrawals.FILE)
    for path, row in then.items():
        if now.get(path) == row["source_sha256"]:
            continue
        what = "was changed" if path in now else "is gone"
        immutable = row["kind"] in ("survey", "open") and row["source_sha256"] not in covered
        (report.wrong if immutable else report.noted).append(f"raw/{path} {what} since the release")
    for path in sorted(now.keys() - then.keys()):
        report.noted.append(f"raw/{path} is new ({kinds[path]}): the next run reads it")
    lost = received.gone(receipts, found, covered)
    report.wrong += [f"raw/{path} was delivered and is gone" for path in lost if path not in then]
    if not any(line.startswith("raw/") for line in report.wrong):
        report.good.append("every delivered file stands as it was received")


def _verify_files(release: Path, resources: list[dict[str, str]], report: Report) -> bool:
    before = len(report.wrong)
    for resource in resources:
        path = release / resource["path"]
        if not path.exists():
            report.wrong.append(f"marts/{resource['path']} is gone")
        elif f"sha256:{sha256_of(path)}" != resource["hash"]:
            report.wrong.append(f"marts/{resource['path']} is not what datapackage.json says")
    whole = len(report.wrong) == before
    if whole:
        report.good.append(f"{len(resources)} published files are as datapackage.json says")
    return whole


def _verify_identities(release: Path, report: Report) -> None:
    with duckdb.connect(str(release / SNAPSHOT), read_only=True) as connection:
        for name, query in _IDENTITIES.items():
            row = connection.execute(query, {"tolerance": _TOLERANCE}).fetchone()
            broken = row[0] if row else 0
            if broken:
                report.wrong.append(f"{name}: not in {broken} rows")
            else:
                report.good.append(name)
