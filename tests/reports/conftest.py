"""What the tests of reports share."""

from __future__ import annotations

import pytest

from tests.accounts.books import Books, make_books


@pytest.fixture
def books(db: None) -> Books:
    return make_books()
