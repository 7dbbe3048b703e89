"""A MAC that a caller computes is written into the trailer and verified there; without one it is spaces."""

import io
from datetime import date
from hashlib import sha256

import pytest

from moa.formats.fixed_width.kinds import Blank
from moa.formats.kftc import judging, reading
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.reading import examine
from moa.formats.kftc.writing import build
from tests.formats.kftc.sample_files import INSTITUTION, KINDS, row


class Accounts:
    """Ten signs of a hash of everything it is given; it keeps the accounts and the records."""

    made: list["Accounts"] = []

    def __init__(self, kind):
        self.kind, self.records = kind, []
        self.made.append(self)

    def update(self, record):
        self.records.append(record)

    def digest(self):
        return sha256(b"".join(self.records)).hexdigest()[:10].encode()


def takes(layout, name):
    return layout.has(name) and not isinstance(layout.field(name).kind, Blank)


def built(kind, mac, count=30):
    out, found = io.BytesIO(), []
    sides = {"account": "12345678901", "bank_branch": "0040000"} if kind[:3] not in ("EB1",) else {}
    layout = file_kinds()[kind].data
    said = [
        row(kind, number) | {"application_type": "3", "handling_branch": "0123"}
        for number in range(1, count + 1)
    ]
    rows = [{name: text for name, text in each.items() if takes(layout, name)} for each in said]
    build(kind, rows, out, found.append, institution=INSTITUTION, date=date(2026, 7, 16), mac=mac, **sides)
    assert [each for each in found if each.severity == "error"] == []
    return out.getvalue()


def told(data, mac):
    found = []
    examine(io.BytesIO(data), found.append, mac=mac)
    return [(each.code, each.record, each.field, each.value) for each in found if each.severity == "error"]


@pytest.fixture(params=[8_192, 7])
def pieces(request, monkeypatch):
    monkeypatch.setattr(reading, "RECORDS_AT_A_TIME", request.param)
    monkeypatch.setattr(judging, "_TOO_FEW", 2)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_written_and_verified(kind, pieces):
    length, data = file_kinds()[kind].record_length, built(kind, Accounts)
    records = [data[at : at + length] for at in range(0, len(data), length)]
    assert Accounts.made[-1].records == [*records[:-1], records[-1][:-10] + b" " * 10]
    assert told(data, Accounts) == told(data, None) == []


def test_without_one_it_is_spaces_and_anything_is_accepted():
    data = built("EB13", None)
    assert data[-10:] == b" " * 10
    assert told(data[:-10] + b"ABCDEF1234", None) == []


@pytest.mark.parametrize("mac", [b"ABCDEF1234", b" " * 10])
def test_another_is_told_at_the_trailer(mac, pieces):
    data = built("EB21", Accounts)
    assert told(data[:-10] + mac, Accounts) == [("mac_mismatch", 32, "mac", mac.decode().strip())]


def test_a_changed_account_is_noticed(pieces):
    data = bytearray(built("EB21", Accounts))
    at = 150 * 9 + 30
    data[at : at + 1] = b"9"
    assert [code for code, *_ in told(bytes(data), Accounts)] == ["mac_mismatch"]


@pytest.mark.parametrize("break_", [b"\n", b"\r\n"])
def test_line_breaks_do_not_enter_it(break_):
    data = built("EB13", Accounts)
    assert told(break_.join(data[at : at + 120] for at in range(0, len(data), 120)), Accounts) == []


def test_where_a_record_is_broken_nothing_is_compared():
    data = built("EB13", Accounts)
    assert [code for code, *_ in told(data[:1_300] + data[1_302:], Accounts)] == ["record_length"]
    assert [code for code, *_ in told(data[:120] + data[:120] + data[120:], Accounts)] == ["header_repeated"]


def test_a_file_of_evidence_has_no_place_for_it():
    found = []
    build(
        "EI13", [], io.BytesIO(), found.append, institution=INSTITUTION, date=date(2026, 7, 16), mac=Accounts
    )
    assert ("value_not_taken", "mac") in [(each.code, each.field) for each in found]


@pytest.mark.parametrize("given", [b"short", b"eleven char", b"\x00" * 10, "가나다라마".encode("cp949")])
def test_what_can_not_stand_in_the_field_is_an_error_of_the_program(given):
    class Wrong(Accounts):
        def digest(self):
            return given

    with pytest.raises(ValueError, match="10 printable"):
        built("EB13", Wrong)
