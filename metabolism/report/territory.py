"""What a page is made of: the published tables of one territory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


def _none() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True)
class TerritoryTables:
    """The rows of one territory, every year, with the columns of the public contract (section 4).

    Any table may be empty and any figure null; a section without rows says why it is empty.

    `metabolism`, `transit`: the marts of that name. `resources`: resource_id, parent_id, unit, label_en, label_fr,
    label_de (and by_network, optional). `quality`: mart_data_quality. `files`: mart_files. `establishments`:
    establishment_id, name, nace, employees, answered, year. `dependency`, `indicators`, `exchanges`, `pools`,
    `activities`, `pilots`: the marts of that name. `indicator_catalogue`: indicator_id, theme, label_en …, direction,
    formula_en …, for what the rows of `indicators` do not say themselves. `services`, `themes`, `barriers`,
    `territories`: <thing>_id and label_en … (or name). `actors`: actor_id, name. `names`: establishment_id and name of
    everybody that a synergy may name, as a table or a mapping. `open_sources`: mart_open_sources (source_id, title,
    provider, licence, retrieved, used_for, status, reason; and reference_year, synthetic, optional).

    A column with words may stand there in each language as <column>_en, <column>_fr, <column>_de; the plain column is
    English. Values are in the canonical unit a year, money in EUR a year, CO2e in t a year, distances in km.
    """

    territory_id: str
    name: str
    kind: str
    synthetic: bool
    metabolism: pd.DataFrame
    resources: pd.DataFrame
    quality: pd.DataFrame
    files: pd.DataFrame
    establishments: pd.DataFrame
    transit: pd.DataFrame = field(default_factory=_none)
    dependency: pd.DataFrame = field(default_factory=_none)
    indicators: pd.DataFrame = field(default_factory=_none)
    indicator_catalogue: pd.DataFrame = field(default_factory=_none)
    exchanges: pd.DataFrame = field(default_factory=_none)
    pools: pd.DataFrame = field(default_factory=_none)
    activities: pd.DataFrame = field(default_factory=_none)
    pilots: pd.DataFrame = field(default_factory=_none)
    open_sources: pd.DataFrame = field(default_factory=_none)
    services: pd.DataFrame = field(default_factory=_none)
    themes: pd.DataFrame = field(default_factory=_none)
    barriers: pd.DataFrame = field(default_factory=_none)
    territories: pd.DataFrame = field(default_factory=_none)
    actors: pd.DataFrame = field(default_factory=_none)
    names: pd.DataFrame | Mapping[str, str] = field(default_factory=_none)
