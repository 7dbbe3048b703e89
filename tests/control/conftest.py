"""What the tests of control share."""

from __future__ import annotations

import pytest

from tests.control.factories import TwoGroups, make_two_groups


@pytest.fixture
def two_groups(db: None) -> TwoGroups:
    return make_two_groups()
