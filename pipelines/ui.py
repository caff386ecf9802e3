"""`make ui`: Dagster's web server and daemon on this machine alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from assets.project import PROJECT
from pipelines.run import prepare_environment


def main() -> None:
    """Replaces this process by `dagster dev`: the open-source server has no login, so it listens on 127.0.0.1 alone."""
    prepare_environment()
    from assets.manifest import manifest_path

    manifest_path()
    port = os.environ.get("CIRCULEZ_PORT", "3000")
    os.environ.setdefault("CIRCULEZ_UI", f"http://127.0.0.1:{port}")  # a mail on a failed run links there
    print(f"The UI comes up on http://127.0.0.1:{port}; Ctrl-C ends it.", flush=True)
    os.chdir(PROJECT)
    dagster = str(Path(sys.executable).with_name("dagster"))
    os.execv(dagster, [dagster, "dev", "--host", "127.0.0.1", "--port", port])


if __name__ == "__main__":
    main()
