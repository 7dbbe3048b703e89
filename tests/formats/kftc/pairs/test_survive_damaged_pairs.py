"""Any bytes in either file: a verdict, never an exception, and no won made or lost."""

from __future__ import annotations

import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from moa.formats.kftc.pairs import check_pair

from .pair_files import (
    application,
    applications_file,
    branch,
    changed,
    consent,
    consents_file,
    debit,
    failed,
    in_json,
    part,
    refused,
    requests_file,
    results_file,
)

NEW = [application("P1"), application("P2")]
ASKED = [debit("P1", 10_000), debit("P2", 20_000, "0"), debit("P1", 10_000), debit("P3", 5_000, "2")]
PAIRS = [
    (consents_file(*map(consent, NEW)), applications_file("EB13", *NEW, application("P3", "3"))),
    (
        applications_file("EB11", branch("P1"), *changed("P2")),
        applications_file("EB12", *refused(*changed("P2"))),
    ),
    (applications_file("EB13", *NEW), applications_file("EB14", *refused(NEW[1]))),
    (requests_file(*ASKED), results_file([part(ASKED[1], 5_000), failed(ASKED[3])], [], [5_000, 5_000])),
]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A pair with some bytes overwritten, put in or taken out, or an end cut off, in one or both of its files."""
    files = [bytearray(content) for content in draw(st.sampled_from(PAIRS))]
    for _ in range(draw(st.integers(1, 3))):
        content = draw(st.sampled_from(files))
        # Most of a file of evidence is evidence: its identification is what matters here.
        at = draw(st.integers(0, min(len(content), 1_200)) | st.integers(0, len(content)))
        put = draw(st.binary(max_size=2) | st.sampled_from([b"0", b" ", b"1", b"N", b"P", b"R", b"T"]))
        match draw(st.sampled_from(["overwrite", "overwrite", "overwrite", "insert", "remove", "cut"])):
            case "overwrite":
                content[at : at + len(put)] = put
            case "insert":
                content[at:at] = put
            case "remove":
                del content[at : at + 1 + len(put)]
            case "cut":
                del content[at:]
    return bytes(files[0]), bytes(files[1])


@given(damaged())
@settings(deadline=None, max_examples=500)
def test_it_always_has_a_verdict(files):
    verdict = check_pair(*map(io.BytesIO, files))
    assert verdict.accepted == (not verdict.errors) == (not verdict.error_count)
    told = json.loads(in_json(verdict))
    assert len(told["outcomes"]) == verdict.totals.get("requests", 0)
    if verdict.accepted:
        assert not {"ambiguous", "unknown"} & {outcome["outcome"] for outcome in told["outcomes"]}
    if "requested_amount" in verdict.totals:
        totals = verdict.totals
        assert min(totals.values()) >= 0
        assert totals["requested_amount"] == sum(outcome["amount"] for outcome in told["outcomes"])
        assert totals["debited_amount"] == sum(outcome["debited"] or 0 for outcome in told["outcomes"])
        assert totals["requested_amount"] == (
            totals["debited_amount"] + totals["not_debited_amount"] + totals["undecided_amount"]
        )
