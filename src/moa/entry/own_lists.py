"""Lists that an installation may renew itself; their place is told in the environment, for formats know no settings."""

from __future__ import annotations

import os
from pathlib import Path

from moa.entry.postgres.places import choose_state

_INSTITUTIONS = "kftc_institutions.tsv"


def name_own_lists() -> None:
    """Say where the own list of KFTC institution codes is or would be, unless the person has named another place."""
    state: Path = choose_state(os.environ, as_root=os.geteuid() == 0)
    os.environ.setdefault("MOA_KFTC_INSTITUTIONS", str(state / _INSTITUTIONS))
