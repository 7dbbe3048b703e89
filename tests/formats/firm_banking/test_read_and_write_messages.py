"""Messages as bytes and as fields, against messages that were written by hand from the specification."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import moa.formats.firm_banking.strategies  # noqa: F401
from moa.formats.firm_banking import (
    FAILURE_NOTICE,
    MESSAGES,
    RESULT_INQUIRY,
    TRANSFER,
    MessageRefused,
    answer,
    answer_to,
    blank,
    check,
    decode,
    encode,
    envelope,
)
from moa.formats.fixed_width.strategies import values
from tests.formats.firm_banking.golden_messages import NAMES, golden, golden_fields

HEADER = {
    "company_no": "HAEON0000001",
    "bank_code": "004",
    "msg_no": "000017",
    "send_date": "20261120",
    "send_time": "093005",
}
PAYMENT = {
    **HEADER,
    "debit_account": "40277154182",
    "passbook_pw": "8812",
    "sign_code": "70413A",
    "amount": "12345678",
    "credit_bank": "088",
    "credit_account": "140013345190",
    "memo": "원자재대금",
    "credit_holder_name": "해온상사",
}


def codes(refused):
    return [(finding.code, finding.field) for finding in refused.findings]


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_message_is_read_and_written_again_byte_for_byte(name):
    data = golden(name)
    message = decode(data)
    assert encode(message.key, message.fields) == data


@pytest.mark.parametrize("name", NAMES)
def test_each_field_stands_where_the_specification_prints_it(name):
    layout = MESSAGES[decode(golden(name)).key].layout
    assert [(field.start, field.length) for field in layout] == [
        (field.offset, field.length) for field in golden_fields(name)
    ]


def test_a_transfer_is_written_as_the_specification_says():
    assert encode(TRANSFER, PAYMENT) == golden("2000_100_transfer")


def test_it_reads_amounts_names_and_numbers():
    message = decode(golden("3000_100_failed_afterwards"))
    assert message.key == FAILURE_NOTICE
    assert message["orig_msg_no"] == "000017"
    assert message.number("failed_amount") == 12_345_678
    assert message["error_code"] == "0052"
    assert decode(golden("6100_100_name_answer"))["holder_name"] == "해온상사(주)"
    assert decode(golden("7100_100_no_record"))["result"] == "NREC"


def test_every_request_has_an_answer_and_every_answer_a_request():
    requests = {key for key, kind in MESSAGES.items() if not kind.is_answer}
    assert {answer_to(key) for key in requests} == set(MESSAGES) - requests
    assert all(MESSAGES[MESSAGES[key].answer_key].request_key == key for key in requests)
    assert all(kind.layout.length == 300 for kind in MESSAGES.values())


FIELDS = {key: values(MESSAGES[key].layout) for key in sorted(MESSAGES)}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_is_written_is_read_back(data):
    key = data.draw(st.sampled_from(list(FIELDS)))
    fields = data.draw(FIELDS[key])
    written = encode(key, fields)
    message = decode(written)
    assert len(written) == 300
    assert message.key == key
    assert encode(key, message.fields) == written


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_byte_is_refused_or_seen(name):
    """Every byte in turn becomes several others: nothing unreadable gets through, nothing readable is lost."""
    data = golden(name)
    for at in range(300):
        for other in (0x00, 0x0A, 0x1F, 0x20, 0x30, 0x39, 0x41, 0x7A, 0x7F, 0x80, 0xA1, 0xB0, 0xFE, 0xFF):
            changed = data[:at] + bytes([other]) + data[at + 1 :]
            if changed == data:
                continue
            if check(changed):
                with pytest.raises(MessageRefused):
                    decode(changed)
            else:
                message = decode(changed)
                assert encode(message.key, message.fields) == changed
                assert (message.key, message.fields) != (decode(data).key, decode(data).fields)


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=0, max_size=400))
def test_any_bytes_are_checked_without_an_accident(noise):
    assert check(noise)
    blank(noise)
    envelope(noise)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", "-5", "not_digits"),
        ("amount", "10000000000000", "value_too_long"),
        ("amount", "0", "amount_missing"),
        ("credit_account", "140-013", "account_invalid"),
        ("credit_account", "", "account_missing"),
        ("memo", "원자재대금입니다", "value_too_long"),
        ("memo", "똠방각하", "text_invalid"),
        ("memo", "줄\n바꿈", "text_invalid"),
        ("credit_holder_name", "株式會社 é", "text_invalid"),
        ("credit_holder_id", "8801011234567", "identity_invalid"),
        ("msg_no", "950001", "message_number_invalid"),
        ("msg_no", "0", "message_number_invalid"),
        ("send_date", "20261131", "date_invalid"),
        ("send_time", "240000", "time_invalid"),
        ("resp_code", "0000", "resp_code_in_request"),
        ("no_such_field", "1", "field_unknown"),
    ],
)
def test_it_refuses_what_a_field_can_not_carry(field, value, code):
    with pytest.raises(MessageRefused) as refused:
        encode(TRANSFER, {**PAYMENT, field: value})
    assert codes(refused.value) == [(code, field)]


def test_it_names_all_fields_that_are_missing_at_once():
    with pytest.raises(MessageRefused) as refused:
        encode(TRANSFER, HEADER)
    assert [field for _code, field in codes(refused.value)] == [
        "debit_account",
        "amount",
        "credit_bank",
        "credit_account",
    ]


@pytest.mark.parametrize("length", [0, 299, 301])
def test_another_length_is_the_only_finding(length):
    data = golden("2000_100_transfer").ljust(301)[:length]
    assert [(finding.code, finding.value) for finding in check(data)] == [("message_length", str(length))]


def test_an_unknown_kind_is_the_only_finding():
    data = golden("2000_100_transfer")
    changed = data[:24] + b"9000" + data[28:]
    assert [(finding.code, finding.value) for finding in check(changed)] == [("message_unknown", "9000/100")]
    with pytest.raises(MessageRefused):
        encode("9000/100", HEADER)


def test_an_answer_repeats_its_request_without_its_secrets():
    request = decode(golden("2000_100_transfer"))
    given = answer(request, "0000", {"balance_sign": "+", "balance": "987654321", "fee": "500"})
    assert given == golden("2100_100_transfer_done")
    assert decode(given).identity == request.identity


def test_secrets_stay_out_of_the_stored_copy_and_of_findings():
    data = golden("2000_100_transfer")
    stored = blank(data)
    assert stored[115:129] == b" " * 14
    assert stored[:115] + stored[129:] == data[:115] + data[129:]
    assert blank(stored) == stored
    broken = data[:115] + b"88\x80\x8112  " + data[123:]
    assert [(finding.field, finding.value) for finding in check(broken)] == [("passbook_pw", "*")]
    assert "8812" not in repr(decode(data))
    with pytest.raises(MessageRefused) as refused:
        encode(TRANSFER, {**PAYMENT, "sign_code": "too long a code"})
    assert [finding.value for finding in refused.value.findings] == ["*"]


def test_a_garbled_message_is_blanked_too():
    data = golden("2000_100_transfer")
    garbled = data[:24] + b"????" + data[28:]
    assert blank(garbled)[115:129] == b" " * 14


def test_a_resident_number_in_a_notice_is_stored_as_six_digits_and_stars():
    data = golden("4000_100_notice")
    named = data[:235] + b"8801011234567   " + data[251:]
    assert blank(named)[235:251] == b"880101*******   "


def test_the_envelope_is_read_from_a_message_whose_body_is_broken():
    data = golden("7000_100_result_inquiry")[:100] + b"\xff" * 200
    assert check(data)
    read = envelope(data)
    assert (read.key, read.msg_no, read.send_date) == (RESULT_INQUIRY, "000021", "20261120")
    assert (read.bank_code, read.company_no) == ("004", "HAEON0000001")
