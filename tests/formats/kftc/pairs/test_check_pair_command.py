"""`moa kftc check-pair` for a person, and its document for a program."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from moa.entry.commands.kftc_check_pair import check_pair

from .pair_files import (
    application,
    applications_file,
    consent,
    consents_file,
    debit,
    failed,
    part,
    requests_file,
    results_file,
)

ASKED = [debit("P1", 100_000, "0"), debit("P2", 30_000, "5"), debit("P3", 7_000)]
EB21 = requests_file(*ASKED)
UNDECIDED = results_file([part(ASKED[0], 50_000), failed(ASKED[2])], [7_000], [50_000])


@pytest.fixture
def run(tmp_path):
    def run(first: bytes, second: bytes, *options: str) -> Result:
        for name, content in (("one", first), ("two", second)):
            (tmp_path / name).write_bytes(content)
        paths = [str(tmp_path / name) for name in ("one", "two")]
        # Without the program around it, click turns no answer into an exit code, so it is asked for.
        return CliRunner().invoke(check_pair, [*paths, *options], standalone_mode=False)

    return run


def test_a_person_reads_counts_and_sums(run):
    result = run(
        EB21, results_file([part(ASKED[0], 40_000), failed(ASKED[2])], [7_000], [40_000]), "--language", "en"
    )
    assert result.return_value == 0
    assert result.stdout.splitlines() == [
        "EB21 + EB22",
        "  requests: 3",
        "  result records: 2",
        "  debited in full: 1",
        "  debited in part: 1",
        "  failed: 1",
        "  requested, KRW: 137,000",
        "  debited, KRW: 90,000",
        "  not debited, KRW: 47,000",
        "  amount of a partial debit: what was not debited",
        "",
        "The two files agree.",
    ]


@pytest.mark.parametrize(
    ("language", "said", "compare"),
    [
        ("ko", "두 파일이 서로 맞지 않습니다.", "비교: EI13 2번 레코드, 납부자번호(payer_no) “P9”"),
        ("en", "The two files do not agree.", 'Compare EI13, record 2, payer number (payer_no) "P9"'),
        ("zh-hans", "两个文件不相符。", "对照：EI13第2条记录，缴款人编号（payer_no）“P9”"),
    ],
)
def test_a_person_reads_what_is_missing(run, language, said, compare):
    row = application("P1")
    result = run(
        applications_file("EB13", row), consents_file(consent(row, payer_no="P9")), "--language", language
    )
    assert result.return_value == 1
    assert said in result.stdout
    assert "0078" in result.stdout
    assert compare in result.stdout


def test_a_program_reads_the_value_and_apart_from_it_what_stands_in_the_other_file(run):
    row = application("P1")
    result = run(applications_file("EB13", row), consents_file(consent(row, payer_no="P9")), "--json")
    assert json.loads(result.stdout)["errors"] == [
        {
            "file": "EB13",
            "code": "0078",
            "record": 2,
            "field": "payer_no",
            "value": "P1",
            "hint": {"file": "EI13", "record": 2, "field": "payer_no", "value": "P9"},
        }
    ]


def test_a_person_reads_twenty_errors_and_the_count_of_the_rest(run):
    rows = [application(f"P{number}") for number in range(25)]
    result = run(consents_file(), applications_file("EB13", *rows), "--language", "en")
    assert result.stdout.count("0078") == 20
    assert "Errors: 25" in result.stdout
    assert "and 5 more" in result.stdout


def test_the_language_is_that_of_the_terminal(run, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert "의뢰 금액" in run(EB21, UNDECIDED).stdout


def test_a_program_reads_one_document(run):
    told = json.loads(run(EB21, UNDECIDED, "--json").stdout)
    assert list(told) == [
        "kinds", "accepted", "partial_reading", "totals", "warning_counts", "codes", "errors", "warnings", "outcomes",
    ]  # fmt: skip
    assert told["kinds"] == ["EB21", "EB22"]
    assert told["errors"] == [
        {
            "file": "EB22",
            "code": "partial_reading_undecided",
            "record": 4,
            "field": "partial_fail_amount",
            "value": "50000",
        }
    ]
    assert [outcome["debited"] for outcome in told["outcomes"]] == [None, 30_000, 0]


@pytest.mark.parametrize("reading", ["not-debited", "debited"])
def test_the_reading_can_be_chosen(run, reading):
    result = run(EB21, UNDECIDED, "--json", "--partial-reading", reading)
    told = json.loads(result.stdout)
    assert (result.return_value, told["accepted"], told["partial_reading"]) == (0, True, reading)


def test_only_one_file_comes_from_standard_input(tmp_path):
    (tmp_path / "one").write_bytes(EB21)
    fine = CliRunner().invoke(
        check_pair, ["-", str(tmp_path / "one")], standalone_mode=False, input=results_file([], [], [])
    )
    assert fine.return_value == 0
    assert CliRunner().invoke(check_pair, ["-", "-"]).exit_code == 2
