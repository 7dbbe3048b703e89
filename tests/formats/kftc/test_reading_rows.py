"""Records handed on: as bytes, as texts by record and by column, and as lines for a database."""

import io

import pytest
from hypothesis import given, settings

from moa.formats.fixed_width.strategies import mutated
from moa.formats.kftc.reading import examine
from tests.formats.kftc.sample_files import KINDS, file_of, read, row, sound_file, varied_file

FILES = {kind: varied_file(kind, 30) for kind in KINDS}


def unescaped(text):
    return (
        text.replace("\\\\", "\0")
        .replace(r"\t", "\t")
        .replace(r"\n", "\n")
        .replace(r"\r", "\r")
        .replace("\0", "\\")
    )


def without_zeros(field, text):
    return text.lstrip("0") or "0" if type(field.kind).__name__ in ("Number", "Zeros") else text


@pytest.mark.parametrize("kind", KINDS)
def test_columns_and_lines_say_what_each_field_says(kind):
    joined = b"".join(FILES[kind])

    def compare(rows):
        layout = rows.kind.data
        expected = [layout.decode(rows.record(at)) for at in range(len(rows))]
        assert list(rows.decoded()) == expected
        names = [field.name for field in layout]
        assert [rows.column(name) for name in names] == [[said[name] for said in expected] for name in names]
        lines = rows.table_bytes(names).decode("cp949").split("\n")
        assert lines.pop() == "" and len(lines) == len(rows)
        for line, said in zip(lines, expected, strict=True):
            for field, text in zip(layout, line.split("\t"), strict=True):
                assert without_zeros(field, unescaped(text)) == without_zeros(
                    field, said[field.name].replace("\0", r"\x00")
                )

    @settings(max_examples=40)
    @given(mutated(joined, first=27))
    def holds(changed):
        examine(io.BytesIO(changed), lambda finding: None, compare)

    holds()


def test_rows_are_numbered_from_the_header_and_name_those_with_an_error():
    records = sound_file("EB13", 30)
    records[5] = records[5][:96] + b"x" + records[5][97:]
    seen = []
    read(records, lambda rows: seen.append((rows.first_record, len(rows), rows.faulty)))
    assert seen[0][0] == 2
    assert sum(count for _, count, _ in seen) == 30
    assert frozenset().union(*(faulty for *_, faulty in seen)) == {6}


def test_every_record_is_handed_on_once_in_order_also_between_line_breaks():
    records = sound_file("EB21", 300)
    seen = []
    read(b"\n".join(records), lambda rows: seen.extend(rows.record(at) for at in range(len(rows))))
    assert seen == records[1:-1]


def test_a_resident_number_that_a_result_shows_is_masked_everywhere():
    records = file_of("EB14", [row("EB14", n) | {"error_code": "0091"} for n in range(1, 12)])
    records[3] = records[3][:69] + b"8001011234567   " + records[3][85:]
    lines, texts = [], []

    def take(rows):
        lines.append(rows.table_bytes(["seq", "holder_id"]))
        texts.extend(rows.column("holder_id"))

    found = read(records, take)
    assert found.errors == 0
    assert b"8001011234567" not in b"".join(lines)
    assert b"3\t800101*******\n" in b"".join(lines)
    assert texts[2] == "800101*******"


def test_spaces_within_a_free_text_stay_and_signs_of_copy_are_escaped():
    areas = ["a b", " x", "a\\b", "\\N", ""]
    records = file_of("EB21", [row("EB21", n + 1) | {"institution_area": areas[n % 5]} for n in range(20)])
    lines = []
    read(records, lambda rows: lines.extend(rows.table_bytes(["institution_area"]).split(b"\n")[:-1]))
    assert lines[:5] == [b"a b", b" x", b"a\\\\b", b"\\\\N", b""]
