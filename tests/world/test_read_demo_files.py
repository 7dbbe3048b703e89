"""Reading the demo's files by Moa's own readers: recognised, whole, without a complaint, and with the figures told."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from io import BytesIO

import pytest

from moa.formats.recognise import recognise
from moa.formats.statements import Entry, FileFacts, ReadOptions, StatementEnd
from moa.kernel.errors import Problem
from moa.kernel.money import to_text


@pytest.fixture(scope="module")
def events(made):
    """What the readers say of each file, by path: its facts and its events."""
    said = {}
    for path, content in made.contents.items():
        source = BytesIO(content)
        found = recognise(source, ReadOptions())
        assert found is not None, path
        facts = FileFacts(format=found.format)
        said[path] = facts, list(found.reader(source, ReadOptions(), facts))
    return said


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def test_each_file_is_recognised_by_its_content(made, events):
    for file in made.manifest["files"]:
        facts, _ = events[file["path"]]
        assert facts.format == file["format"], file["path"]
        if file["format"] != "xlsx":
            assert facts.encoding.lower() == file["encoding"], file["path"]
        if file["profile"]:
            assert facts.profile == file["profile"], file["path"]


def test_sound_files_are_read_without_a_problem(made, events):
    for file in made.manifest["files"]:
        if file["kind"] != "bad":
            _, said = events[file["path"]]
            assert [each for each in said if isinstance(each, Problem)] == [], file["path"]
            assert sum(isinstance(each, Entry) for each in said) == file["entries"], file["path"]
            ends = [each for each in said if isinstance(each, StatementEnd)]
            assert {_digits(end.account) for end in ends} == set(file["accounts"])
            assert {end.provisional for end in ends} == {file["intraday"]}


def test_statements_cover_the_days_of_their_file_and_no_missing_one(made, events):
    missing = defaultdict(set)
    for gap in made.manifest["missing"]:
        missing[gap["account"]].add(gap["date"])
    for file in made.files():
        _, said = events[file["path"]]
        for end in said:
            if isinstance(end, StatementEnd):
                first, last = end.from_date.isoformat(), end.to_date.isoformat()
                assert last <= file["to"]
                assert not any(first <= day <= last for day in missing[_digits(end.account)]), file["path"]


def test_the_readers_find_the_figures_that_the_world_worked_out(made, events):
    lines: dict[str, Counter] = defaultdict(Counter)
    closings: dict[str, tuple] = {}
    for file in made.files():
        _, said = events[file["path"]]
        pending: list[Entry] = []
        here: dict[str, Counter] = defaultdict(Counter)
        for each in said:
            if isinstance(each, Entry):
                pending.append(each._replace(place="", balance_minor=None))
            elif isinstance(each, StatementEnd):
                number = _digits(each.account)
                here[number].update(pending)
                pending = []
                closings[number] = max(
                    closings.get(number, (each.to_date, None)),
                    (each.to_date, each.closing_minor),
                    key=lambda end: end[0],
                )
        for number, counted in here.items():
            lines[number] |= counted
    for number, figures in made.manifest["expected"]["accounts"].items():
        currency = figures["currency"]
        sides = {"debit": 0, "credit": 0}
        for entry, count in lines[number].items():
            sides[entry.direction] += entry.amount_minor * count
        assert sum(lines[number].values()) == figures["entries"], number
        assert to_text(sides["debit"], currency) == figures["debit_total"]
        assert to_text(sides["credit"], currency) == figures["credit_total"]
        assert to_text(closings[number][1], currency) == figures["closing"]


def test_the_refused_file_is_refused_for_each_of_its_faults_and_nothing_else(made, events):
    (file,) = made.files("bad")
    _, said = events[file["path"]]
    errors = [each for each in said if isinstance(each, Problem) and each.severity == "error"]
    found = {(int(re.search(r"\d+", each.place)[0]), each.field) for each in errors}
    assert found == {(fault["line"], fault["field"]) for fault in file["faults"]}
    assert len({each.code for each in errors}) == 7


def test_counterparties_and_batched_payments_are_understood(made, events):
    with_counterparty: Counter = Counter()
    details = 0
    for file in made.files():
        _, said = events[file["path"]]
        for each in said:
            if isinstance(each, Entry):
                with_counterparty[file["path"].split("/")[1]] += bool(each.counterparty)
                details += len(each.details)
    # The loan account's bank writes running text, in which no counterparty stands apart.
    assert {bank for bank, count in with_counterparty.items() if count} == {
        "kb", "shinhan", "hana", "woori", "ibk", "nh", "boc", "icbc",
    }  # fmt: skip
    assert details > 1_000
