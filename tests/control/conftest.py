"""What the tests of control share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moa.control.context import Context
from tests.control.factories import TwoGroups, make_group, make_person, make_two_groups
from tests.control.inviting import boss_of


@pytest.fixture
def two_groups(db: None) -> TwoGroups:
    return make_two_groups()


@pytest.fixture
def group(db: None) -> Context:
    """A group's machine user."""
    return make_group()


@pytest.fixture
def admin(group: Context) -> Context:
    return boss_of(group)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.STATE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def ctx(db: None, folder: Path) -> Iterator[Context]:
    ctx = make_person(make_group(), roles=["treasurer"])
    with ctx.open():
        yield ctx
