"""What the tests of reports share."""

from __future__ import annotations

import pytest

from tests.accounts.books import Books, make_books
from tests.reports.daily_scene import make_worked


@pytest.fixture
def books(db: None) -> Books:
    return make_books()


@pytest.fixture
def worked(books: Books) -> Books:
    return make_worked(books)
