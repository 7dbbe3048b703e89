"""What the tests of the API share: a group with lines, and tokens of its persons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.entry.api.api_world import ApiWorld, make_world


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Any) -> ApiWorld:
    settings.STATE_DIR = tmp_path
    return make_world()
