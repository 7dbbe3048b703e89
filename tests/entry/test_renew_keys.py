"""`moa keys`: documents stay readable through a new data key and a new master key."""

from __future__ import annotations

import io

import pytest

from moa.control import documents
from moa.control.group_keys import MasterKeyWrong
from moa.entry import cli
from tests.control.factories import make_group, make_person

CONTENT = "계좌 명세 流水".encode()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored():
    """A treasurer's Context and the number of a document of theirs."""
    ctx = make_person(make_group(), "kim", roles=["treasurer"])
    with ctx.open():
        document = documents.store(ctx, io.BytesIO(CONTENT), name="하루.txt", kind="statement_file")
    return ctx, document.id


def content_of(ctx, document_id: int) -> bytes:
    with ctx.open(), documents.open_document(ctx, document_id) as opened:
        return opened.read()


def test_a_new_data_key_leaves_every_document_readable(stored, capsys):
    assert cli.run(["keys", "rotate", "--as", "kim"]) == 0
    assert capsys.readouterr().out == "Key version 2: 1 documents encrypted again.\n"
    assert content_of(*stored) == CONTENT


def test_a_person_without_the_right_renews_nothing(stored, capsys):
    make_person(stored[0], "lee", roles=["clerk"])
    assert cli.run(["keys", "rotate", "--as", "lee"]) == 1
    assert capsys.readouterr().err.startswith("forbidden permission=control.keys.rotate\n")


def test_a_new_master_key_opens_the_documents_and_the_former_no_longer(stored, tmp_path, monkeypatch, capsys):
    new = tmp_path / "master"
    new.write_bytes(b"n" * 40)
    assert cli.run(["keys", "rewrap", str(new)]) == 0
    assert f"MOA_MASTER_KEY_FILE={new}" in capsys.readouterr().out
    with pytest.raises(MasterKeyWrong):
        content_of(*stored)
    monkeypatch.setenv("MOA_MASTER_KEY_FILE", str(new))
    assert content_of(*stored) == CONTENT


def test_a_master_key_that_is_too_short_changes_nothing(stored, tmp_path, capsys):
    short = tmp_path / "master"
    short.write_bytes(b"short")
    assert cli.run(["keys", "rewrap", str(short)]) == 1
    assert capsys.readouterr().err.startswith("master_key_too_short")
    assert content_of(*stored) == CONTENT
