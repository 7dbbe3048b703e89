"""What is read and hashed ahead of the reader tells the same as a stream read in order, whatever stands in the file."""

from __future__ import annotations

import io
import os
import threading
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc import evidence_blocks, evidence_file, evidence_read_ahead, examine
from moa.formats.kftc.evidence_file import EvidenceRecord, examine_evidence
from tests.formats.kftc.test_evidence_file import BLOCK, header, record, trailer, whole

# Small enough that files of a few records do not fit into the window.
ROOM, RUN = 16 * BLOCK, 9 * BLOCK
_BYTES = st.sampled_from(b" 0123456789A\r\n\x00\xff")


@pytest.fixture
def small_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_blocks, "_ROOM", ROOM)
    monkeypatch.setattr(evidence_read_ahead, "_ROOM", RUN)


def told(source: BinaryIO) -> tuple[list[Finding], list[tuple[int, bytes, int, bytes, bytes | None]], object]:
    findings, seen = list[Finding](), list[tuple[int, bytes, int, bytes, bytes | None]]()

    def take(one: EvidenceRecord) -> None:
        data = None if one.data is None else bytes(one.data)
        assert data is None or sha256(data).digest() == one.sha256
        seen.append((one.number, one.identification, one.length, one.sha256, data))

    return findings, seen, examine_evidence(source, findings.append, take, check=False)


def both_told(raw: bytes, path: Path) -> tuple[object, object]:
    path.write_bytes(raw)
    with path.open("rb") as source:
        return told(io.BytesIO(raw)), told(source)


