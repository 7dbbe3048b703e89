"""The reasons why evidence is refused, for people who read Korean or Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import moa.formats.kftc.evidence as evidence
from moa.formats.fixed_width.finding import error
from moa.formats.kftc.codes import LANGUAGES
from moa.formats.kftc.evidence.foreign import name_of
from moa.formats.kftc.evidence_reasons import reason_text
from moa.formats.kftc.faults import sentence
from tests.formats.kftc.oracle import pictures

FOLDER = Path(evidence.__file__).parent


def constants() -> dict[str, str]:
    """The module's constants that hold a text."""
    return {
        target.id: node.value.value
        for path in FOLDER.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }  # fmt: skip


def reasons() -> Iterator[str]:
    """Every reason that stands in the source: as a text, or as a constant."""
    named = constants()
    for path in FOLDER.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "EvidenceFault"):
                continue
            for part in ast.walk(call.args[0]):
                if isinstance(part, ast.Name) and part.id.isupper():
                    yield named[part.id]
                if call.args[0] is part and isinstance(part, ast.Constant):
                    yield str(part.value)


REASONS = sorted(set(reasons()))


def test_the_source_is_searched() -> None:
    assert {"truncated", "broken signature", "no sound", "not DER"} <= set(REASONS)


@pytest.mark.parametrize(
    "reason", [*REASONS, "content is PNG", "content is unknown", "content is executable"]
)
def test_every_reason_has_words_in_korean_and_chinese(reason: str) -> None:
    assert reason_text(reason, "en") == reason
    for language in ("ko", "zh-hans"):
        told = reason_text(reason, language)
        assert any(ord(sign) > 0x2E80 for sign in told), told


def test_what_is_no_reason_stays_as_it_is() -> None:
    assert [reason_text("12-34", language) for language in LANGUAGES] == ["12-34"] * 3


def test_a_sentence_says_the_reason_in_its_language_and_a_program_reads_english() -> None:
    found = error("0105", 2, "evidence", f"content is {name_of(pictures.picture('png'))}")
    assert "“실제 내용은 PNG”" in sentence(found, "ko")
    assert "“实际内容是PNG”" in sentence(found, "zh-hans")
    assert '"content is PNG"' in sentence(found, "en")
    assert found.as_json()["value"] == "content is PNG"
