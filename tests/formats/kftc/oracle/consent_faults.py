"""Faults of EI13: the frame of its blocks, what identifies the evidence, and the evidence itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from tests.formats.kftc.oracle import consents, files, pictures
from tests.formats.kftc.oracle.consents import Consent
from tests.formats.kftc.oracle.structure_faults import LAST, Edit, put
from tests.formats.kftc.oracle.verdict import ANY, Fault, Mutation

# Record 2 is a JPEG of kind 1, with filler behind it.
EDITS = (
    Edit("another kind of record", 2, 6, b"44", "0081", "record_type", ANY),
    Edit("a number that jumps", 3, 8, b"0000099", "0081", "seq"),
    Edit("a number that repeats the one before", 3, 8, b"0000001", "0081", "seq"),
    Edit("a letter in a number", 3, 8, b"000000A", "0081|0088", "seq"),
    Edit("a header numbered 1", 1, 8, b"0000001", "0081", "seq"),
    Edit("a trailer not all nines", LAST, 8, b"9999998", "0081", "seq"),
    Edit("dirt in the header's filler", 1, 900, b"x", "0089", "filler"),
    Edit("dirt in a row's filler", 2, 15, b"x", "0089", "filler"),
    Edit("dirt in the trailer's filler", LAST, 1023, b"x", "0089", "filler"),
    Edit("another institution in a row", 2, 25, b"9900000001", "institution_mismatch", "institution_code"),
    Edit("another institution in the trailer", LAST, 15, b"9900000001", "institution_mismatch",
         "institution_code"),
    Edit("dirt behind the header's institution", 1, 40, b"7", "institution_invalid|0088|0089",
         "institution_code"),
    Edit("dirt behind a row's institution", 2, 40, b"7",
         "institution_mismatch|institution_invalid|0088|0089|0098", "institution_code"),
    Edit("dirt behind the trailer's institution", LAST, 30, b"x",
         "institution_mismatch|institution_invalid|0088|0089|0098", "institution_code"),
    Edit("the thirteenth month", 1, 15, b"20261332", "date_invalid", "application_date"),
    Edit("letters in the date", 1, 15, b"2026AB01", "date_invalid|0088", "application_date"),
    Edit("more evidence announced than there is", 1, 43, b"0000999", "count_mismatch",
         "evidence_count|data_count"),
    Edit("a letter in the count of the header", 1, 43, b"000000A", "0088", "evidence_count"),
    Edit("a wrong count in the trailer", LAST, 35, b"0000999", "count_mismatch", "data_count"),
    Edit("a letter in the count of the trailer", LAST, 35, b"00000O1", "0088", "data_count"),
    Edit("a wrong count of blocks", LAST, 42, b"0000009999", "block_count_mismatch", "block_count"),
    Edit("a letter in the count of blocks", LAST, 42, b"00000000O9", "0088", "block_count"),
    Edit("a special character in a payer's number", 2, 45, b"P-1001", "0088", "payer_no"),
    Edit("letters in a bank's code", 2, 75, b"0A4", "0011|0088", "bank_code"),
    Edit("a bank that is in no list", 2, 75, b"999", "0011", "bank_code"),
    Edit("a hyphen in an account", 2, 78, b"110-234-567890      ", "0088", "account_no"),
    Edit("a space inside an account", 2, 78, b"12345 12345         ", "0098", "account_no"),
    Edit("no account", 2, 78, b" " * 20, ANY, "account_no"),
    Edit("an impossible application date", 2, 98, b"20251301", "A011|date_invalid", "application_date"),
    Edit("an application date after the file's", 2, 98, b"20991231", "A011", "application_date"),
    Edit("a kind of evidence 9", 2, 106, b"9", "0101", "evidence_type"),
    Edit("a kind of evidence 0", 2, 106, b"0", "0101", "evidence_type"),
    Edit("no kind of evidence", 2, 106, b" ", "0101|0088", "evidence_type"),
    Edit("a picture as a recording", 2, 106, b"4", "0101|0102", "evidence_type|extension"),
    Edit("an extension in no list", 2, 107, b"bmp  ", "0102", "extension"),
    Edit("no extension", 2, 107, b"     ", "0102", "extension"),
    Edit("letters in the length", 2, 112, b"00O1000", "0088|evidence_length", "evidence_length", ANY),
    Edit("a length of nothing", 2, 112, b"0000000", ANY, ANY, ANY),
    Edit("a length beyond the file", 2, 112, b"0290000", ANY, ANY, ANY),
)  # fmt: skip


def consent_faults(kind: str, seed: int) -> Iterator[Mutation]:
    assert kind == "EI13"
    day, institution = files.day_of(seed), files.institution_of(seed)
    rows = plain_rows(seed, day)
    records = consents.records(institution, day, rows)
    yield Mutation("nothing", b"".join(records), ())
    yield Mutation("no rows", b"".join(consents.records(institution, day, [])), ())
    for edit in EDITS:
        yield edit.applied(records)
    yield from _frame(records)
    yield from _lengths(records, len(rows[0].content))
    yield from _evidence(institution, day, rows)


def plain_rows(seed: int, day: date) -> list[Consent]:
    first = Consent(
        "P1001", "088", "110234567890", day.strftime("%Y%m%d"), "1", "jpg", pictures.picture("jpg", seed)
    )
    second = replace(first, payer_no="P1002", extension="gif", content=pictures.picture("gif", seed))
    third = replace(
        first, payer_no="P1003", evidence_type="5", extension="wav", content=pictures.recording(number=seed)
    )
    assert (119 + len(first.content)) % 1024, "record 2 needs a filler"
    return [
        first,
        second,
        third,
        replace(second, payer_no="P1004", extension="tif", content=pictures.picture("tif", seed)),
    ]


def _frame(records: list[bytes]) -> Iterator[Mutation]:
    end, whole = len(records), b"".join(records)
    gone = Fault("header_missing|kind_unknown", "1|None", ANY)
    yield Mutation("no header", b"".join(records[1:]), (gone,), ANY)
    yield Mutation("another work code in the header", b"".join(put(records, 1, 0, b"ZE1112")), (gone,), ANY)
    work = Fault(ANY, 2, "work_code")
    yield Mutation("another work code in a row", b"".join(put(records, 2, 0, b"ZE1112")), (work,), ANY)
    again = [records[0], records[0], *records[1:]]
    yield Mutation(
        "the header twice", b"".join(again), (Fault("header_repeated", 2, ANY),), "block_count_mismatch"
    )
    yield Mutation(
        "no trailer", b"".join(records[:-1]), (Fault("trailer_missing", f"{end - 1}|{end}|None", ANY),)
    )
    after = Fault("after_trailer", end + 1, ANY)
    yield Mutation("the trailer twice", whole + records[-1], (after,))
    yield Mutation("a block of rubbish after the trailer", whole + b"x" * 1024, (after,))
    yield Mutation(
        "a few bytes after the trailer",
        whole + b"rubbish",
        (after._replace(code="after_trailer|record_length"),),
    )
    cut = Fault("trailer_missing|record_length|evidence_length", ANY, ANY)
    yield Mutation("a file cut in a block", b"".join(records[:3])[:-100], (cut,), ANY)
    yield Mutation("a file cut between blocks of one row", b"".join(records[:3])[:-1024], (cut,), ANY)
    yield Mutation("a trailer cut off", whole[:-24], (cut,), ANY)
    count, blocks = f"{end - 3:07d}".encode(), sum(len(one) // 1024 for one in [records[1], *records[3:-1]])
    lost = put([records[0], records[1], *records[3:]], 1, 43, count)
    lost = put(put(lost, len(lost), 35, count), len(lost), 42, f"{blocks:010d}".encode())
    yield Mutation("a row lost", b"".join(lost), (Fault("0081", 3, "seq"),), "0081")
    yield Mutation("an empty file", b"", (Fault("file_empty", None, ANY),))
    everywhere = [
        one[:at] + b"1234567890" + one[at + 10 :]
        for one, at in zip(records, [23, *[25] * (end - 2), 15], strict=True)
    ]
    yield Mutation(
        "an institution that does not begin with 99",
        b"".join(everywhere),
        (Fault("institution_invalid", 1, "institution_code"),),
    )


def _lengths(records: list[bytes], length: int) -> Iterator[Mutation]:
    """The stated length decides where the next row begins; one less leaves evidence in the filler."""
    less = put(records, 2, 112, f"{length - 1:07d}".encode())
    yield Mutation(
        "a length one byte short",
        b"".join(less),
        (Fault("0089|0105|evidence_length", 2, ANY),),
        "0089|0105|evidence_length",
    )
    more = put(records, 2, 112, f"{length + 2048:07d}".encode())
    yield Mutation("a length two blocks long", b"".join(more), (Fault(ANY, ANY, ANY),), ANY)
    dirty = put(records, 2, len(records[1]) - 1, b"x")
    yield Mutation("dirt behind the evidence", b"".join(dirty), (Fault("0089", 2, "filler"),))


def _evidence(institution: str, day: date, rows: list[Consent]) -> Iterator[Mutation]:
    """The blocks are right; what is in them is not, or just still is."""

    def built(name: str, *faults: tuple[str, str], also: str = "", **changes: object) -> Mutation:
        changed = replace(rows[0], **changes)
        content = b"".join(consents.records(institution, day, [changed, *rows[1:]]))
        return Mutation(name, content, tuple(Fault(code, 2, field) for code, field in faults), also)

    jpeg, other = rows[0].content, "0102|0105"
    yield built("an extension in capitals", extension="JPG")
    yield built("a jpeg", extension="jpeg")
    yield built("a PNG named jpg", (other, ANY), content=pictures.picture("png"))
    yield built("a GIF named jpg", (other, ANY), content=pictures.picture("gif"))
    yield built("a JPEG named gif", (other, ANY), extension="gif")
    yield built("a JPEG named tif", (other, ANY), extension="tif")
    yield built("a PNG named png", ("0102", "extension"), extension="png", content=pictures.picture("png"))
    yield built("a page named jpg", (other, ANY), content=b"<html><script>alert(1)</script></html>")
    yield built("a picture cut in half", ("0105", ANY), content=jpeg[: len(jpeg) // 2])
    yield built(
        "a picture with an archive behind it", ("0105", ANY), content=jpeg + b"PK\x03\x04" + bytes(600)
    )
    yield built("rubbish named jpg", (other, ANY), content=bytes(range(256)) * 4)
    yield built("rubbish named wav", (other, ANY), evidence_type="4", extension="wav", content=b"\x5a" * 900)
    yield built("a picture named wav", (other, ANY), evidence_type="4", extension="wav")
    yield built(
        "a wav named mp3", (other, ANY), evidence_type="4", extension="mp3", content=pictures.recording()
    )
    yield built(
        "rubbish named der",
        (other, ANY),
        evidence_type="2",
        extension="der",
        content=b"\x30\x82" + b"\x5a" * 900,
    )
    yield built("a picture as a signed document", ("0101|0102", "evidence_type|extension"), evidence_type="2")
    for size in (300_000, 300_001, 307_200):
        yield built(f"a picture of {size:,} bytes", content=pictures.picture_of_size(size))
    yield built("a picture of 307,201 bytes", ("0103", ANY), content=pictures.picture_of_size(307_201))
    sound = {"evidence_type": "4", "extension": "wav"}
    yield built("a recording of 204,800 bytes", content=pictures.recording(204_800 - 44), **sound)
    yield built(
        "a recording of 204,802 bytes", ("0103", ANY), content=pictures.recording(204_802 - 44), **sound
    )
    yield built(
        "a document of 5,121 bytes",
        ("0103", ANY),
        also="0105",
        evidence_type="2",
        extension="der",
        content=b"\x30" * 5_121,
    )
    exact = pictures.picture_of_size(1024 * 16 - 119)
    yield built("a row without filler", content=exact)
    yield built("a row with one byte of filler", content=pictures.picture_of_size(1024 * 17 - 120))
