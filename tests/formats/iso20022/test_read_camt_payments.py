"""The payments inside an entry: who, which reference, which text, and batches."""

from __future__ import annotations

import pytest

from moa.formats.statements import Detail
from tests.formats.iso20022.camt_files import BOOKED, codes, entries_of, entry, one_day, problems

DEBTOR = "<Dbtr><Nm>가온</Nm></Dbtr><DbtrAcct><Id><Othr><Id>1002-1</Id></Othr></Id></DbtrAcct>"
CREDITOR = "<Cdtr><Nm>나래</Nm></Cdtr><CdtrAcct><Id><IBAN>DE75512108001245126199</IBAN></Id></CdtrAcct>"
OURSELVES = "<Dbtr><Nm>We</Nm></Dbtr><DbtrAcct><Id><Othr><Id>110-1</Id></Othr></Id></DbtrAcct>"


def paid(*payments: str, side: str = "CRDT", amount: str = "10.00", more: str = "") -> str:
    details = "".join(f"<TxDtls>{payment}</TxDtls>" for payment in payments)
    closing = "110.00" if side == "CRDT" else "90.00"
    rest = f"{BOOKED}{more}<NtryDtls>{details}</NtryDtls>"
    return one_day(entry(amount, side, rest), closing=closing)


def parties(inside: str) -> str:
    return f"<RltdPties>{inside}</RltdPties>"


@pytest.mark.parametrize(
    ("side", "reversal", "inside", "name", "account"),
    [
        ("CRDT", "", DEBTOR + CREDITOR, "가온", "1002-1"),
        ("DBIT", "", DEBTOR + CREDITOR, "나래", "DE75512108001245126199"),
        ("CRDT", "<RvslInd>false</RvslInd>", DEBTOR + CREDITOR, "가온", "1002-1"),
        # A payment of ours that came back: its creditor is the other side still.
        ("CRDT", "<RvslInd>true</RvslInd>", DEBTOR + CREDITOR, "나래", "DE75512108001245126199"),
        ("DBIT", "<RvslInd>1</RvslInd>", DEBTOR + CREDITOR, "가온", "1002-1"),
        # This bank turns the sides round itself.
        ("DBIT", "<RvslInd>true</RvslInd>", CREDITOR, "나래", "DE75512108001245126199"),
        ("CRDT", "<RvslInd>true</RvslInd>", OURSELVES + CREDITOR, "나래", "DE75512108001245126199"),
        ("CRDT", "", OURSELVES + CREDITOR, "나래", "DE75512108001245126199"),
        ("CRDT", "", CREDITOR, "", ""),
        ("CRDT", "", "<Dbtr><Pty><Nm>다온</Nm></Pty></Dbtr>", "다온", ""),
        (
            "DBIT",
            "",
            "<Cdtr><Agt><FinInstnId><BICFI>HANBKRSE</BICFI></FinInstnId></Agt></Cdtr>",
            "HANBKRSE",
            "",
        ),
        ("CRDT", "", "<Dbtr/><UltmtDbtr><Nm>라온</Nm></UltmtDbtr>", "라온", ""),
        ("CRDT", "", "<Dbtr><Nm>가온</Nm></Dbtr><UltmtDbtr><Nm>라온</Nm></UltmtDbtr>", "가온", ""),
        ("DBIT", "", "<UltmtCdtr><Pty><Nm>마루</Nm></Pty></UltmtCdtr>", "마루", ""),
        ("CRDT", "", "<DbtrAcct><Id><Othr><Id>1002-1</Id></Othr></Id></DbtrAcct>", "", "1002-1"),
    ],
)
def test_the_counterparty_is_the_other_side(
    side: str, reversal: str, inside: str, name: str, account: str
) -> None:
    line = entries_of(paid(parties(inside), side=side, more=reversal))[0]
    assert (line.counterparty, line.counterparty_account) == (name, account)


def test_the_booked_side_of_a_reversal_is_as_it_stands() -> None:
    content = paid(parties(DEBTOR), side="DBIT", more="<RvslInd>true</RvslInd>")
    assert (entries_of(content)[0].direction, codes(content)) == ("debit", [])


@pytest.mark.parametrize(
    ("refs", "more", "reference", "bank_reference"),
    [
        ("<EndToEndId>E1</EndToEndId><TxId>T1</TxId>", "", "E1", ""),
        ("<EndToEndId>NOTPROVIDED</EndToEndId><InstrId>I1</InstrId>", "", "I1", ""),
        ("<EndToEndId>NotProvided</EndToEndId><TxId>T1</TxId>", "", "T1", ""),
        ("<AcctSvcrRef>B1</AcctSvcrRef>", "", "B1", "B1"),
        (
            "<AcctSvcrRef>B1</AcctSvcrRef><EndToEndId>E1</EndToEndId>",
            "<AcctSvcrRef>B0</AcctSvcrRef>",
            "E1",
            "B0",
        ),
        ("<MndtId>D1</MndtId>", "", "D1", ""),
        ("<Prtry><Tp>00</Tp><Ref>P1</Ref></Prtry>", "", "P1", ""),
        ("", "<AcctSvcrRef>B0</AcctSvcrRef>", "B0", "B0"),
        ("<EndToEndId> </EndToEndId>", "", "", ""),
    ],
)
def test_the_reference_is_the_first_that_says_something(
    refs: str, more: str, reference: str, bank_reference: str
) -> None:
    line = entries_of(paid(f"<Refs>{refs}</Refs>", more=more))[0]
    assert (line.reference, line.bank_reference) == (reference, bank_reference)


