"""What stands in `raw/`: files, their sha256, and the territory and year that their folder gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from metabolism.errors import CirculezError
from metabolism.layout import DataFolder, is_territory_id

MAPPING = "mapping.yaml"
_YEAR = re.compile(r"(19|20)\d{2}")
_LOCK_PREFIXES = (".", "~$")
RECEIPT_COLUMNS = ["file", "sha256", "first_seen"]
WHOSE = "establishments"
"""A further column of the receipts: the establishments that the file has rows for, `;` between; see `withdrawals`."""
RECEIVED_COLUMNS = ["source_file", "source_sha256", "territory_id", "year", "kind"]


@dataclass(frozen=True)
class ReceivedFile:
    """One file below `raw/surveys`; `territory_id` and `year` are None where its folder does not give them."""

    source_file: str
    sha256: str
    territory_id: str | None
    year: int | None
    path: Path

    @property
    def folder(self) -> str:
        return self.source_file.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.source_file.rpartition("/")[2]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def survey_files(data: DataFolder) -> list[ReceivedFile]:
    """Every file below `raw/surveys`, in the order of its path; lock files of office programs, dot files
    and what stands in dot folders are not."""
    found = []
    for path in _files(data.surveys):
        parts = path.relative_to(data.surveys).parts
        territory, year = (parts[0], int(parts[1])) if _is_placed(parts) else (None, None)
        found.append(ReceivedFile(data.relative(path), sha256_of(path), territory, year, path))
    return found


def _is_placed(parts: Sequence[str]) -> bool:
    """Whether a path below `surveys` gives a territory and a year."""
    return len(parts) > 2 and is_territory_id(parts[0]) and _YEAR.fullmatch(parts[1]) is not None


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    paths = (p for p in folder.rglob("*") if p.is_file() and not _is_passed_over(p.relative_to(folder)))
    return sorted(paths, key=lambda path: path.as_posix())


def _is_passed_over(path: Path) -> bool:
    return any(part.startswith(_LOCK_PREFIXES) for part in path.parts)


def inventory(data: DataFolder) -> pd.DataFrame:
    """One row a file of `raw`: `source_file`, `source_sha256`, `territory_id`, `year`, and its `kind`.

    `kind`: `survey` and `open` are immutable, `mapping` and `table` are edited by people. `receipts.csv` is not listed:
    the pipeline writes it.
    """
    surveys = survey_files(data)
    rows = [
        (f.source_file, f.sha256, f.territory_id, f.year, "mapping" if f.name == MAPPING else "survey") for f in surveys
    ]
    rows += [(data.relative(p), sha256_of(p), None, None, "open") for p in _files(data.open_data)]
    tables = _files(data.frame) + sorted(p for p in data.raw.glob("*") if p.is_file())
    rows += [
        (data.relative(p), sha256_of(p), None, None, "table")
        for p in tables
        if p != data.receipts and not p.name.startswith(_LOCK_PREFIXES)
    ]
    return (
        pd.DataFrame(rows, columns=RECEIVED_COLUMNS)
        .astype({"year": "Int64"})
        .sort_values("source_file", ignore_index=True)
    )


def read_receipts(data: DataFolder) -> pd.DataFrame:
    """`receipts.csv`: file, sha256, first_seen, establishments; empty where there is none yet."""
    if not data.receipts.exists():
        return pd.DataFrame(columns=[*RECEIPT_COLUMNS, WHOSE], dtype=str)
    try:
        table = pd.read_csv(data.receipts, dtype=str, keep_default_na=False)
        return table.assign(**{WHOSE: table.get(WHOSE, "")})[[*RECEIPT_COLUMNS, WHOSE]]
    except (ValueError, KeyError) as error:
        raise CirculezError(
            f"{data.receipts} is damaged: it has not the columns {', '.join(RECEIPT_COLUMNS)}.",
            "Put it back from a backup; without one, move it aside: the next run writes new receipts, dated then.",
        ) from error


def with_new_receipts(receipts: pd.DataFrame, received: pd.DataFrame, now: str) -> pd.DataFrame:
    """The receipts with a line, dated `now` (ISO 8601), for every delivered file that had none."""
    delivered = received[received["kind"].isin(["survey", "open"])]
    seen = set(zip(receipts["file"], receipts["sha256"], strict=True))
    pairs = zip(delivered["source_file"], delivered["source_sha256"], strict=True)
    new = [(file, sha256, now) for file, sha256 in pairs if (file, sha256) not in seen]
    together = pd.concat([receipts, pd.DataFrame(new, columns=RECEIPT_COLUMNS)], ignore_index=True)
    return together.fillna({WHOSE: ""})


def gone(receipts: pd.DataFrame, received: pd.DataFrame, covered: Collection[str] = ()) -> list[str]:
    """Delivered files whose content stands no more in the campaign, or source, that it was delivered to: removed,
    overwritten, or moved elsewhere; what was delivered to no campaign may have been moved to one. `covered`: sha256 of
    what may be gone, see `withdrawals`."""
    there = set(zip(received["source_file"].map(_delivered_to), received["source_sha256"], strict=True))
    there |= {((), sha256) for sha256 in received["source_sha256"]}
    places = zip(receipts["file"].map(_delivered_to), receipts["sha256"], strict=True)
    stands = pd.Series([place in there for place in places], index=receipts.index, dtype=bool)
    return sorted(set(receipts.loc[~stands & ~receipts["sha256"].isin(covered), "file"]))


def _delivered_to(path: str) -> tuple[str, ...]:
    """surveys/<territory>/<year>, or open/<source>/<date>; empty where that is not where it stands."""
    parts = path.split("/")
    return tuple(parts[:3]) if parts[0] != "surveys" or _is_placed(parts[1:]) else ()


def answered_twice(files: Iterable[ReceivedFile]) -> dict[str, str]:
    """Copies: `source_file` of a file → the first path with the same content for the same territory and year."""
    first: dict[tuple[str, str | None, int | None], str] = {}
    copies = {}
    for file in files:
        key = (file.sha256, file.territory_id, file.year)
        if key in first:
            copies[file.source_file] = first[key]
        first.setdefault(key, file.source_file)
    return copies
