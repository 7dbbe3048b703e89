"""docs/errors.md says what the pages say."""

from __future__ import annotations

from moa.entry.error_list import TARGET, error_list


def test_the_list_of_errors_is_the_one_that_the_sources_make():
    assert TARGET.read_text(encoding="utf-8") == error_list(), "run python -m moa.entry.error_list"
