"""The codes of results: all of the notice's and the later ones, who gives them, and what follows."""

from pathlib import Path

import pytest

from moa.formats.kftc.codes import (
    LANGUAGES,
    CodeUnknown,
    Giver,
    ItemAction,
    MandateAction,
    Origin,
    codes_of,
    is_result_code,
    result_code,
    result_codes,
)
from moa.formats.kftc.codes_page import codes_markdown

ROOT = Path(__file__).resolve().parents[3]

# As printed in the notice of 2015-07-22, table by table; the last line is known from one later source.
TABLES = {
    Origin.BANK_TABLE: "0012 0014 0015 0017 0018 0019 0020 0021 0022 0031 0032 0033 0034 0035 0036 0037 0041 0051 "
    "0065 0066 A011 A016 A018",
    Origin.CENTRE_TABLE: "A012 0011 0061 0062 0068 0075 0078 0081 0087 0088 0089 0090 0091 0096 0098 9998 9999",
    Origin.INSTITUTION_TABLE: "A013 A016 A017",
    Origin.LATER: "0024 0038 0077 0079 0097 0101 0102 0103 0105 A019",
}
GIVERS = {
    Origin.BANK_TABLE: Giver.BANK,
    Origin.CENTRE_TABLE: Giver.CENTRE,
    Origin.INSTITUTION_TABLE: Giver.INSTITUTION,
}


@pytest.mark.parametrize("origin", TABLES)
def test_each_table_holds_exactly_its_codes(origin):
    found = sorted(each.code for each in result_codes() if each.origin == origin)
    assert found == sorted(TABLES[origin].split())


@pytest.mark.parametrize("origin", GIVERS)
def test_a_code_of_the_notice_is_given_by_the_party_of_its_table(origin):
    assert {each.given_by for each in result_codes() if each.origin == origin} == {GIVERS[origin]}


def test_the_codes_of_the_three_givers_are_all_the_codes():
    assert sorted(each.code for giver in Giver for each in codes_of(giver)) == sorted(
        each.code for each in result_codes()
    )


def test_a016_means_another_thing_from_the_bank_than_from_the_institution():
    bank, ours = result_code("A016"), result_code("A016", Giver.INSTITUTION)
    assert (bank.given_by, bank.files, bank.mandate) == (
        Giver.BANK,
        ("EB14",),
        MandateAction.ALREADY_REGISTERED,
    )
    assert (ours.files, ours.mandate) == (("EB12",), MandateAction.CHANGE_REFUSED)


def test_only_a016_stands_twice():
    codes = [each.code for each in result_codes()]
    assert {code for code in codes if codes.count(code) > 1} == {"A016"}


def test_a017_is_the_institutions_other_error_although_the_notice_once_prints_a016():
    assert result_code("A017").given_by == Giver.INSTITUTION
    assert "기타" in result_code("A017").title("ko")


@pytest.mark.parametrize(
    ("codes", "item", "mandate"),
    [
        ("0021", "arrears", "keep"),
        ("0041 9999 9998 0051", "retry_next_run", "keep"),
        ("0034 0035 0036 0037 0038", "arrears_contact_payer", "suspended"),
        ("0061 0062 0068 0075 0081 0087 0088 0089 0090 0098 0011 0096 0097 0022", "fix_data", "keep"),
        ("0012 0014 0015 0032 0033 0065 0066 0091", "stop_billing", "invalid"),
        ("0031", "stop_billing", "terminated_account_closed"),
        ("0017", "stop_billing", "not_registered"),
        ("0018", "stop_billing", "terminated_idle"),
        ("0019", "stop_billing", "terminated_by_payer"),
        ("0020", "stop_billing", "terminated_no_evidence"),
        ("0024", "bill_new_account", "account_changed"),
        ("0078 0101 0102 0103 0105 A011 A012 A018", "none", "application_rejected"),
        ("A013 A017 A019 0077 0079", "none", "change_refused"),
    ],
)
def test_a_code_leads_to_its_action(codes, item, mandate):
    for code in codes.split():
        found = result_code(code)
        assert (found.item, found.mandate) == (ItemAction(item), MandateAction(mandate)), code


@pytest.mark.parametrize(("code", "again"), [("0018", True), ("0020", True), ("0019", False), ("0021", None)])
def test_a_number_may_be_registered_again_after_the_bank_ended_it_but_not_after_the_payer_did(code, again):
    assert result_code(code).same_payer_no is again


def test_every_action_is_the_consequence_of_some_code():
    assert {each.item for each in result_codes()} == set(ItemAction)
    assert {each.mandate for each in result_codes()} == set(MandateAction)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_title_and_one_sentence_of_reason(language):
    stop = "." if language != "zh-hans" else "。"
    for each in result_codes():
        assert each.title(language), each.code
        assert not each.title(language).endswith(stop), each.code
        assert each.reason(language).endswith(stop), each.code
    reasons = [each.reason(language) for each in result_codes() if each.code != "A016"]
    assert len(set(reasons)) == len(reasons), "two codes with the same words cannot be told apart"


def test_a_credit_transfers_codes_stand_in_eb32_only():
    assert result_code("0022").files == ("EB32",)
    assert {file for each in result_codes() for file in each.files} == {
        "EB11",
        "EB12",
        "EB14",
        "EB22",
        "EC22",
        "EB32",
    }


@pytest.mark.parametrize("code", ["", "0000", "21", "00021", "a016", " 0021", "００２１"])
def test_it_refuses_a_code_that_nobody_gives(code):
    assert not is_result_code(code)
    with pytest.raises(CodeUnknown) as refused:
        result_code(code)
    assert (refused.value.code, refused.value.facts) == ("code_unknown", {"value": code})


def test_it_refuses_a_code_from_a_party_that_does_not_give_it():
    with pytest.raises(CodeUnknown):
        result_code("0021", Giver.CENTRE)


def test_the_page_of_codes_is_the_one_made_from_the_table():
    page = ROOT / "docs" / "kftc" / "codes.md"
    assert page.read_text(encoding="utf-8") == codes_markdown(), "run python -m moa.formats.kftc.codes_page"


def test_the_page_shows_every_code_in_every_language():
    page = codes_markdown()
    for each in result_codes():
        assert f"`{each.code}`" in page
        assert all(each.title(language) in page for language in LANGUAGES), each.code
