"""The tree, the chain and the one way to write a line, against their definitions."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.ledger.rules.seals import Chain, Tree, body_of


def root_by_levels(bodies: list[str]) -> str:
    """As docs/proof/format.md says it: neighbours are joined level by level, one left over goes up unchanged."""
    level = [sha256(b"\x00" + body.encode()).digest() for body in bodies]
    while len(level) > 1:
        pairs = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


@pytest.mark.parametrize("count", range(1, 70))
def test_a_tree_that_grows_line_by_line_has_the_root_of_its_levels(count: int) -> None:
    bodies = [body_of(["line", n]) for n in range(count)]
    assert Tree(bodies).root() == root_by_levels(bodies)


def test_the_order_of_lines_changes_the_root() -> None:
    assert Tree(["a\n", "b\n"]).root() != Tree(["b\n", "a\n"]).root()


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.text()))
def test_a_line_reads_as_what_was_written_and_is_one_line(values: list[object]) -> None:
    body = body_of(values)
    assert json.loads(body) == values
    assert body.count("\n") == 1 and body.endswith("\n")


def test_the_check_before_a_line_depends_on_every_line_before() -> None:
    chain, digest = Chain(), b""
    for body in ("one\n", "two\n", "one\n"):
        digest = sha256(digest + sha256(b"\x00" + body.encode()).digest()).digest()
        assert chain.line(body) == f"{digest[:4].hex()} {body}".encode()
    assert chain.lines == 3
