"""Keys of documents: wrapped by the master key, renewed while documents are read, and never lost half-way."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moa.control import documents
from moa.control.context import Context
from moa.control.group_keys import (
    MasterKeyTooShort,
    MasterKeyWrong,
    content_key,
    master_key,
    master_key_from,
    rewrap,
)
from moa.control.models import Document, GroupKey
from moa.control.sealed_files import CHUNK
from moa.kernel.errors import Forbidden
from tests.control.factories import TwoGroups, make_group, make_person


def _content(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def _store(ctx: Context, content: bytes, kind: str = "statement_file", name: str = "a.csv") -> Document:
    return documents.store(ctx, io.BytesIO(content), name=name, kind=kind)


def _read(ctx: Context, document: Document) -> bytes:
    with documents.open_document(ctx, document.id) as stream:
        return stream.read()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "documents").rglob("*") if path.is_file())


class TestKeys:
    def test_another_master_key_opens_nothing_and_says_so(
        self, ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = _store(ctx, b"x")
        other = tmp_path / "other_master"
        other.write_bytes(b"m" * 40)
        monkeypatch.setenv("MOA_MASTER_KEY_FILE", str(other))
        with pytest.raises(MasterKeyWrong):
            _read(ctx, document)

    def test_a_master_key_file_that_holds_too_little_is_refused(self) -> None:
        with pytest.raises(MasterKeyTooShort):
            master_key_from(b"short  \n")

    def test_keys_wrapped_again_open_with_the_new_master_key_only(
        self, ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = _store(ctx, b"x")
        former, new = master_key(), tmp_path / "new_master"
        new.write_bytes(b"n" * 40)
        monkeypatch.setenv("MOA_MASTER_KEY_FILE", str(new))
        assert rewrap(ctx, former, master_key()) == 2
        assert rewrap(ctx, former, master_key()) == 0
        assert _read(ctx, document) == b"x"
        monkeypatch.delenv("MOA_MASTER_KEY_FILE")
        with pytest.raises(MasterKeyWrong):
            _read(ctx, document)

    def test_a_wrapped_key_of_one_group_does_not_serve_another(
        self, two_groups: TwoGroups, folder: Path
    ) -> None:
        with two_groups.stranger.open():
            _store(two_groups.stranger, b"theirs")
            stolen = bytes(GroupKey.objects.get(purpose="content").wrapped)
        with two_groups.person.open():
            _store(two_groups.person, b"mine")
            GroupKey.objects.filter(purpose="content").update(wrapped=stolen)
            with pytest.raises(MasterKeyWrong):
                content_key(two_groups.person)


@pytest.mark.usefixtures("transactional_db")
class TestRotation:
    def test_every_document_is_sealed_under_the_new_key_and_an_open_reader_reads_on(
        self, folder: Path
    ) -> None:
        ctx = make_person(make_group(), roles=["treasurer"])
        with ctx.open():
            stored = [_store(ctx, _content(2 * CHUNK)), _store(ctx, b"small")]
            refused = documents.refuse(
                ctx, io.BytesIO(b"r"), name="r", kind="statement_file", code="resident_number"
            )
        before = [path.read_bytes() for path in _files(folder)]
        with ctx.open(), documents.open_document(ctx, stored[0].id) as reader:
            start = reader.read(10)
            done = _in_thread(lambda: documents.rotate_keys(ctx))
            assert start + reader.read() == _content(2 * CHUNK)
        assert (done.version, done.documents, done.damaged) == (2, 2, ())
        assert all(path.read_bytes() != raw for path, raw in zip(_files(folder), before, strict=True))
        with ctx.open():
            assert [_read(ctx, document) for document in stored] == [_content(2 * CHUNK), b"small"]
            assert set(Document.objects.filter(stored=True).values_list("key_version", flat=True)) == {2}
            assert Document.objects.get(id=refused.id).key_version is None
            assert _store(ctx, b"later").key_version == 2

    def test_a_rotation_inside_a_transaction_is_refused(self, folder: Path) -> None:
        ctx = make_person(make_group(), roles=["treasurer"])
        with pytest.raises(RuntimeError, match="durable"), ctx.open():
            documents.rotate_keys(ctx)

    def test_a_rotation_that_stops_half_way_loses_nothing_and_the_next_one_ends_it(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ctx = make_person(make_group(), roles=["treasurer"])
        with ctx.open():
            stored = [_store(ctx, b"one"), _store(ctx, b"two"), _store(ctx, b"three")]
        write, written = documents._write_sealed, list[Path]()

        def fail_at_the_second(path: Path, *rest: Any, **named: Any) -> None:
            written.append(path)
            write(path, *rest, **named)
            if len(written) == 2:
                raise OSError("no space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(documents, "_write_sealed", fail_at_the_second)
            with pytest.raises(OSError, match="no space"):
                documents.rotate_keys(ctx)
        with ctx.open():
            assert [_read(ctx, document) for document in stored] == [b"one", b"two", b"three"]
        assert documents.rotate_keys(ctx).documents == 3
        with ctx.open():
            assert [_read(ctx, document) for document in stored] == [b"one", b"two", b"three"]

    def test_a_damaged_document_is_named_and_the_others_are_sealed_again(self, folder: Path) -> None:
        ctx = make_person(make_group(), roles=["treasurer"])
        with ctx.open():
            good, bad = _store(ctx, b"good"), _store(ctx, b"bad")
        path = folder / "documents" / str(ctx.group_id) / bad.storage_name[:2] / bad.storage_name
        path.write_bytes(path.read_bytes()[:-1] + b"!")
        done = documents.rotate_keys(ctx)
        assert (done.documents, done.damaged) == (1, (bad.id,))
        with ctx.open():
            assert _read(ctx, good) == b"good"

    def test_who_lacks_the_right_changes_no_key(self, folder: Path) -> None:
        ctx = make_person(make_group(), roles=["auditor"])
        with pytest.raises(Forbidden):
            documents.rotate_keys(ctx)
        with ctx.open():
            assert not GroupKey.objects.exists()


def _closing(work: Any) -> Any:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run


def _in_thread(work: Any) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=_closing(lambda: results.append(work())))
    thread.start()
    thread.join(20)
    return results[0]
