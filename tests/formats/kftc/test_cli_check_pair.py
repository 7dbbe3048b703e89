"""`moa kftc check-pair`: would the centre take it, and what became of each request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.formats.kftc.command_line import Said, moa, moa_process
from tests.formats.kftc.oracle import files, pairs
from tests.formats.kftc.oracle.pairs import PairCase
from tests.formats.kftc.oracle.verdict import Mutation, disagreements

CASES = {
    "EI13+EB13": list(pairs.evidence_cases()),
    "EB11+EB12": list(pairs.change_cases()),
    "EB13+EB14": list(pairs.result_cases()),
    "EB21+EB22": list(pairs.debit_cases("EB21", "EB22")),
    "EC21+EC22": list(pairs.debit_cases("EC21", "EC22")),
}
ALL = [pytest.param(kinds, one, id=f"{kinds} {one.name}") for kinds, cases in CASES.items() for one in cases]


def _asked(one: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> Said:
    (tmp_path / "first").write_bytes(one.first)
    (tmp_path / "second").write_bytes(one.second)
    return moa(capsys, "check-pair", tmp_path / "first", tmp_path / "second", *more)


@pytest.mark.parametrize(("kinds", "one"), ALL)
def test_it_accepts_or_says_why_not(
    kinds: str, one: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _asked(one, tmp_path, capsys, "--json")
    assert (said.code, said.json["accepted"]) == ((1, False) if one.faults else (0, True)), said.out
    wanted = Mutation(one.name, b"", one.faults, one.also)
    assert disagreements(wanted, said.reported) == []


@pytest.mark.parametrize(("kinds", "one"), ALL)
def test_the_order_of_the_files_does_not_matter(
    kinds: str, one: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = _asked(one, tmp_path, capsys, "--json")
    back = _asked(one._replace(first=one.second, second=one.first), tmp_path, capsys, "--json")
    assert back.code == there.code
    assert sorted(back.reported, key=str) == sorted(there.reported, key=str)


@pytest.mark.parametrize(("kinds", "one"), ALL)
def test_a_person_is_told_the_same(
    kinds: str, one: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _asked(one, tmp_path, capsys)
    assert said.code == (1 if one.faults else 0)
    for fault in one.faults:
        if fault.code != "*":
            assert any(code in said.out + said.err for code in fault.code.split("|"))


WRONG = [
    ("EB21", "EC22"),
    ("EB13", "EB13"),
    ("EB11", "EB14"),
    ("EB22", "EB22"),
    ("EI13", "EB11"),
    ("EB31", "EB21"),
]


@pytest.mark.parametrize(("first", "second"), WRONG)
def test_files_that_do_not_belong_together_are_refused(
    first: str, second: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, kind in (("first", first), ("second", second)):
        (tmp_path / name).write_bytes(b"".join(files.records_of(kind, 0)))
    said = moa(capsys, "check-pair", tmp_path / "first", tmp_path / "second", "--json")
    assert said.code in (1, 2)
    assert said.err or said.json["errors"]


@pytest.mark.parametrize("content", [b"", b"rubbish" * 40, bytes(1200)])
def test_a_file_of_another_kind_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = PairCase("", b"".join(files.records_of("EB21", 0)), content)
    for case in (one, one._replace(first=one.second, second=one.first)):
        said = _asked(case, tmp_path, capsys, "--json")
        assert (said.code, said.json["accepted"]) == (1, False)
        assert {"kind_unknown", "file_empty"} & {code for code, _record, _field in said.reported}


@pytest.mark.parametrize("language", ["C", "ko_KR.UTF-8", "zh_CN.UTF-8"])
def test_missing_evidence_is_named_in_every_language(language: str, tmp_path: Path) -> None:
    one = next(case for case in CASES["EI13+EB13"] if case.name == "one missing")
    (tmp_path / "first").write_bytes(one.first)
    (tmp_path / "second").write_bytes(one.second)
    said = moa_process("check-pair", tmp_path / "first", tmp_path / "second", LANG=language, LC_ALL=language)
    assert said.code == 1
    assert "0078" in said.out + said.err
    assert "3" in said.out + said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("kinds", ["EB21+EB22", "EC21+EC22"])
def test_it_says_what_was_debited(kinds: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for one in CASES[kinds]:
        if one.debited:
            said = _asked(one, tmp_path, capsys, "--json")
            told = [int(outcome["debited"]) for outcome in said.json["outcomes"]]
            assert told == list(one.debited), (one.name, json.dumps(said.json))
