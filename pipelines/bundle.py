"""`python -m pipelines.bundle`: writes the bundled case, answers and truth, from a seed.

Belongs here: reading the nomenclatures, writing files. What is written is made by `metabolism.synthetic`.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pandas as pd

from assets.project import PROJECT, SEEDS
from metabolism.errors import WrongCall
from metabolism.synthetic.case import CaseFiles, case_files
from metabolism.synthetic.words import LANGUAGES, Words

DEFAULT_SEED = 2026
_NOMENCLATURES = {
    "resources": "resource_id",
    "services": "service_id",
    "themes": "theme_id",
    "facts": "fact_id",
    "barriers": "barrier_id",
}


def read_words() -> Words:
    """The labels of the nomenclatures, in three languages."""
    labels = {}
    for name, key in _NOMENCLATURES.items():
        table = pd.read_csv(SEEDS / f"{name}.csv", dtype=str, keep_default_na=False).set_index(key)
        spoken = table[[f"label_{language}" for language in LANGUAGES]].set_axis(list(LANGUAGES), axis=1)
        labels[name] = {str(word): dict(row) for word, row in spoken.to_dict(orient="index").items()}
    return Words(labels)


def write_case(seed: int, target: Path, prefix: str = "", east: float = 0.0) -> None:
    """Writes target/raw and target/truth. A folder that holds other cases keeps them: tables grow, each row once. `east`:
    degrees of longitude by which this case is moved away from them.

    Raises `WrongCall` where a case of the same prefix but of another seed stands there.
    """
    made = case_files(seed, read_words(), prefix, east)
    _refuse_another(made, target)
    for name, content in made.delivered.items():
        _write(target / name, content)
    for name, (table, keys) in made.tables.items():
        _write(target / name, _csv(_added(target / name, table, keys)))
    for name, known in made.truth.items():
        path = target / "truth" / f"{name}.csv"
        _write(path, _csv(_added(path, known, [])))


def _refuse_another(made: CaseFiles, target: Path) -> None:
    for path, content in made.delivered.items():
        there = target / path
        if there.exists() and there.read_bytes() != content:
            raise WrongCall(
                f"{there} stands there already, and is of another seed.",
                "Write into an empty folder, or give this case a prefix of its own: --prefix s7-",
            )


def _added(path: Path, table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The table below what stands at the path; the first row of each key stays (no keys: of each whole row)."""
    texts = _texts(table)
    if not path.exists():
        return texts
    there = pd.read_csv(path, dtype=str, keep_default_na=False)
    together = pd.concat([there, texts], ignore_index=True).fillna("")
    if keys:
        return together.drop_duplicates(keys)
    new = texts.merge(there.drop_duplicates(), how="left", indicator="found")["found"] == "left_only"
    return pd.concat([there, texts[new.to_numpy()]], ignore_index=True)


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(_csv(table).decode()), dtype=str, keep_default_na=False)


def _csv(table: pd.DataFrame) -> bytes:
    text: str = table.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return text.encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m pipelines.bundle", description="Write a synthetic case.")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--target", type=Path, default=PROJECT / "data", help="the data folder")
    parser.add_argument("--prefix", default="", help="stands before every id, so that several cases fit in one folder")
    given = parser.parse_args(arguments)
    write_case(given.seed, given.target, given.prefix)
    print(f"Wrote the synthetic case of seed {given.seed} to {given.target}.")


if __name__ == "__main__":
    main()
