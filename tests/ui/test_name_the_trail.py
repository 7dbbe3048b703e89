"""Every operation, subject and field that the sources record has words, and values are said as a person reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

import moa
from moa.channels.lifecycle import LineState
from moa.control.context import Context
from moa.control.leaving import _matters
from moa.control.lifecycle import NOTICE, ApprovalState
from moa.control.models import Identity
from moa.control.web.trail_values import (
    TrailReader,
    field_words,
    operation_words,
    side_by_side,
    subject_named,
)
from moa.kernel.lifecycle import Lifecycle
from moa.ledger.lifecycle import AccountState
from moa.payments.lifecycle import ATTEMPT, ORDER, SERIES
from moa.ui.trail_fields import FIELDS
from moa.ui.trail_words import OPERATIONS, SUBJECTS
from tests.control.factories import make_group, make_person, make_unit

SOURCES = [path for path in Path(moa.__file__).parent.rglob("*.py") if "migrations" not in path.parts]


def recorded() -> Iterator[ast.Call]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in {"record", "line_of"} or (name == "_record" and "wrong_tokens" in path.name):
                yield node


def texts(node: ast.expr) -> list[str]:
    """The texts that an argument can be: a literal, or both of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    return []


def moves(life: Lifecycle[Any]) -> set[str]:
    return {move for state in life.states for move in life.moves_from(state)}


def test_every_operation_and_subject_has_words() -> None:
    calls = list(recorded())
    assert len(calls) > 100
    codes = {text for call in calls for text in texts(call.args[1]) if "." in text}
    kinds = {text for call in calls for text in texts(call.args[2]) if text}
    codes |= {f"payments.order.{move}" for move in moves(ORDER)}
    codes |= {f"payments.attempt.{move}" for move in moves(ATTEMPT)}
    codes |= {f"payments.series.{move}" for move in moves(SERIES)}
    codes |= {f"control.notice.{move}" for move in moves(NOTICE)}
    codes |= {f"ledger.account.{state}" for state in AccountState}
    codes |= {f"channels.connection.{state}" for state in LineState}
    codes |= {f"control.approval.{state}" for state in ApprovalState if state != ApprovalState.OPEN}
    assert sorted(codes - set(OPERATIONS)) == [] and sorted(kinds - set(SUBJECTS)) == []


def written_facts() -> Iterator[ast.AST]:
    """The calls, and what is assigned to the names that they pass on, each in its function."""
    yield from recorded()
    for path in SOURCES:
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                nodes = list(ast.walk(function))
                calls = [
                    one
                    for one in nodes
                    if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "record"
                ]
                facts = [word.value for call in calls for word in call.keywords]
                passed = {one.id for fact in facts for one in ast.walk(fact) if isinstance(one, ast.Name)}
                for node in nodes:
                    targets = (
                        node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                    )
                    if {getattr(target, "id", "") for target in targets} & passed:
                        yield node


def test_every_field_that_is_written_by_name_has_a_word() -> None:
    keys = {
        key.value
        for facts in written_facts()
        for inner in ast.walk(facts)
        if isinstance(inner, ast.Dict)
        for key in inner.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    assert len(keys) > 150 and sorted(keys - set(FIELDS)) == []


@pytest.mark.parametrize(
    ("language", "word"), [("ko", "역할 부여"), ("zh-hans", "授予角色"), ("en", "Role given")]
)
def test_words_are_those_of_the_readers_language(language: str, word: str) -> None:
    with translation.override(language):
        assert operation_words("control.role.given") == word
        assert operation_words("of.a.newer.version") == "of.a.newer.version"
        assert field_words("of_a_newer_version") == "of a newer version"


@pytest.fixture
def reader(db: None) -> Iterator[tuple[TrailReader, Context, int]]:
    group = make_group()
    unit = make_unit(group, "HAN-1", name="한빛제당")
    person = make_person(group, roles=["treasurer"], name="정하은")
    with person.open(), translation.override("ko"):
        yield TrailReader(person, datetime(2026, 11, 20, 1, tzinfo=UTC)), person, unit.id


def test_numbers_are_names_figures_and_days(reader: Any) -> None:
    read, person, unit = reader
    beside = {"currency": "USD"}
    assert read.said("unit", str(unit), {}) == "한빛제당"
    assert read.said("person", person.actor.person_id, {}) == "정하은"
    assert read.said("role", "teller", {}) == "출납담당"
    assert read.said("limit_minor", "1234567890", {}) == "KRW 1,234,567,890"
    assert read.said("amount_minor", "-123456", beside) == "USD −1,234.56"
    assert read.said("lines", "12345", {}) == "12,345"
    assert read.said("state", "frozen", {}) == "동결"
    assert read.said("demanded", True, {}) == "예"
    assert read.said("valid_until", None, {}) == "—" and read.said("note", "", {}) == "—"
    assert read.said("sha256", "ab" * 32, {}) == "abab abab … abab"
    assert read.said("names", {"zh-hans": "韩光", "en": "Hanbit"}, {}) == "简体中文: 韩光; English: Hanbit"
    assert "감사" in read.said("rights", ["control.audit.view"], {})
    assert read.said("by", "password", {}) == "비밀번호" and read.said("acts", ["rule"], {}) != "rule"
    assert read.said("table", "control.trail", {}) == "감사 이력"
    assert read.said("direction", "out", {}) == "출금" and read.said("mode", "of_later", {}) == "of_later"
    assert subject_named("unit", str(unit), read) == "회사·부서 한빛제당"
    login = Identity.objects.get(person_id=person.actor.person_id)
    assert subject_named("identity", str(login.id), read).endswith(" 정하은")
    assert subject_named("table", "control.trail", read).endswith(" 감사 이력")
    assert read.said("memo", "2026-11-20T00:00:00+00:00", {}).endswith(":00:00")


def test_before_and_after_stand_side_by_side_as_text(reader: Any) -> None:
    read, _, _ = reader
    table = str(side_by_side([("name", "<b>가</b>", "나"), ("note", None, "다")], read, {}))
    assert '<th scope="row">이름</th><td><s class="mo-3">&lt;b&gt;가&lt;/b&gt;</s></td><td>나</td>' in table
    assert "<b>" not in table


@pytest.mark.parametrize(
    ("name", "said"),
    [("logins", "끝낸 아이디"), ("waiting deputies", "기다리던 일"), ("successor deputies", "이어받은 사람")],
)
def test_what_waited_on_a_person_who_left_is_called_as_on_the_page(name: str, said: str) -> None:
    code = next(iter(_matters))
    with translation.override("ko"):
        words = field_words(name.replace("deputies", code))
        assert words.startswith(said) and (name == "logins" or words.endswith(str(_matters[code].label)))
        assert field_words(code) == str(_matters[code].label)
