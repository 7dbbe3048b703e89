"""What the tests of the books share."""

from __future__ import annotations

import pytest

from tests.ledger.journal import Journal, make_journal


@pytest.fixture
def journal(db: None) -> Journal:
    return make_journal()
