"""What the tests of reconciliation share."""

from __future__ import annotations

import pytest

from tests.reconciliation.scene import Scene, make_scene


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()
