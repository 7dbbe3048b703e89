"""A newer list of institution codes: what is taken, what is refused, what differs, and which list is in use."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.kftc import institution_codes
from moa.formats.kftc.faults import fault_text
from moa.formats.kftc.institution_codes import LIST_DATE, institution, shipped_list, use_list
from moa.formats.kftc.institution_list import (
    SIZE_LIMIT,
    Change,
    InstitutionList,
    ListRefused,
    changes,
    completed,
    decode_list,
    parse_list,
    read_list,
    write_list,
)

PASTED = """code,name,category,representative
031,iM뱅크,은행,031
096,새은행,은행,096
097,옛은행,은행,096
"""


@pytest.fixture(autouse=True)
def _shipped_again(monkeypatch):
    monkeypatch.delenv(institution_codes.LIST_VARIABLE, raising=False)
    use_list(None)
    yield
    use_list(None)


def test_the_shipped_list_has_the_date_that_its_head_names():
    assert shipped_list().date == LIST_DATE == date(2026, 6, 25)
    assert len(shipped_list().institutions) == 203


def test_our_form_gives_the_same_list_back():
    assert parse_list(write_list(shipped_list())) == shipped_list()


def test_the_shipped_file_is_in_our_form():
    path = Path(institution_codes.__file__).with_name("institution_codes.tsv")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert write_list(shipped_list()).splitlines()[1:] == lines


def test_a_pasted_list_is_read_without_names_and_forms():
    listed = parse_list(PASTED)
    assert (listed.date, listed.complete, list(listed.institutions)) == (None, False, ["031", "096", "097"])


@pytest.mark.parametrize(
    "text",
    [
        PASTED.replace(",", "\t"),
        PASTED.replace("\n", "\r\n"),
        PASTED.replace("code,name,category,representative", "기관코드,금융기관명,구분,대표코드"),
        PASTED.replace("iM뱅크", '"iM뱅크"'),
        PASTED + ",,,\n\n",
        "name,code,representative,category\niM뱅크,031,031,은행\n새은행,096,096,은행\n옛은행,097,096,은행\n",
    ],
)
def test_the_same_list_in_another_dress_is_the_same(text):
    assert parse_list(text) == parse_list(PASTED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_list_is_read_as_a_spreadsheet_saves_it(tmp_path, encoding):
    (tmp_path / "list.csv").write_bytes(PASTED.encode(encoding))
    assert read_list(tmp_path / "list.csv") == parse_list(PASTED)


@pytest.mark.parametrize(
    ("text", "code", "place", "value"),
    [
        ("", "institution_list_columns", "file", "code, name, category, representative"),
        ("code,name,category\n", "institution_list_columns", "line 1", "representative"),
        ("code,name,category,representative,x\n", "institution_list_columns", "line 1", "x"),
        ("code,code,name,category,representative\n", "institution_list_columns", "line 1", "code, code"),
        ("code,name,category,representative\n", "institution_list_empty", "file", None),
        (PASTED + "4,국민,은행,004\n", "institution_list_code", "line 5", "4"),
        (PASTED + "０04,국민,은행,004\n", "institution_list_code", "line 5", "０04"),
        (PASTED + "004,국민,은행,4\n", "institution_list_code", "line 5", "4"),
        (PASTED + ",국민,은행,004\n", "institution_list_code", "line 5", "?"),
        (PASTED + "096,또,은행,096\n", "institution_list_repeated", "line 5", "096"),
        (PASTED + "098,,은행,098\n", "institution_list_row", "line 5", "098 name ''"),
        (PASTED + "098,이름,,098\n", "institution_list_row", "line 5", "098 category ''"),
        (PASTED + "098,이\x07름,은행,098\n", "institution_list_row", "line 5", "098 name '이\\x07름'"),
        (PASTED + "098,이름,은행\n", "institution_list_row", "line 5", "098 이름 은행"),
        (PASTED + '098,"이름,은행,098\n', "institution_list_row", "line 5", '098,"이름,은행,098'),
        (PASTED + "098,이름,은행,099\n", "institution_list_representative", "line 5", "098 -> 099"),
        (PASTED + "098,이름,은행,097\n", "institution_list_representative", "line 5", "098 -> 097"),
        ("# of 2026-13-01\n" + PASTED, "institution_list_date", "line 1", "2026-13-01"),
        (
            "code\tname\tcategory\trepresentative\tformer_names\taccount_templates\n098\t이름\t은행\t098\t\tXX-:new\n",
            "institution_list_template",
            "line 2",
            "XX-:new",
        ),
    ],
)
def test_it_refuses_a_list_at_its_first_fault(text, code, place, value):
    with pytest.raises(ListRefused) as refused:
        parse_list(text)
    assert refused.value.code == code
    assert (refused.value.facts["place"], refused.value.facts.get("value")) == (place, value)
    assert refused.value.sentence == fault_text(code, "en")


def test_it_refuses_bytes_that_are_no_text():
    with pytest.raises(ListRefused, match="institution_list_encoding"):
        decode_list(b"\xff\xfe\x00\x80")


def test_it_refuses_a_file_too_large_without_reading_it(tmp_path):
    path = tmp_path / "sparse.csv"
    with path.open("wb") as sparse:
        sparse.truncate(20_000_000_000)
    with pytest.raises(ListRefused, match="file_too_large"):
        read_list(path)
    assert SIZE_LIMIT < 20_000_000_000


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_refused(text):
    for whole in (text, PASTED + text):
        try:
            listed = parse_list(whole)
        except ListRefused as refusal:
            assert refusal.sentence
        else:
            assert parse_list(write_list(listed)).institutions == listed.institutions


def test_an_empty_representative_stands_for_nobody():
    listed = parse_list(PASTED + "051,기타외국계은행,은행,\n")
    assert not listed.institutions["051"].is_representative


def test_a_pasted_list_keeps_what_we_know_besides():
    new = completed(parse_list(PASTED), shipped_list())
    was, now = shipped_list().institutions["031"], new.institutions["031"]
    assert now.account_templates == was.account_templates != ()
    assert now.former_names == (was.name, *was.former_names), "the name just given up is a former name"
    assert new.institutions["096"].former_names == ()
    assert new.complete


def test_a_complete_list_is_taken_as_it_is():
    assert completed(shipped_list(), parse_list(PASTED)) is shipped_list()


def test_what_differs_is_named_by_code_and_kind():
    old = parse_list(PASTED)
    new = parse_list(
        "code,name,category,representative\n031,iM뱅크,기타,031\n097,더옛은행,은행,097\n098,또은행,은행,097\n"
    )
    assert changes(old, new) == [
        Change("recategorised", "031", "은행", "기타"),
        Change("removed", "096", "새은행", ""),
        Change("renamed", "097", "옛은행", "더옛은행"),
        Change("remapped", "097", "096", "097"),
        Change("added", "098", "", "또은행"),
    ]
    assert changes(new, new) == []


def test_a_change_of_account_forms_is_named():
    was = shipped_list().institutions["045"]
    bare = InstitutionList(LIST_DATE, {"045": replace(was, account_templates=was.account_templates[:1])})
    full = InstitutionList(LIST_DATE, {"045": was})
    forms = [str(template) for template in was.account_templates]
    assert changes(bare, full) == [Change("detailed", "045", forms[0], " ".join(forms))]


def own(tmp_path, day, text=PASTED):
    path = tmp_path / "own.tsv"
    path.write_text(f"# of {day}\n{text}", encoding="utf-8")
    return path


def test_a_newer_list_of_the_installation_is_in_use(tmp_path, monkeypatch):
    monkeypatch.setenv(institution_codes.LIST_VARIABLE, str(own(tmp_path, "2026-12-31")))
    use_list(None)
    assert institution("096").name == "새은행"
    assert institution_codes.representative("097").code == "096"
    assert "004" not in institution_codes.institutions()


def test_a_list_that_a_caller_names_is_in_use(tmp_path):
    use_list(own(tmp_path, "2026-12-31"))
    assert institution("096").name == "새은행"
    use_list(None)
    assert "096" not in institution_codes.institutions()


def test_an_older_list_of_the_installation_gives_way_to_the_shipped_one(tmp_path):
    use_list(own(tmp_path, "2026-06-24"))
    assert institution_codes.list_in_use() is shipped_list()


def test_a_list_that_is_not_there_yet_leaves_the_shipped_one(tmp_path):
    use_list(tmp_path / "absent.tsv")
    assert institution_codes.list_in_use() is shipped_list()


@pytest.mark.parametrize(
    ("head", "code"),
    [("# no date\n", "institution_list_date"), ("# of 2027-01-01\nx\n", "institution_list_columns")],
)
def test_it_refuses_to_work_with_a_damaged_own_list(tmp_path, head, code):
    path = tmp_path / "own.tsv"
    path.write_text(head + PASTED, encoding="utf-8")
    use_list(path)
    with pytest.raises(ListRefused, match=code):
        institution("004")
