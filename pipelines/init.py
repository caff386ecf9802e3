"""`circulez init`: a data folder for a campaign of one's own."""

from __future__ import annotations

from pathlib import Path

from metabolism.errors import WrongCall
from metabolism.layout import DataFolder

_README = """\
# A campaign with Circulez

- `raw/territories.csv`: one line for each area. An example for a zone that lies in two communes:
      territory_id,name,kind,within,overlaps,members
      lu,Luxembourg,country,,,
      north,Commune North,commune,lu,,
      south,Commune South,commune,lu,,
      zone,My zone,zone,lu,north;south,
- `raw/territories.geojson`, if you have it: the shapes of these areas (WGS84, property territory_id); where two areas have
  one, it decides which lies in which, and coordinates decide where a company stands.
- `raw/frame/<territory_id>.csv`: all establishments of a territory, whether they answered or not
  (establishment_id,name,nace,employees,commune).
- `raw/actors.csv`: those around the table who are no establishments (actor_id,name,kind,territories,themes).
- `raw/prices.csv`: what a unit of a resource costs, and what its holder pays to be rid of it
  (resource_id,year,price_eur_per_unit,disposal_eur_per_unit,source); where it is silent, stated defaults are used.
- `raw/pilots.csv`: pilots, with what was measured before and after.
- `raw/decisions.csv`: what was decided on findings and synergies
  (subject_id,decision,value,barrier,reason,who,date,next_step,due); the last line on a subject wins.
- `raw/withdrawals.csv`: who takes its data back (establishment_id,date,by).
- `raw/surveys/<territory_id>/<year>/`: the answers as they come, workbooks or CSV files. They are never changed: a
  correction is one more file, whose name comes later.

Then: `circulez run --data {folder}`
"""
_TERRITORIES = "territory_id,name,kind,within,overlaps,members\n"
_IGNORED = "# working state and publications: rebuilt from raw/\nlake/\nwarehouse.duckdb*\nmarts/\n"


def make_folder(folder: Path) -> str:
    """Makes the folder and says what to do next. Raises `WrongCall` where something stands there already."""
    data = DataFolder(folder)
    if data.raw.exists():
        raise WrongCall(f"{folder} is a data folder already.", f"Go on with: circulez run --data {folder}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongCall(f"{folder} is not empty.", "Name a folder that does not exist yet.")
    for path in (data.surveys, data.frame, data.open_data):
        path.mkdir(parents=True, exist_ok=True)
    data.territories.write_text(_TERRITORIES, encoding="utf-8")
    (folder / "README.md").write_text(_README.format(folder=folder), encoding="utf-8")
    (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    return (
        f"Made {folder}.\nNext: fill in {data.territories}, and drop answers into {data.surveys}/<territory>/<year>/."
    )
