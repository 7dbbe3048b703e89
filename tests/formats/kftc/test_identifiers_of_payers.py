"""Numbers of institutions, payers, accounts and holders: what is refused, with which code, and what is never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa.formats.kftc.identifiers import (
    HolderKind,
    account_number_fault,
    account_warnings,
    bank_branch_code_fault,
    birth_date_fault,
    business_check_digit,
    business_number_fault,
    holder_fault,
    holder_kind,
    institution_code_fault,
    is_plausible_resident_number,
    masked_holder,
    payer_number_fault,
)

DIGIT = "0123456789"


@pytest.mark.parametrize(
    ("check", "text", "fault"),
    [
        (institution_code_fault, "9911123456", None),
        (institution_code_fault, "9811123456", "institution_invalid"),
        (institution_code_fault, "991112345", "institution_invalid"),
        (institution_code_fault, "99111234567", "institution_invalid"),
        (institution_code_fault, "99１1123456", "institution_invalid"),
        (institution_code_fault, "", "institution_invalid"),
        (payer_number_fault, "A1b2", None),
        (payer_number_fault, "12345678901234567890", None),
        (payer_number_fault, "123456789012345678901", "value_too_long"),
        (payer_number_fault, "12-34", "0088"),
        (payer_number_fault, "12 34", "0088"),
        (payer_number_fault, "고객1", "0088"),
        (payer_number_fault, "", "value_missing"),
        (account_number_fault, "1234567890123456", None),
        (account_number_fault, "1234567890      ", None),
        (account_number_fault, "1234567890 12345", "0098"),
        (account_number_fault, " 1234567890", "0098"),
        (account_number_fault, "110-123-456789", "0088"),
        (account_number_fault, "11O123456789", "0088"),
        (account_number_fault, "１２３４", "0088"),
        (account_number_fault, "12345678901234567", "value_too_long"),
        (account_number_fault, "    ", "0012"),
        (bank_branch_code_fault, "0880000", None),
        (bank_branch_code_fault, "0211234", None),  # a merged bank's code is known
        (bank_branch_code_fault, "9990000", "0011"),
        (bank_branch_code_fault, "088", "0011"),
        (bank_branch_code_fault, "088-000", "0011"),
        (birth_date_fault, "900101", None),
        (birth_date_fault, "990229", None),  # 1999 had none, but the century is not known
        (birth_date_fault, "900230", "0014"),
        (birth_date_fault, "901301", "0014"),
        (birth_date_fault, "900100", "0014"),
        (birth_date_fault, "90010", "holder_id_invalid"),
        (holder_fault, "900101", None),
        (holder_fault, "901332", "0014"),
        (holder_fault, "1168200276", None),
        (holder_fault, "1168200277", "business_number_check"),
        (holder_fault, "9001011234567", "0091"),
        (holder_fault, "900101-1234567", "0091"),
        (holder_fault, "900101-123456", "0091"),  # cut at the edge of a field of 13
        (holder_fault, "1101111234567", "0091"),  # a corporation's registration number
        (holder_fault, "9913991234567", "0091"),  # no date, but 13 digits
        (holder_fault, "19900101", "holder_id_invalid"),
        (holder_fault, "900101123456", "holder_id_invalid"),
        (holder_fault, "", "holder_id_invalid"),
        (holder_fault, "123-45-67890", "0088"),
        (holder_fault, " 900101", "0098"),
        (holder_fault, "900 101", "0098"),
        (holder_fault, "홍길동", "0088"),
    ],
)
def test_a_number_is_taken_or_refused_with_its_code(check, text, fault):
    assert check(text) == fault


def test_eighteen_digits_fit_the_longer_account_field_of_the_evidence_file():
    assert account_number_fault("1" * 20, size=20) is None
    assert account_number_fault("1" * 21, size=20) == "value_too_long"


@pytest.mark.parametrize(
    "number",
    "1168200276 1348672683 2208162517 1208800767 1048126067 1248100998 1208147521 1234567891".split(),
)
def test_a_real_business_number_has_its_check_digit(number):
    assert business_number_fault(number) is None


@pytest.mark.parametrize("number", ["1234567890", "1168200277"])
def test_a_business_number_with_another_last_digit_is_hinted_at(number):
    assert business_number_fault(number) == "business_number_check"


@given(st.text(DIGIT, min_size=9, max_size=9), st.integers(0, 8), st.sampled_from(DIGIT))
def test_one_wrong_digit_always_changes_the_check_digit(first_nine, at, digit):
    changed = first_nine[:at] + digit + first_nine[at + 1 :]
    assert (business_check_digit(changed) == business_check_digit(first_nine)) == (changed == first_nine)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("900101", HolderKind.BIRTH_DATE),
        ("1168200276", HolderKind.BUSINESS_NUMBER),
        ("9001011234567", HolderKind.RESIDENT_NUMBER),
        ("900101-1234567", HolderKind.RESIDENT_NUMBER),
        ("900101 1234567", HolderKind.RESIDENT_NUMBER),
        ("12345", HolderKind.OTHER),
        ("", HolderKind.OTHER),
    ],
)
def test_a_holders_number_is_told_by_its_form(text, kind):
    assert holder_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "plausible"),
    [
        ("9001011234567", True),
        ("900101-1234567", True),
        ("0002293234567", True),  # 2000 had a 29 February
        ("0002291234567", False),  # 1900 had none
        ("9913991234567", False),
        ("900101-123456", False),
        ("900101", False),
        ("900101-12345678", False),
    ],
)
def test_thirteen_digits_are_plausible_with_a_date_of_their_century(text, plausible):
    assert is_plausible_resident_number(text) is plausible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("9001011234567", "900101*******"),
        ("900101-1234567", "900101*******"),
        ("9001011234567890", "900101**********"),
        ("900101 12345 67", "900101*******"),
        ("９００１０１１２３４５６７", "９００１０１*******"),
        ("90010112345", "900101*****"),
        ("1168200276", "1168200276"),
        ("900101", "900101"),
        ("", ""),
    ],
)
def test_a_number_that_may_be_a_persons_shows_six_digits_and_stars(text, shown):
    assert masked_holder(text) == shown


@given(st.from_regex(r"[0-9]{6}[- ]?[0-9]{5,10}", fullmatch=True))
def test_what_is_shown_never_holds_the_seventh_digit(text):
    shown = masked_holder(text)
    assert shown == text or sum(sign.isdigit() for sign in shown) == 6
    assert holder_fault(text) != "0091" or shown.endswith("******")


@given(st.text(max_size=20))
def test_any_text_gets_a_verdict(text):
    for check in (institution_code_fault, payer_number_fault, account_number_fault, holder_fault):
        assert check(text) is None or isinstance(check(text), str)
    assert sum(sign.isdigit() for sign in masked_holder(text)) <= 10


@pytest.mark.parametrize(
    ("bank", "number", "codes"),
    [
        ("088", "110123456789", []),
        ("088", "1101", ["account_length_unusual"]),
        ("004", "1234567890", ["account_incoming_only"]),
        ("999", "1", []),
        ("008", "1", []),
    ],
)
def test_an_unusual_account_number_is_a_warning_only(bank, number, codes):
    found = account_warnings(bank, number)
    assert [finding.code for finding in found] == codes
    assert all(finding[:1] + finding[2:] == ("warning", None, "account_no", number) for finding in found)
