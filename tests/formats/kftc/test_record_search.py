"""A record is found by the number that a finding gives, also in files that are cut, swollen or out of order."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc import examine
from moa.formats.kftc.record_search import find_records
from moa.formats.kftc.ruler import MeasuredRecord, rule, rule_records
from tests.formats.kftc.oracle import files
from tests.formats.kftc.oracle.mutations import mutations


def examined(raw: bytes) -> tuple[list[Finding], dict[int, MeasuredRecord]]:
    found: list[Finding] = []
    examine(BytesIO(raw), found.append)
    numbers = {each.record for each in found if each.record is not None}
    return found, {one.number: one for one in rule_records(BytesIO(raw), numbers, found)}


def shown_otherwise(finding: Finding, records: dict[int, MeasuredRecord]) -> bool:
    """Whether the ruler shows something else at the finding's place than the finding says."""
    if finding.record is None:
        return False
    record = records.get(finding.record)
    if record is None:
        return True
    field = next((each for each in record.fields if each.name == finding.field), None)
    if field is None or record.length != record.expected:
        return False
    if finding.field == "filler" and not field.value:
        return False  # the one behind the evidence of EI13, which has no place of its own
    # Of a filler with very many bytes a finding says the first hundred.
    return not field.value.lstrip("0").startswith(finding.value.lstrip("0").removesuffix("…"))


@pytest.mark.parametrize("kind", files.KINDS)
def test_the_ruler_shows_what_each_finding_says_of_a_spoilt_file(kind: str) -> None:
    wrong = []
    for mutation in mutations(kind, seed=0):
        found, records = examined(mutation.content)
        wrong += [(mutation.name, each) for each in found if shown_otherwise(each, records)]
        if mutation.content and rule(BytesIO(mutation.content)) is None:
            wrong.append((mutation.name, "nothing"))
    assert wrong == []


@pytest.mark.parametrize("kind", [kind for kind in files.KINDS if kind != "EI13"])
def test_a_record_of_a_wrong_length_is_shown_with_all_its_bytes(kind: str) -> None:
    for mutation in mutations(kind, seed=1):
        found, records = examined(mutation.content)
        for each in found:
            if each.code == "record_length" and each.record is not None:
                assert str(records[each.record].length) == each.value, mutation.name


@settings(deadline=None)
@given(st.binary(max_size=700), st.integers(1, 9), st.sampled_from(["", "EB13", "EB21", "EI13"]))
def test_no_bytes_make_it_stumble(raw: bytes, number: int, kind: str) -> None:
    head = {"": b"", "EI13": b"AE1112110000000"}.get(kind, b"H000000009912345678" + kind.encode() + b"0716")
    found = find_records(BytesIO(head + raw), [number])
    assert set(found) <= {number}
    rule(BytesIO(head + raw), number)
