"""Faults that any EB or EC file can have: its frame of header, trailer, numbers and lengths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.formats.kftc.oracle.verdict import ANY, Fault, Mutation

LAST = -1


class Edit(NamedTuple):
    """Bytes to overwrite a record with, and what must be said then. Record 1 is the header, -1 the last."""

    name: str
    record: int
    offset: int
    raw: bytes
    code: str
    field: str
    also: str = ""
    kinds: str = ""

    def applied(self, records: list[bytes]) -> Mutation:
        number = len(records) if self.record == LAST else self.record
        changed = put(records, number, self.offset, self.raw)
        faults = (Fault(self.code, number, self.field),) if self.code else ()
        return Mutation(self.name, b"".join(changed), faults, self.also)


def put(records: list[bytes], number: int, offset: int, raw: bytes) -> list[bytes]:
    old = records[number - 1]
    assert offset + len(raw) <= len(old)
    new = old[:offset] + raw + old[offset + len(raw) :]
    assert new != old, "the fault would change nothing"
    return [*records[: number - 1], new, *records[number:]]


EDITS = (
    Edit("record type X in a row", 3, 0, b"X", "0081", "record_type"),
    Edit("a small r", 2, 0, b"r", "0081", "record_type"),
    Edit("a number that jumps", 3, 1, b"00000099", "0081", "seq"),
    Edit("a number that repeats the one before", 4, 1, b"00000002", "0081", "seq"),
    Edit("a letter in a number", 3, 1, b"0000000A", "0081|0088", "seq"),
    Edit("spaces before a number", 3, 1, b"       2", "0081|0088", "seq"),
    Edit("a header numbered 1", 1, 1, b"00000001", "0081", "seq"),
    Edit("a trailer not all nines", LAST, 1, b"99999998", "0081", "seq"),
    Edit("another institution in a row", 3, 9, b"9900000001", "institution_mismatch", "institution_code"),
    Edit("another institution in the trailer", LAST, 9, b"9900000001", "institution_mismatch",
         "institution_code"),
    Edit("letters in a row's institution", 3, 9, b"99ABCDEFGH",
         "institution_mismatch|institution_invalid|0088", "institution_code"),
    Edit("dirt in the header's filler", 1, 70, b"x", "0089", "filler"),
    Edit("dirt in the trailer's filler", LAST, 112 - 20, b"0", "0089", "filler",
         kinds="EB11 EB12 EB13 EB14 EB21 EC21"),
    Edit("a MAC in the trailer", LAST, -10, b"0123ABCDEF", "", ""),
    Edit("a letter in the count", LAST, 27, b"0000000A", "0088", "total_count"),
    Edit("spaces before the count", LAST, 27, b"       5", "0088", "total_count"),
    Edit("a count too high", LAST, 27, b"00009999", "count_mismatch", "total_count"),
    Edit("another day in the trailer's file name", LAST, 23, b"0230",
         "file_name_mismatch|file_name_invalid", "file_name"),
    Edit("another kind in the trailer's file name", LAST, 19, b"EB31", "file_name_mismatch", "file_name",
         kinds="EB11 EB12 EB13 EB14 EB21 EB22 EC21 EC22"),
    # That the trailer names another day than the header may be said too.
    Edit("another day in the header's file name", 1, 23, b"0131", "date_mismatch", "file_name",
         "file_name_mismatch"),
    Edit("the thirteenth month", 1, 27, b"261332", "date_invalid", "application_date|debit_date|credit_date"),
    Edit("the 30th of February", 1, 27, b"260230", "date_invalid", "application_date|debit_date|credit_date"),
    Edit("letters in the date", 1, 27, b"2611AB", "date_invalid|0088",
         "application_date|debit_date|credit_date"),
)  # fmt: skip


def structure_faults(kind: str, records: list[bytes]) -> Iterator[Mutation]:
    """Each on a copy of the same good file, which has at least six rows."""
    for edit in EDITS:
        if not edit.kinds or kind in edit.kinds.split():
            offset = edit.offset if edit.offset >= 0 else len(records[-1]) + edit.offset
            yield edit._replace(offset=offset).applied(records)
    yield from _in_header_and_trailer(records)
    yield from _records_too_many_or_few(records)
    yield from _lengths(records)
    yield from _other_things(records)


def _in_header_and_trailer(records: list[bytes]) -> Iterator[Mutation]:
    """Both say the same wrong thing, so that it is one fault and not two that differ."""

    def both(offset: int, raw: bytes) -> bytes:
        return b"".join(put(put(records, 1, offset, raw), len(records), offset, raw))

    other = b"0102" if records[0][23:27] != b"0102" else b"0103"
    dated = Fault("date_mismatch", 1, "file_name|application_date|debit_date|credit_date")
    yield Mutation("a file name of another day", both(23, other), (dated,))
    named = Fault("file_name_invalid|date_mismatch", 1, ANY)
    # Whether the trailer that repeats it is wrong a second time is left open.
    yield Mutation("letters in the file name's day", both(23, b"AB22"), (named,), "file_name_invalid")
    unknown = Fault("kind_unknown", "1|None", ANY)
    yield Mutation("a kind that does not exist", both(19, b"ZZ99"), (unknown,))
    everywhere = [one[:9] + b"1234567890" + one[19:] for one in records]
    invalid = Fault("institution_invalid", 1, "institution_code")
    yield Mutation("an institution that does not begin with 99", b"".join(everywhere), (invalid,))
    short = [one[:9] + b"991112345 " + one[19:] for one in records]
    yield Mutation("an institution of nine digits", b"".join(short), (invalid,))


def _records_too_many_or_few(records: list[bytes]) -> Iterator[Mutation]:
    end, whole = len(records), b"".join(records)
    yield Mutation("no header", b"".join(records[1:]), (Fault("header_missing|kind_unknown", "1|None", ANY),))
    again = [records[0], records[0], *records[1:]]
    yield Mutation("the header twice", b"".join(again), (Fault("header_repeated", 2, ANY),))
    missing = Fault("trailer_missing", f"{end - 1}|{end}|None", ANY)
    yield Mutation("no trailer", b"".join(records[:-1]), (missing,))
    after = Fault("after_trailer", end + 1, ANY)
    yield Mutation(
        "the trailer twice", whole + records[-1], (Fault("after_trailer|trailer_repeated", end + 1, ANY),)
    )
    yield Mutation("a row after the trailer", whole + records[1], (after,))
    yield Mutation("a record of rubbish after the trailer", whole + b"x" * len(records[0]), (after,))
    yield Mutation(
        "a few bytes after the trailer",
        whole + b"rubbish",
        (Fault("after_trailer|record_length", f"{end}|{end + 1}", ANY),),
    )
    yield Mutation("a second file behind the first", whole * 2, (after,))
    # The trailer still counts the lost row by its type or amount.
    lost = put([*records[:3], *records[4:]], end - 1, 27, f"{end - 3:08d}".encode())
    # Results may keep the numbers of their requests, so in them only the trailer knows of the row.
    is_result = records[0][19:23] in (b"EB12", b"EB14", b"EB22", b"EC22")
    gone = Fault("count_mismatch|amount_mismatch", end - 1, ANY) if is_result else Fault("0081", 4, "seq")
    yield Mutation("a row lost", b"".join(lost), (gone,), "count_mismatch|amount_mismatch|0077|0079")
    swapped = [*records[:2], records[3], records[2], *records[4:]]
    yield Mutation(
        "two rows in the wrong order",
        b"".join(swapped),
        (Fault("0081", "3|4" if is_result else 3, "seq"),),
        "0081",
    )


def _lengths(records: list[bytes]) -> Iterator[Mutation]:
    """A lost byte moves all that follows; its row is named, and the next ones are read at their place."""
    end, third = len(records), records[2]
    wrong = Fault("record_length", 3, ANY)
    for name, changed in (
        ("a row five bytes short", third[:60] + third[65:]),
        ("a row one byte short", third[:60] + third[61:]),
        ("a row three bytes long", third[:60] + b"abc" + third[60:]),
    ):
        yield Mutation(name, b"".join([*records[:2], changed, *records[3:]]), (wrong,))
        for ending, shown in ((b"\r\n", "CR LF"), (b"\n", "LF")):
            by_line = ending.join([*records[:2], changed, *records[3:]])
            yield Mutation(f"{name}, in lines of {shown}", by_line, (wrong,))
    cut = Fault("record_length|trailer_missing", f"{end}|None", ANY)
    yield Mutation("a trailer cut off", b"".join(records)[:-10], (cut,), "trailer_missing|record_length")
    cut = Fault("record_length|trailer_missing", "4|None", ANY)
    whole = b"".join(records[:4])
    yield Mutation("a file cut in a row", whole[:-40], (cut,), "trailer_missing|record_length")
    yield Mutation(
        "a header cut off", records[0][:50], (Fault("*", "1|None", ANY),), "trailer_missing|record_length"
    )
    yield Mutation("a header alone", records[0], (Fault("trailer_missing", "1|2|None", ANY),))


def _other_things(records: list[bytes]) -> Iterator[Mutation]:
    size = len(records[0])
    yield Mutation("an empty file", b"", (Fault("file_empty", None, ANY),))
    yield Mutation(
        "line breaks alone", b"\r\n\r\n", (Fault("file_empty|kind_unknown|header_missing", "1|None", ANY),)
    )
    foreign = Fault("kind_unknown|header_missing", "1|None", ANY)
    yield Mutation("a table with commas", b"date,amount\n2026-11-22,1000\n" * 50, (foreign,))
    yield Mutation("zero bytes", bytes(size * 20), (foreign,))
    yield Mutation("a statement", b"{1:F01KOEXKRSEXXX}{4:\r\n:20:1\r\n-}" * 10, (foreign,))
    for name, filling in (("zero bytes", b"\0"), ("spaces", b" "), ("high bytes", b"\xff")):
        changed = [*records[:2], filling * size, *records[3:]]
        yield Mutation(f"a row of {name}", b"".join(changed), (Fault("0081|record_length", 3, ANY),))
    for name, ending in (("LF", b"\n"), ("CR LF", b"\r\n"), ("CR", b"\r")):
        yield Mutation(f"{name} after every record", b"".join(one + ending for one in records), ())
        yield Mutation(f"{name} between records", ending.join(records), ())