def test_no_remittance_text_is_lost_and_none_is_said_twice() -> None:
    payment = (
        "<RmtInf><Ustrd>one</Ustrd><Ustrd>two</Ustrd><Strd><RfrdDocInf><Nb>INV-3</Nb></RfrdDocInf>"
        "<CdtrRefInf><Ref>RF04</Ref></CdtrRefInf><AddtlRmtInf>five</AddtlRmtInf><AddtlRmtInf>six</AddtlRmtInf>"
        "</Strd><Strd><CdtrRefInf><Ref>RF07</Ref></CdtrRefInf></Strd></RmtInf>"
        "<RtrInf><Rsn><Prtry>eight</Prtry></Rsn><AddtlInf>nine</AddtlInf></RtrInf><AddtlTxInf>two</AddtlTxInf>"
    )
    content = paid(payment).replace("</NtryDtls>", "</NtryDtls><AddtlNtryInf>ten</AddtlNtryInf>")
    assert entries_of(content)[0].description == "one two INV-3 RF04 five six RF07 eight nine ten"


def test_a_broken_line_in_a_text_is_a_blank() -> None:
    assert entries_of(paid("<RmtInf><Ustrd>one\n\t\ttwo</Ustrd></RmtInf>"))[0].description == "one two"


def test_without_any_text_the_bank_s_code_describes_the_entry() -> None:
    code = (
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>{}</BkTxCd>"
    )
    own = "<Prtry><Cd>NTRF</Cd><Issr>DK</Issr></Prtry>"
    texts = [entries_of(paid(more=code.format(more)))[0].description for more in ("", own)]
    assert texts == ["PMNT RCDT ESCT", "NTRF"]


def _part(amount: str, side: str = "CRDT", currency: str = "EUR") -> str:
    return f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def test_a_batch_is_one_entry_with_its_payments_as_details() -> None:
    first = f"<Refs><EndToEndId>E1</EndToEndId></Refs>{_part('4.00')}{parties(DEBTOR)}"
    second = f"{_part('6.00')}<RmtInf><Ustrd>second</Ustrd></RmtInf>"
    content = paid(first, second)
    lines = entries_of(content)
    assert [line.amount_minor for line in lines] == [1000]
    assert lines[0].details == (
        Detail(400, "EUR", "credit", "E1", "", "가온", "1002-1"),
        Detail(600, "EUR", "credit", "", "second", "", ""),
    )
    assert codes(content) == []


def test_a_batch_that_nets_both_sides_adds_up() -> None:
    assert codes(paid(_part("13.00"), _part("3.00", "DBIT"))) == []


def test_a_batch_that_does_not_add_up_is_warned_of() -> None:
    found = problems(paid(_part("4.00"), _part("5.99")))
    assert [(one.severity, one.code, one.value) for one in found] == [
        ("warning", "batch_sum_differs", "10.00 ≠ 9.99")
    ]


def test_a_batch_in_another_currency_is_not_summed() -> None:
    content = paid(_part("450", currency="JPY"), _part("6.00", currency="USD"))
    assert [(one.amount_minor, one.currency) for one in entries_of(content)[0].details] == [
        (450, "JPY"),
        (600, "USD"),
    ]
    assert codes(content) == []


def test_the_amount_in_the_account_s_currency_is_preferred() -> None:
    amounts = '<AmtDtls><InstdAmt><Amt Ccy="USD">5.55</Amt></InstdAmt><CntrValAmt><Amt Ccy="EUR">4.00</Amt>'
    payment = f"{_part('5.55', currency='USD')}{amounts}</CntrValAmt></AmtDtls>"
    old = '<AmtDtls><TxAmt><Amt Ccy="EUR">6.00</Amt></TxAmt></AmtDtls>'
    content = paid(payment, old)
    assert [(one.amount_minor, one.currency) for one in entries_of(content)[0].details] == [
        (400, "EUR"),
        (600, "EUR"),
    ]
    assert codes(content) == []


def test_payments_without_an_amount_leave_their_text_with_the_entry() -> None:
    content = paid(
        "<RmtInf><Ustrd>one</Ustrd></RmtInf>", "<RmtInf><Ustrd>two</Ustrd></RmtInf>", _part("10.00")
    )
    line = entries_of(content)[0]
    assert (line.description, len(line.details)) == ("one two", 1)
    assert [(one.code, one.value) for one in problems(content)] == [("detail_amount_missing", "2 of 3")]


def test_a_batch_without_payments_is_named_by_its_order() -> None:
    batch = "<NtryDtls><Btch><MsgId>M1</MsgId><PmtInfId>P1</PmtInfId><NbOfTxs>20</NbOfTxs></Btch></NtryDtls>"
    line = entries_of(one_day(entry(rest=BOOKED + batch)))[0]
    assert (line.reference, line.details) == ("P1", ())


def test_payments_in_several_groups_belong_to_one_entry() -> None:
    groups = "".join(f"<NtryDtls><TxDtls>{_part('5.00')}</TxDtls></NtryDtls>" for _ in range(2))
    assert [len(line.details) for line in entries_of(one_day(entry(rest=BOOKED + groups)))] == [2]
