"""`moa kftc institutions` and `moa kftc codes`, as a person runs them."""

import json
import os

import click
import pytest

from moa.entry.commands.kftc_codes import codes
from moa.entry.commands.kftc_institutions import institutions
from moa.entry.own_lists import name_own_lists
from moa.entry.postgres.places import choose_state
from moa.formats.kftc import institution_codes
from moa.formats.kftc.codes import (
    LANGUAGES,
    CodeUnknown,
    Giver,
    ItemAction,
    MandateAction,
    result_codes,
    word,
)
from moa.formats.kftc.faults import fault_text
from moa.formats.kftc.institution_codes import institution, shipped_list, use_list
from moa.formats.kftc.institution_list import parse_list, write_list

HEADING = "code,name,category,representative\n"
# The shipped list as KFTC prints it, with one code more.
NEWER = (
    HEADING
    + "".join(
        f"{each.code},{each.name},{each.category},{each.representative_code}\n"
        for each in shipped_list().institutions.values()
    )
    + "096,새은행,은행,096\n"
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where the installation's own list is to be written."""
    target = tmp_path / "state" / "institutions.tsv"
    monkeypatch.setenv(institution_codes.LIST_VARIABLE, str(target))
    use_list(None)
    yield target
    monkeypatch.undo()
    use_list(None)


@pytest.fixture
def newer(tmp_path):
    path = tmp_path / "newer.csv"
    path.write_text(NEWER, encoding="utf-8")
    return path


def run(command: click.Command, *arguments: object) -> int | None:
    return command.main([str(each) for each in arguments], standalone_mode=False)


def answer(capsys, command: click.Command, *arguments: object):
    assert run(command, *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_it_shows_the_list_in_use(place, capsys):
    said = answer(capsys, institutions)
    assert (said["date"], said["source"], said["institutions"], said["representatives"]) == (
        "2026-06-25",
        "shipped",
        203,
        155,
    )
    assert said["categories"]["은행"] == 83
    assert run(institutions) == 0
    assert "83 은행" in capsys.readouterr().out


def test_it_takes_over_a_newer_list(place, newer, capsys):
    said = answer(capsys, institutions, "update", newer, "--date", "2026-12-31")
    assert said == {
        "from": "2026-06-25",
        "to": "2026-12-31",
        "changes": [{"kind": "added", "code": "096", "before": "", "after": "새은행"}],
        "written": str(place),
    }
    assert institution("096").name == "새은행"
    assert institution("088").account_templates == shipped_list().institutions["088"].account_templates
    shown = answer(capsys, institutions)
    assert (shown["date"], shown["source"], shown["institutions"]) == ("2026-12-31", str(place), 204)
    assert place.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in place.parent.iterdir()] == [place.name], "nothing lies beside the list"


def test_it_says_what_changes_to_a_person(place, newer, capsys):
    assert run(institutions, "update", newer, "--date", "2026-12-31") == 0
    said = capsys.readouterr().out
    assert "added         096 새은행\n2026-06-25 to 2026-12-31: 1 added\nWritten to" in said


def test_it_only_looks_when_asked_to_check(place, newer, capsys):
    said = answer(capsys, institutions, "update", newer, "--date", "2026-12-31", "--check")
    assert (len(said["changes"]), said["written"]) == (1, None)
    assert not place.parent.exists()
    assert run(institutions, "update", newer, "--date", "2026-12-31", "--check") == 0
    assert "Nothing written." in capsys.readouterr().out


def test_it_writes_nothing_when_nothing_changed(place, tmp_path, capsys):
    (tmp_path / "same.tsv").write_text(write_list(shipped_list()), encoding="utf-8")
    assert answer(capsys, institutions, "update", tmp_path / "same.tsv")["written"] is None
    assert not place.exists()


def test_a_second_update_is_compared_with_the_first(place, newer, tmp_path, capsys):
    answer(capsys, institutions, "update", newer, "--date", "2026-12-31")
    newer.write_text(NEWER.replace("096,새은행", "096,더새은행"), encoding="utf-8")
    said = answer(capsys, institutions, "update", newer, "--date", "2027-01-31")
    assert [(each["kind"], each["before"], each["after"]) for each in said["changes"]] == [
        ("renamed", "새은행", "더새은행"),
        ("detailed", "", "새은행"),
    ]
    assert institution("096").former_names == ("새은행",)


@pytest.mark.parametrize(
    ("text", "day", "code", "value"),
    [
        (NEWER + "4,국민,은행,004\n", "2026-12-31", "institution_list_code", "4"),
        (NEWER + "095,옛은행,은행,123\n", "2026-12-31", "institution_list_representative", "095 -> 123"),
        (NEWER, None, "institution_list_date", None),
        (NEWER, "2026-06-24", "institution_list_older", "2026-06-24 < 2026-06-25"),
        (
            "# of 2026-12-30\n" + NEWER,
            "2026-12-31",
            "institution_list_dates_differ",
            "2026-12-30, --date 2026-12-31",
        ),
        (HEADING + "004,국민은행,은행,004\n", "2026-12-31", "institution_list_partial", "202 codes removed"),
        ("nonsense\n", "2026-12-31", "institution_list_columns", "nonsense"),
    ],
)
def test_it_refuses_a_bad_list_and_writes_nothing(place, newer, capsys, text, day, code, value):
    newer.write_text(text, encoding="utf-8")
    for language in LANGUAGES:
        options = ("--language", language, *(("--date", day) if day else ()))
        assert run(institutions, "update", newer, *options) == 1
        [said] = capsys.readouterr().err.splitlines()
        shown = f' "{value}"' if value else ""
        assert said.startswith(f"{code} ")
        assert said.endswith(f"{shown}: {fault_text(code, language)}")
    assert not place.exists()


def test_it_names_every_bad_line_of_a_list(place, newer, capsys):
    lines = [
        "4,국민,은행,004",
        "088,신한은행,은행,088",
        "088,신한은행,은행,088",
        "026,신한은행,은행,999",
        "027,x",
        '028,"x',
        "029,국민은행,은행,004",
    ]
    newer.write_text(HEADING + "\n".join(lines), encoding="utf-8")
    assert run(institutions, "update", newer, "--date", "2026-12-31", "--language", "ko") == 1
    said = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert said == [
        'institution_list_code line 2 "4"',
        'institution_list_repeated line 4 "088"',
        'institution_list_representative line 5 "026 -> 999"',
        'institution_list_row line 6 "027 x"',
        'institution_list_row line 7 "028,"x"',
    ], "line 8 is right: its representative is the code that lost its zeros"
    newer.write_text(HEADING + "4,a,b,004\n" * 50, encoding="utf-8")
    assert run(institutions, "update", newer, "--date", "2026-12-31") == 1
    assert len(capsys.readouterr().err.splitlines()) == 20


def test_it_takes_a_list_that_lacks_a_few_codes(place, newer, capsys):
    fewer = [line for line in NEWER.splitlines(keepends=True) if line[:3] not in ("085", "086", "096")]
    newer.write_text("".join(fewer), encoding="utf-8")
    said = answer(capsys, institutions, "update", newer, "--date", "2026-12-31")
    assert [(each["kind"], each["code"]) for each in said["changes"]] == [
        ("removed", "085"),
        ("removed", "086"),
    ]
    assert said["written"]


def test_a_bad_list_leaves_the_one_taken_over_before(place, newer):
    run(institutions, "update", newer, "--date", "2026-12-31")
    kept = place.read_bytes()
    newer.write_text(NEWER + "x,,,\n", encoding="utf-8")
    assert run(institutions, "update", newer, "--date", "2027-12-31") == 1
    assert place.read_bytes() == kept
    assert parse_list(kept.decode()).date.isoformat() == "2026-12-31"


def test_an_update_mends_a_damaged_own_list(place, newer, capsys):
    place.parent.mkdir()
    place.write_text("damaged", encoding="utf-8")
    use_list(None)
    assert run(institutions, "--language", "ko") == 1
    said = capsys.readouterr().err
    assert said.startswith(f'institution_list_columns {place} line 1 "damaged": 제목 행')
    said = answer(capsys, institutions, "update", newer, "--date", "2026-12-31")
    assert said["written"] == str(place)
    assert answer(capsys, institutions)["institutions"] == 204


def test_it_says_when_the_list_cannot_be_stored(place, newer, capsys):
    place.parent.write_text("a file where the folder should be", encoding="utf-8")
    assert run(institutions, "update", newer, "--date", "2026-12-31") == 1
    assert capsys.readouterr().err.startswith(f"institution_list_unwritable {place} ")


@pytest.mark.parametrize(("language", "added"), [("ko", "추가 096 새은행"), ("zh-hans", "新增 096 새은행")])
def test_it_says_what_changes_in_the_language_asked_for(place, newer, capsys, language, added):
    options = ("--date", "2026-12-31", "--check")
    assert run(institutions, "update", newer, *options, "--language", language) == 0
    said = capsys.readouterr().out
    assert said.startswith(added)
    assert run(institutions, "--language", language, "update", newer, *options) == 0
    assert capsys.readouterr().out == said
    assert run(institutions, "--language", language) == 0
    assert "codes" not in capsys.readouterr().out


def test_it_prints_all_codes_as_json(capsys):
    said = answer(capsys, codes)
    assert len(said) == len(result_codes())
    assert set(said[0]["title"]) == {"ko", "en", "zh-hans"}


def test_it_prints_both_meanings_of_a016(capsys):
    assert [each["given_by"] for each in answer(capsys, codes, "A016")] == ["bank", "institution"]


@pytest.mark.parametrize(
    ("language", "terminal", "first", "last"),
    [
        ("ko", "ko_KR.UTF-8", "0021 잔액 부족 (은행, 수록 파일 EB22 EC22)", "청구 건: 미납, 자동 재청구; 출금동의: 유지; "),
        ("en", "C", "0021 Not enough funds (bank, in EB22 EC22)", "item: unpaid, ask again; mandate: stays; "),
        ("zh-hans", "zh_CN.UTF-8", "0021 余额不足 (银行, 所在文件 EB22 EC22)", "扣款项目: 欠费，自动再次扣款; 扣款授权: 保持; "),
    ],
)  # fmt: skip
def test_it_prints_a_code_in_the_language_asked_for_or_that_of_the_terminal(
    capsys, monkeypatch, language, terminal, first, last
):
    assert run(codes, "0021", "--language", language) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0] == first
    assert said.splitlines()[2].startswith("  " + last)
    monkeypatch.setenv("LC_ALL", terminal)
    assert run(codes, "0021") == 0
    assert capsys.readouterr().out == said
    assert run(codes) == 0
    assert first.split(" (")[0].replace(" ", "  ", 1) in capsys.readouterr().out


def test_every_giver_and_action_has_a_name_in_every_language():
    names = {"giver": Giver, "item": ItemAction, "mandate": MandateAction, "again": ("yes", "no", "unstated")}
    for kind, members in names.items():
        for language in LANGUAGES:
            told = [word(kind, name, language) for name in members]
            assert all(told) and len(set(told)) == len(told)


def test_it_refuses_a_code_that_nobody_gives():
    with pytest.raises(CodeUnknown):
        run(codes, "0000")


def test_the_own_list_lies_in_the_state_folder_unless_a_person_names_another_place(tmp_path, monkeypatch):
    monkeypatch.setenv("MOA_STATE", str(tmp_path / "state"))
    monkeypatch.setenv(institution_codes.LIST_VARIABLE, "/elsewhere/list.tsv")
    name_own_lists()
    assert str(institution_codes.own_list()) == "/elsewhere/list.tsv"
    monkeypatch.delenv(institution_codes.LIST_VARIABLE)
    name_own_lists()
    found = institution_codes.own_list()
    assert found is not None
    assert (
        found == choose_state({"MOA_STATE": str(tmp_path / "state")}, as_root=os.geteuid() == 0) / found.name
    )
    assert found.name == "kftc_institutions.tsv"