def evidence(number: int, size: int) -> bytes:
    return sha256(b"%d" % number).digest() * (size // 32 + 1)


def file_of(*sizes: int) -> bytes:
    return whole(*(record(n, evidence(n, size)[:size], b"1jpg  ") for n, size in enumerate(sizes, 1)))


@pytest.fixture
def given_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many hashes each run held that was given to the reader."""
    given, take = list[int](), evidence_read_ahead._Chain.take

    def noting(chain: evidence_read_ahead._Chain) -> evidence_read_ahead._Run | None:
        run = take(chain)
        given.append(len(run.hashes) if run is not None else 0)
        return run

    monkeypatch.setattr(evidence_read_ahead._Chain, "take", noting)
    return given


def test_a_large_file_is_hashed_ahead(tmp_path: Path, given_runs: list[int]) -> None:
    raw = file_of(*(300_000 + 7 * n for n in range(12)), *(5_000 + n for n in range(300)))
    plain, ahead = both_told(raw, tmp_path / "file")
    assert plain == ahead
    # All but those that lie in the first window with the header, and the last, behind which nothing comes.
    assert sum(given_runs) >= 312 - 4


@pytest.mark.usefixtures("small_rooms")
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_stands_in_the_file(tmp_path: Path, data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, 20 * BLOCK), min_size=1, max_size=14))
    raw = bytearray(file_of(*sizes))
    starts = [at for at in range(0, len(raw), BLOCK) if raw[at : at + 6] == b"AE1112"]
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.sampled_from(starts)) + data.draw(st.integers(0, 118))
        new = bytes(data.draw(st.lists(_BYTES, min_size=1, max_size=7)))
        change = data.draw(st.sampled_from(["put", "put", "insert", "cut", "end", "length"]))
        if change == "length":
            place = at // BLOCK * BLOCK + 112
            raw[place : place + 7] = b"%07d" % data.draw(st.integers(0, 30 * BLOCK))
        elif change == "end":
            del raw[at:]
        else:
            raw[at : at + (0 if change == "insert" else len(new))] = b"" if change == "cut" else new
    plain, ahead = both_told(bytes(raw), tmp_path / "file")
    assert plain == ahead
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence_file._Reading, "_plain_ones", lambda _: None)
        assert told(io.BytesIO(bytes(raw))) == plain


@pytest.mark.usefixtures("small_rooms")
def test_line_breaks_between_records(tmp_path: Path) -> None:
    records = [record(n, evidence(n, 3_000), b"1jpg  ") for n in range(1, 30)]
    raw = b"\r\n".join([header(29), *records, trailer(29, 29 * 4)])
    plain, ahead = both_told(raw, tmp_path / "file")
    assert plain == ahead


def test_the_blocks_of_evidence_beyond_all_limits_are_counted_between_line_breaks() -> None:
    large = record(1, b"x" * 3_000_000, b"1jpg  ")
    raw = b"\r\n".join(
        [header(2), large, record(2, b"y" * 100, b"1jpg  "), trailer(2, len(large) // BLOCK + 1)]
    )
    findings = told(io.BytesIO(raw))[0]
    assert [each.code for each in findings] == ["0103", "line_breaks"]


@pytest.mark.usefixtures("small_rooms")
def test_many_wrong_guesses(tmp_path: Path) -> None:
    """Each third length leads on to a record, but not to the next one."""
    records = [record(n, evidence(n, 3_000)[:3_000], b"1jpg  ") for n in range(1, 200)]
    for n in range(0, 199, 3):
        records[n] = records[n][:112] + b"%07d" % (8 * BLOCK - 119) + records[n][119:]
    plain, ahead = both_told(whole(*records), tmp_path / "file")
    assert plain == ahead


def test_the_reader_does_all_of_it_where_no_thread_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_runs: list[int]
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    plain, ahead = both_told(file_of(*[200_000] * 20), tmp_path / "file")
    assert plain == ahead
    assert sum(given_runs) > 10


@pytest.mark.parametrize("kept", [0, 1_000, 700_000, 2_500_000])
def test_a_file_that_is_cut_off_while_it_is_read(tmp_path: Path, kept: int) -> None:
    path, findings, seen = tmp_path / "file", list[Finding](), list[int]()
    path.write_bytes(file_of(*[300_000] * 40))

    def take(one: EvidenceRecord) -> None:
        seen.append(one.number)
        if one.number == 6:
            os.truncate(path, kept)

    with path.open("rb") as source:
        examine_evidence(source, findings.append, take, check=False)
    assert len(seen) < 40
    assert [each.code for each in findings][-1:] == ["trailer_missing"]
    assert {each.code for each in findings} <= {"record_length", "evidence_length", "trailer_missing"}


def test_a_file_that_cannot_be_read_on_is_the_reader_s_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(file_of(*[300_000] * 8))

    def refuse(*_: object) -> int:
        raise OSError("input/output error")

    monkeypatch.setattr(os, "preadv", refuse)
    with path.open("rb") as source:
        ahead = told(source)
    assert ahead == told(io.BytesIO(path.read_bytes()))


def test_the_second_thread_ends_with_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(file_of(*[300_000] * 40))
    running = list[str]()

    def fail(one: EvidenceRecord) -> None:
        running.extend(thread.name for thread in threading.enumerate())
        if one.number == 20:
            raise LookupError

    with path.open("rb") as source, pytest.raises(LookupError):
        examine_evidence(source, lambda _: None, fail, check=False)
    assert "evidence-read-ahead" in running
    assert "evidence-read-ahead" not in [thread.name for thread in threading.enumerate()]


def test_a_file_is_read_from_where_it_stands(tmp_path: Path) -> None:
    path, raw = tmp_path / "file", file_of(*[300_000] * 8)
    path.write_bytes(b"before" + raw)
    with path.open("rb") as source:
        source.seek(6)
        ahead = told(source)
    assert ahead == told(io.BytesIO(raw))


def test_any_kind_of_file_is_looked_into_first(tmp_path: Path, given_runs: list[int]) -> None:
    path, raw, seen = tmp_path / "file", file_of(*[300_000] * 12), list[bytes]()
    path.write_bytes(raw)

    def take(one: EvidenceRecord) -> None:
        seen.append(one.sha256)

    with path.open("rb") as source:
        summary = examine(source, lambda _: None, take)
    assert (summary.records, len(seen)) == (12, 12)
    assert sum(given_runs) > 4
