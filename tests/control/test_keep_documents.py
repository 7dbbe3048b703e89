"""Documents: kept sealed, read back exactly, damaged ones named, and removed when their time is over."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moa.control import documents
from moa.control.context import Context
from moa.control.models import AuditLine, Document
from moa.control.rules import retain_until
from moa.control.sealed_files import CHUNK, DocumentDamaged
from moa.kernel.errors import NotFound
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


class TestStoring:
    @pytest.mark.parametrize("size", [0, 5, CHUNK + 1])
    def test_a_stored_file_is_read_back(self, ctx: Context, size: int) -> None:
        document = _store(ctx, _content(size))
        assert _read(ctx, document) == _content(size)
        assert (document.size_bytes, document.name, document.stored) == (size, "a.csv", True)
        assert document.sha256 == hashlib.sha256(_content(size)).hexdigest()

    def test_the_same_bytes_again_give_the_same_row_and_no_second_line(self, ctx: Context) -> None:
        first = _store(ctx, b"same")
        assert _store(ctx, b"same", name="b.csv").id == first.id
        assert AuditLine.objects.filter(code="control.document.stored").count() == 1

    def test_the_file_on_disk_shows_neither_content_nor_hash(self, ctx: Context, folder: Path) -> None:
        document = _store(ctx, b"the plain text of a statement")
        [path] = _files(folder)
        assert b"plain text" not in path.read_bytes()
        assert path.name != document.sha256 and document.sha256 not in str(path)
        # Nor can whoever has the file's plain bytes tell from the name whether it is here.
        for known in (b"the plain text of a statement", b"statement_file:" + document.sha256.encode()):
            assert path.name != hashlib.sha256(known).hexdigest()
        assert path.stat().st_mode & 0o077 == 0

    def test_a_file_that_was_lost_on_disk_is_named_and_comes_back_with_the_next_upload(
        self, ctx: Context, folder: Path
    ) -> None:
        document = _store(ctx, b"lost")
        _files(folder)[0].unlink()
        with pytest.raises(DocumentDamaged):
            _read(ctx, document)
        assert _store(ctx, b"lost").id == document.id
        assert _read(ctx, document) == b"lost"

    @pytest.mark.parametrize("place", [0, 5, 20, 30, -1])
    def test_a_changed_byte_on_disk_is_named(self, ctx: Context, folder: Path, place: int) -> None:
        document = _store(ctx, b"content of a document")
        [path] = _files(folder)
        raw = bytearray(path.read_bytes())
        raw[place] ^= 0x40
        path.write_bytes(bytes(raw))
        with pytest.raises(DocumentDamaged):
            _read(ctx, document)

    def test_one_document_in_the_place_of_another_is_named(self, ctx: Context, folder: Path) -> None:
        documents_ = [_store(ctx, b"one"), _store(ctx, b"two")]
        one, two = _files(folder)
        one_raw = one.read_bytes()
        one.write_bytes(two.read_bytes())
        two.write_bytes(one_raw)
        for document in documents_:
            with pytest.raises(DocumentDamaged):
                _read(ctx, document)

    def test_a_kind_without_a_retention_is_a_fault_of_ours(self, ctx: Context) -> None:
        with pytest.raises(ValueError, match="no retention"):
            _store(ctx, b"x", kind="whatever")

    def test_a_name_too_long_for_its_column_is_refused(self, ctx: Context) -> None:
        with pytest.raises(documents.DocumentNameTooLong):
            _store(ctx, b"x", name="n" * 256)

    def test_a_document_that_is_not_there_is_not_found(self, ctx: Context) -> None:
        with pytest.raises(NotFound), documents.open_document(ctx, 10**9):
            pass


class TestGroups:
    def test_the_same_file_of_two_groups_is_kept_apart(self, two_groups: TwoGroups, folder: Path) -> None:
        with two_groups.person.open():
            mine = _store(two_groups.person, b"same bytes")
        with two_groups.stranger.open():
            theirs = _store(two_groups.stranger, b"same bytes")
            assert AuditLine.objects.filter(code="control.document.stored").count() == 1
            with pytest.raises(NotFound), documents.open_document(two_groups.stranger, mine.id):
                pass
        one, two = _files(folder)
        assert one.name != two.name and mine.storage_name != theirs.storage_name

    def test_another_groups_file_under_our_name_does_not_open(
        self, two_groups: TwoGroups, folder: Path
    ) -> None:
        with two_groups.stranger.open():
            theirs = _store(two_groups.stranger, b"theirs")
            [path] = _files(folder)
        with two_groups.person.open():
            mine = _store(two_groups.person, b"mine")
            [own] = [found for found in _files(folder) if found != path]
            own.write_bytes(path.read_bytes())
            with pytest.raises(DocumentDamaged):
                _read(two_groups.person, mine)
        assert theirs.id != mine.id


class TestRefusing:
    def test_of_a_refused_file_only_hash_size_and_error_stay(self, ctx: Context, folder: Path) -> None:
        document = documents.refuse(
            ctx, io.BytesIO(b"secret"), name="a.csv", kind="statement_file", code="resident_number"
        )
        assert (document.stored, document.refusal, document.size_bytes) == (False, "resident_number", 6)
        assert document.sha256 == hashlib.sha256(b"secret").hexdigest()
        assert not (folder / "documents").exists()
        with pytest.raises(documents.DocumentNotKept) as caught:
            _read(ctx, document)
        assert caught.value.facts["refusal"] == "resident_number"

    def test_refusing_a_file_that_is_kept_removes_its_bytes(
        self, ctx: Context, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        _store(ctx, b"secret")
        with django_capture_on_commit_callbacks(execute=True):
            document = documents.refuse(
                ctx, io.BytesIO(b"secret"), name="a.csv", kind="statement_file", code="resident_number"
            )
        assert (document.stored, document.refusal, _files(folder)) == (False, "resident_number", [])

    def test_forgotten_bytes_go_only_after_the_commit(
        self, ctx: Context, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        document = _store(ctx, b"secret")
        with django_capture_on_commit_callbacks() as callbacks:
            documents.forget_content(ctx, document, code="resident_number")
        assert len(_files(folder)) == 1
        for callback in callbacks:
            callback()
        assert _files(folder) == []

    def test_bytes_that_came_again_before_the_removal_stay(
        self, ctx: Context, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        document = _store(ctx, b"again")
        with django_capture_on_commit_callbacks() as callbacks:
            documents.forget_content(ctx, document, code="resident_number")
        assert _store(ctx, b"again").id == document.id
        for callback in callbacks:
            callback()
        assert _read(ctx, document) == b"again"


class TestRetention:
    def test_bytes_go_when_their_time_is_over_and_the_row_stays(
        self, ctx: Context, folder: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        old, new = _store(ctx, b"old"), _store(ctx, b"new")
        Document.objects.filter(id=old.id).update(retain_until=date(2026, 11, 19))
        Document.objects.filter(id=new.id).update(retain_until=date(2026, 11, 20))
        with django_capture_on_commit_callbacks(execute=True):
            assert documents.purge_expired(ctx) == 1
        old.refresh_from_db()
        assert (old.stored, old.refusal, old.sha256) == (
            False,
            "retention_over",
            hashlib.sha256(b"old").hexdigest(),
        )
        assert _read(ctx, new) == b"new" and len(_files(folder)) == 1

    @pytest.mark.parametrize(
        ("came", "kind", "kept_until"),
        [
            (date(2026, 11, 20), "statement_file", date(2036, 11, 20)),
            (date(2028, 2, 29), "rate_file", date(2033, 3, 1)),
            (date(2028, 2, 29), "attachment", date(2038, 3, 1)),
        ],
    )
    def test_a_kind_is_kept_to_the_day(self, came: date, kind: str, kept_until: date) -> None:
        assert retain_until(came, kind) == kept_until

    def test_a_sweep_removes_what_no_row_names_and_leaves_what_is_being_written(
        self, ctx: Context, folder: Path
    ) -> None:
        document = _store(ctx, b"named")
        [named] = _files(folder)
        orphan, draft = named.parent / ("0" * 64), named.parent / ".draft-now"
        for path in (orphan, draft):
            path.write_bytes(b"x")
        two_days_ago = ctx.at.timestamp() - 2 * 86_400
        for path in (orphan, named):
            os.utime(path, (two_days_ago, two_days_ago))
        os.utime(draft, (ctx.at.timestamp(), ctx.at.timestamp()))
        assert documents.sweep_unnamed(ctx) == 1
        assert not orphan.exists() and draft.exists() and _read(ctx, document) == b"named"


@pytest.mark.usefixtures("transactional_db")
class TestTheSameMoment:
    def test_the_same_file_from_two_threads_is_one_row(self, folder: Path) -> None:
        ctx = make_person(make_group(), roles=["treasurer"])
        both_read = threading.Barrier(2)
        ids: list[int] = []

        class Meeting(io.BytesIO):
            """Both threads have measured their stream before either stores it."""

            met = False

            def read(self, size: int | None = -1) -> bytes:
                raw = super().read(size)
                if not raw and not self.met:
                    self.met = True
                    both_read.wait(10)
                return raw

        def upload() -> None:
            with ctx.open():
                source = Meeting(_content(CHUNK + 3))
                ids.append(documents.store(ctx, source, name="a.csv", kind="statement_file").id)

        threads = [threading.Thread(target=_closing(upload)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        with ctx.open():
            [document] = Document.objects.all()
            assert ids == [document.id, document.id]
            assert _read(ctx, document) == _content(CHUNK + 3)
            assert AuditLine.objects.filter(code="control.document.stored").count() == 1


def _closing(work: Any) -> Any:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run
