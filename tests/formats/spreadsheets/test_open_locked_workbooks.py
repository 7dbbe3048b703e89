"""Workbooks behind a password open with it, and say plainly when it is missing or wrong."""

from __future__ import annotations

import io
import struct

import olefile
import pytest

from tests.formats.spreadsheets.locked import locked_xls, locked_xlsx
from tests.formats.spreadsheets.tables import HEADER, ROWS, TITLES, read_bytes, xls, xlsx

TABLE = [*TITLES, HEADER, *ROWS]
LOCKED = {
    "xlsx": locked_xlsx(xlsx(TABLE), "8001011"),
    "xls": locked_xls(xls(TABLE), "8001011"),
}


@pytest.mark.parametrize("kind", LOCKED)
def test_the_password_opens_the_workbook(kind):
    told = read_bytes(LOCKED[kind], password="8001011")
    assert told.problems == []
    assert told.facts.format == kind
    assert told.signed == [-300_000, 50_000, -20_000]


@pytest.mark.parametrize("kind", LOCKED)
def test_without_a_password_it_asks_for_one(kind):
    assert read_bytes(LOCKED[kind]).errors == [("password_needed", "file", "", "")]


@pytest.mark.parametrize("kind", LOCKED)
@pytest.mark.parametrize("password", ["8001012", "비밀번호", "x" * 300])
def test_a_wrong_password_is_said_to_be_wrong(kind, password):
    told = read_bytes(LOCKED[kind], password=password)
    assert told.errors == [("password_wrong", "file", "", "")]


def test_a_password_that_no_one_needs_is_ignored():
    assert read_bytes(xlsx(TABLE), password="x").problems == []


@pytest.mark.parametrize(
    "make",
    [lambda: locked_xlsx(xlsx(TABLE), "VelvetSweatshop"), lambda: locked_xls(xls(TABLE), "VelvetSweatshop")],
)
def test_a_workbook_that_is_only_closed_to_changes_opens_without(make):
    assert read_bytes(make()).problems == []


def test_a_description_of_the_encryption_with_entities_is_refused():
    workbook = bytearray(LOCKED["xlsx"])
    ole = olefile.OleFileIO(io.BytesIO(bytes(workbook)))
    info = ole.openstream("EncryptionInfo").read()
    hostile = info[:8] + b'<!DOCTYPE x [<!ENTITY a "a">]>' + info[8 + 30 :]
    at = bytes(workbook).index(info[:64])
    assert struct.unpack_from("<HH", info) == (4, 4)
    workbook[at : at + 64] = hostile[:64]
    assert [error[0] for error in read_bytes(bytes(workbook), password="8001011").errors] == [
        "workbook_entities"
    ]


def test_a_locked_workbook_beyond_the_limit_is_not_unlocked():
    told = read_bytes(LOCKED["xlsx"], password="8001011", max_sheet_bytes=1000)
    assert [error[0] for error in told.errors] == ["workbook_too_large"]
