"""Documents: kept sealed, read back exactly, damaged ones named, and removed when their time is over."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
from moa.control.models import AuditLine, Document, GroupKey
from moa.control.rules import retain_until
from moa.control.sealed_files import CHUNK, DocumentDamaged, SealedReader, seal
from moa.kernel.errors import Forbidden, NotFound
from tests.control.factories import TwoGroups, make_group, make_person

KEY, LABEL = bytes(range(32)), b"name"
TAG, HEADER = 16, 24
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK]


def _content(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def _sealed(content: bytes) -> bytearray:
    target = io.BytesIO()
    seal(io.BytesIO(content), target, key=KEY, key_version=1, size=len(content), label=LABEL)
    return bytearray(target.getvalue())


def _opened(raw: bytes | bytearray, key: bytes = KEY, label: bytes = LABEL) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(bytes(raw)), key, label)).read()


class TestSealedFiles:
    @pytest.mark.parametrize("size", EDGES)
    def test_what_was_sealed_is_read_back(self, size: int) -> None:
        content = _content(size)
        assert _opened(_sealed(content)) == content

    @settings(max_examples=60, deadline=None)
    @given(
        size=st.integers(0, 3 * CHUNK + 5) | st.sampled_from(EDGES),
        places=st.lists(st.tuples(st.integers(0, 4 * CHUNK), st.integers(0, CHUNK + 9)), max_size=6),
    )
    def test_any_part_can_be_read_in_any_order(self, size: int, places: list[tuple[int, int]]) -> None:
        content = _content(size)
        reader = io.BufferedReader(SealedReader(io.BytesIO(bytes(_sealed(content))), KEY, LABEL))
        for start, length in places:
            assert reader.seek(start) == start
            assert reader.read(length) == content[start : start + length]
        assert reader.seek(0, os.SEEK_END) == size

    @pytest.mark.parametrize("size", [0, 100, CHUNK, 2 * CHUNK + 7])
    def test_a_cut_file_does_not_open(self, size: int) -> None:
        raw = _sealed(_content(size))
        for kept in {0, 3, HEADER, len(raw) - 1, max(0, len(raw) - TAG), len(raw) - CHUNK} - {len(raw)}:
            if kept >= 0:
                with pytest.raises(DocumentDamaged):
                    _opened(raw[:kept])

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(size=st.sampled_from([0, 1, 70_000]), place=st.floats(0, 0.999999), bit=st.integers(0, 7))
    def test_a_flipped_bit_anywhere_does_not_open(self, size: int, place: float, bit: int) -> None:
        raw = _sealed(_content(size))
        raw[int(place * len(raw))] ^= 1 << bit
        # The version of the key stands in the header; the reader is given the key that it names.
        with pytest.raises(DocumentDamaged):
            _opened(raw)

    def test_swapped_chunks_do_not_open(self) -> None:
        raw = _sealed(_content(3 * CHUNK))
        step = CHUNK + TAG
        one, two = raw[HEADER : HEADER + step], raw[HEADER + step : HEADER + 2 * step]
        raw[HEADER : HEADER + step], raw[HEADER + step : HEADER + 2 * step] = two, one
        with pytest.raises(DocumentDamaged):
            _opened(raw)

    def test_a_chunk_of_another_file_does_not_open(self) -> None:
        raw, other = _sealed(_content(CHUNK)), _sealed(_content(CHUNK))
        raw[HEADER:] = other[HEADER:]
        with pytest.raises(DocumentDamaged):
            _opened(raw)

    def test_a_longer_file_does_not_open(self) -> None:
        with pytest.raises(DocumentDamaged):
            _opened(_sealed(b"abc") + b"x")

    def test_neither_another_key_nor_another_name_opens_it(self) -> None:
        with pytest.raises(DocumentDamaged):
            _opened(_sealed(b"abc"), key=bytes(32))
        with pytest.raises(DocumentDamaged):
            _opened(_sealed(b"abc"), label=b"another")

    def test_the_plain_text_is_not_in_it(self) -> None:
        assert b"0123456789" not in _sealed(_content(1000))

    def test_a_source_shorter_than_its_size_is_refused(self) -> None:
        with pytest.raises(DocumentDamaged):
            seal(io.BytesIO(b"abc"), io.BytesIO(), key=KEY, key_version=1, size=4, label=LABEL)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.STATE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def ctx(db: None, folder: Path) -> Iterator[Context]:
    ctx = make_person(make_group(), roles=["treasurer"])
    with ctx.open():
        yield ctx


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

        monkeypatch.setattr(documents, "_write_sealed", fail_at_the_second)
        with pytest.raises(OSError, match="no space"):
            documents.rotate_keys(ctx)
        monkeypatch.undo()
        monkeypatch.setattr("django.conf.settings.STATE_DIR", folder)
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


def _in_thread(work: Any) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=_closing(lambda: results.append(work())))
    thread.start()
    thread.join(20)
    return results[0]
