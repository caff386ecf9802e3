"""Resources, waste codes, their factors, and the lists of services, themes, barriers and facts, as one object."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from metabolism.text import folded, identifier

WASTE_CHAPTERS = range(1, 21)
_BETWEEN = r"[ .,\-‑–/_]"
_WASTE_CODE = re.compile(
    r"(?:(?:waste|dechets?|abfall|abfalle|ewc|low|ced|avv|eak|eural)[ .:]*)?"
    rf"(?:(?P<digits>\d{{1,6}})|(?P<spelled>\d{{1,2}}(?:{_BETWEEN}+\d{{2}}){{1,2}}))\s*\*?",
    re.ASCII,
)
_LEADING_CODE = re.compile(
    rf"(\d{{2}}){_BETWEEN}?(\d{{2}}){_BETWEEN}?(\d{{2}})\s*\*?(?:[ :,;\-–(](?! *\d{{2}}\b).*)?", re.ASCII | re.DOTALL
)
VOCABULARIES = {"services": "service_id", "themes": "theme_id", "barriers": "barrier_id", "facts": "fact_id"}
"""The other lists of the contract, a CSV each, and the column of their ids."""

_REMARK = re.compile(r"\s*\(.*\)$")


@dataclass(frozen=True)
class Resource:
    """One line of `resources.csv`: factors in t/m³, MWh/t and t per piece, NaN where there is none."""

    resource_id: str
    parent_id: str
    unit: str
    density_t_per_m3: float
    energy_mwh_per_t: float
    t_per_piece: float


@dataclass(frozen=True)
class WasteDensity:
    """One line of `waste_density.csv`: t/m³, and the half-width of its 95 % interval in %."""

    code_prefix: str
    t_per_m3: float
    uncertainty_pct: float


@dataclass(frozen=True)
class Nomenclatures:
    """What the words of an answer may mean."""

    resources: dict[str, Resource]
    labels: dict[str, str]
    """Folded label in any of the three languages, with or without its remark in brackets → resource id."""
    waste_densities: tuple[WasteDensity, ...]
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    """By vocabulary (`VOCABULARIES`): id or folded label → id."""

    def word(self, vocabulary: str, text: str) -> str | None:
        """The id that a cell names in one of the `VOCABULARIES`, by id or by label; None where it names none."""
        known = self.words.get(vocabulary, {})
        return known.get(identifier(text)) or known.get(folded(text))

    def resolve(self, text: str) -> str | None:
        """The resource id that a cell names: an id, a waste code in any spelling, a label; None where it names none."""
        wanted = folded(text)
        if wanted in self.resources:
            return wanted
        return waste_id(wanted) or self.labels.get(wanted)

    def family(self, resource_id: str) -> str:
        return resource_id.split(".", 1)[0]

    def unit(self, resource_id: str) -> str:
        """The canonical unit: t, m3, MWh or trip."""
        return self.resources[self.family(resource_id)].unit

    def ancestors(self, resource_id: str) -> list[str]:
        """The resource itself and all that contain it, nearest first."""
        line = [resource_id]
        while parent := self.parent(line[-1]):
            line.append(parent)
        return line

    def parent(self, resource_id: str) -> str | None:
        if resource_id in self.resources:
            return self.resources[resource_id].parent_id or None
        code = resource_id.removeprefix("waste.")
        return f"waste.{code[:-2]}" if len(code) > 2 else "waste"

    def waste_density(self, resource_id: str) -> WasteDensity | None:
        """The line of the longest prefix of the waste code."""
        code = resource_id.removeprefix("waste.")
        fitting = [line for line in self.waste_densities if code.startswith(line.code_prefix)]
        return max(fitting, key=lambda line: len(line.code_prefix), default=None)


def waste_id(text: str) -> str | None:
    """`15 01 01*`, `150101`, `waste.1501`, and `10304` (a workbook's number that lost its nought) as a waste id.

    A code needs a chapter of the List of Waste, 01 to 20; whether the entry exists is not looked at.
    """
    if match := _WASTE_CODE.fullmatch(text):
        digits = match["digits"] or "".join(part.zfill(2) for part in re.split(f"{_BETWEEN}+", match["spelled"]))
        digits = digits.zfill(len(digits) + len(digits) % 2)
    elif match := _LEADING_CODE.fullmatch(text):
        digits = "".join(match.groups())
    else:
        return None
    return f"waste.{digits}" if int(digits[:2]) in WASTE_CHAPTERS else None


def load(seeds: Path) -> Nomenclatures:
    """Reads `resources.csv` and `waste_density.csv` of the folder `seeds`."""
    resources = pd.read_csv(
        seeds / "resources.csv",
        dtype={"parent_id": str},
        keep_default_na=False,
        na_values={"density_t_per_m3": "", "energy_mwh_per_t": "", "t_per_piece": ""},
    )
    densities = pd.read_csv(seeds / "waste_density.csv", dtype={"code_prefix": str})
    fields = ["resource_id", "parent_id", "unit", "density_t_per_m3", "energy_mwh_per_t", "t_per_piece"]
    return Nomenclatures(
        resources={row[0]: Resource(*row) for row in resources[fields].itertuples(index=False, name=None)},
        labels=_labels(resources),
        waste_densities=tuple(
            WasteDensity(*row)
            for row in densities[["code_prefix", "t_per_m3", "uncertainty_pct"]].itertuples(index=False, name=None)
        ),
        words={name: _words(seeds / f"{name}.csv", column) for name, column in VOCABULARIES.items()},
    )


def _words(path: Path, id_column: str) -> dict[str, str]:
    table = pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns={id_column: "resource_id"})
    return _labels(table) | {name: name for name in table["resource_id"]}


def _labels(resources: pd.DataFrame) -> dict[str, str]:
    """Labels by their folded text, and by that without the remark in brackets; a word of two resources names none."""
    spoken = resources.melt("resource_id", ["label_en", "label_fr", "label_de"], value_name="label")
    short = spoken.assign(label=spoken["label"].str.replace(_REMARK, "", regex=True))
    named = pd.concat([spoken, short], ignore_index=True)
    named["label"] = named["label"].map(folded)
    named = named.loc[named["label"] != "", ["label", "resource_id"]].drop_duplicates()
    return dict(named[~named["label"].duplicated(keep=False)].itertuples(index=False, name=None))


load_once = functools.cache(load)
