"""The printed layouts say what the tables say."""

from pathlib import Path

from moa.formats.firm_banking import MESSAGES, RESPONSE_CODES, Meaning, meaning_of
from moa.formats.firm_banking.documentation import PAGE, page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_printed_page_is_made_from_the_tables():
    assert (DOCS / PAGE).read_text(encoding="utf-8") == page()


def test_it_has_every_message_and_every_field():
    printed = page()
    for kind in MESSAGES.values():
        assert kind.request_key in printed
        assert all(f"`{field.name}`" in printed for field in kind.layout)


def test_the_guide_names_every_message():
    guide = (DOCS / "firm_banking.md").read_text(encoding="utf-8")
    assert [key for key, kind in MESSAGES.items() if not kind.is_answer and key not in guide] == []


def test_a_code_that_nobody_knows_is_no_evidence():
    assert meaning_of("9999") is Meaning.OTHER
    assert meaning_of("VTIM") is Meaning.UNKNOWN
    assert meaning_of("NREC") is Meaning.NO_RECORD
    assert meaning_of("0000") is Meaning.DONE
    assert {len(each.code) for each in RESPONSE_CODES.values()} == {4}
    assert all(each.ko and each.zh_hans and each.en for each in RESPONSE_CODES.values())
