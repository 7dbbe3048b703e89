"""Re-key review of a voucher (复录): every leg's account and amount blind, and a difference named without the right value."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from moa.control import approval_subjects
from moa.control.approval_capacity import RekeyNeeded
from moa.control.models import ApprovalRequest, AuditLine
from moa.control.operations.change_policy import NewPolicy, decide_policy, propose_policy
from moa.ledger.rules.rekeying import MOST_LEGS_TYPED, decisive_fields
from moa.ledger.rules.typed_vouchers import TypedLeg
from tests.control.factories import make_person, signed_in
from tests.ledger.journal import Journal
from tests.ledger.test_enter_vouchers import decided, sent, transfer_of, typed


def leg(side: str, amount: str, account: str = "a", currency: str = "KRW", name: str = "") -> dict[str, str]:
    return {
        "side": side,
        "account": account,
        "name": name or f"Name {account}",
        "amount": amount,
        "currency": currency,
    }


def codes(legs: list[dict[str, str]]) -> dict[str, str]:
    return {one.code: one.value for one in decisive_fields(legs)}


def test_of_few_legs_each_account_and_amount_is_typed_and_the_name_of_the_largest_credit() -> None:
    legs = [leg("debit", "1000", "bank"), leg("credit", "300", "a"), leg("credit", "700", "b")]
    assert codes(legs) == {
        "account.1": "bank", "amount.1": "1000", "account.2": "a", "amount.2": "300",
        "account.3": "b", "name.3": "Name b", "amount.3": "700",
    }  # fmt: skip


def test_of_many_legs_the_sums_and_the_largest_of_each_side_and_currency() -> None:
    legs = [leg("debit", "1000", "bank")]
    legs += [leg("credit", str(100 + n), f"d{n}") for n in range(6)]
    legs += [
        leg("debit", "10.50", "usd", "USD"),
        leg("credit", "5.25", "u1", "USD"),
        leg("credit", "5.25", "u2", "USD"),
    ]
    assert codes(legs) == {
        "sum.debit.KRW": "1000", "largest_amount.debit.KRW": "1000", "largest_account.debit.KRW": "bank",
        "sum.credit.KRW": "615", "largest_amount.credit.KRW": "105", "largest_account.credit.KRW": "d5",
        "largest_name.credit.KRW": "Name d5", "sum.debit.USD": "10.50", "largest_amount.debit.USD": "10.50",
        "largest_account.debit.USD": "usd", "sum.credit.USD": "10.50", "largest_amount.credit.USD": "5.25",
    }  # fmt: skip


sides = st.sampled_from(["debit", "credit"])
some_legs = st.lists(
    st.builds(leg, sides, st.integers(-(10**12), 10**12).map(str), st.sampled_from("abcdefg"), st.sampled_from(["KRW", "USD"])),
    min_size=2, max_size=12,
)  # fmt: skip


@given(some_legs)
def test_every_figure_is_typed_or_part_of_a_sum_that_is(legs: list[dict[str, str]]) -> None:
    found = decisive_fields(legs)
    assert len({one.code for one in found}) == len(found)
    if len(legs) <= MOST_LEGS_TYPED:
        assert [one.value for one in found if one.what == "amount"] == [one["amount"] for one in legs]
        assert [one.value for one in found if one.what == "account"] == [one["account"] for one in legs]
        return
    sums = sum((Decimal(one.value) for one in found if one.what == "sum"), Decimal(0))
    assert sums == sum((Decimal(one["amount"]) for one in legs), Decimal(0))


@pytest.fixture
def strict(journal: Journal) -> Journal:
    """Vouchers of the book are reviewed by typing again."""
    bands = [{"up_to": "", "steps": [{"grade": "", "review": "rekey"}]}]
    with journal.ctx.open():
        filed = propose_policy(
            journal.ctx, new=NewPolicy("ledger.voucher", None, "KRW", bands, False, journal.ctx.today)
        )
    with journal.second.open():
        decide_policy(journal.second, filed.id, approve=True, seen_hash=filed.content_hash)
    return journal


def body(response: Any) -> str:
    return html.unescape(response.content.decode())


def type_again(client: Client, request: ApprovalRequest, **more: str) -> Any:
    given = {
        "account.1": "bank",
        "amount.1": "1,234,500",
        "account.2": "a",
        "name.2": "Account a",
        "amount.2": "1234500",
    }
    named = {name.replace("_", "."): value for name, value in more.items()}
    return client.post(
        f"/approvals/{request.id}/rekey", {f"field.{name}": value for name, value in (given | named).items()}
    )


def test_the_figures_stay_hidden_until_all_of_them_are_typed_alike(strict: Journal) -> None:
    request = sent(strict, transfer_of("1,234,500"))
    client = signed_in(strict.second)
    for page in (f"/approvals/{request.id}", f"/ledger/vouchers/drafts/{request.subject_id}"):
        assert "1,234,500" not in body(client.get(page)) and "Account bank" not in body(client.get(page)), (
            page
        )
    asked = body(client.get(f"/approvals/{request.id}"))
    assert re.findall(r'name="field\.([a-z.0-9]+)"', asked) == [
        "account.1",
        "amount.1",
        "account.2",
        "name.2",
        "amount.2",
    ]
    assert "data-no-paste" in asked
    with pytest.raises(RekeyNeeded):
        decided(strict, request)
    wrong = type_again(client, request, amount_2="1234560", account_1="bonk")
    said = body(wrong)
    assert wrong.status_code == 422 and "1행 차변 계정, 2행 대변 금액" in said
    # What was typed alike stays in its field; what differs is empty, and the right value stands nowhere.
    assert 'name="field.amount.1" value="1,234,500"' in said and 'name="field.account.2" value="a"' in said
    assert 'name="field.amount.2" value=""' in said and 'name="field.account.1" value=""' in said
    assert (
        said.count("1,234,500") == 1
        and "1234500" not in said
        and "1234560" not in said
        and "bonk" not in said
    )
    with strict.ctx.open():
        line = AuditLine.objects.get(code="control.approval.rekeyed_otherwise")
    assert line.after["differing"] == ["account.1", "amount.2"]
    assert type_again(client, request).status_code == 302
    assert "1,234,500" in body(client.get(f"/ledger/vouchers/drafts/{request.subject_id}"))
    decided(strict, request)
    assert strict.balance("a") == 1_234_500


def test_the_list_of_vouchers_does_not_give_it_away_either(strict: Journal) -> None:
    request = sent(strict, transfer_of("1,234,500"))
    client, maker = signed_in(strict.second), signed_in(strict.ctx)
    lists = ("/ledger/vouchers", "/ledger/vouchers?as=csv", "/ledger/vouchers?totals=1")
    for address in lists:
        answer = client.get(address)
        said = b"".join(answer.streaming_content).decode() if answer.streaming else body(answer)
        assert "1,234,500" not in said and "1234500" not in said, address
    assert "1,234,500" in body(maker.get("/ledger/vouchers"))
    # The cell whole: the number alone may stand by chance in a form's token or in the name of a style sheet.
    number = f">D{request.subject_id}</td>"
    assert number in body(client.get("/ledger/vouchers"))
    assert number not in body(client.get("/ledger/vouchers?amount.least=1000"))
    assert number in body(maker.get("/ledger/vouchers?amount.least=1000"))
    assert number not in body(client.get("/ledger/vouchers?account=a"))
    assert number in body(maker.get("/ledger/vouchers?account=a"))
    assert type_again(client, request).status_code == 302
    assert "1,234,500" in body(client.get("/ledger/vouchers"))


def test_who_does_not_decide_reads_it_as_ever(strict: Journal) -> None:
    request = sent(strict, transfer_of("1,234,500"))
    page = f"/ledger/vouchers/drafts/{request.subject_id}"
    assert "1,234,500" in body(signed_in(strict.ctx).get(page))
    assert "1,234,500" in body(signed_in(make_person(strict.machine, roles=["auditor"])).get(page))


def test_a_voucher_of_many_legs_asks_for_its_sums(strict: Journal) -> None:
    legs = [TypedLeg("bank", debit="2,100")] + [TypedLeg("a", credit=str(100 * n)) for n in range(1, 7)]
    request = sent(strict, typed(*legs))
    with strict.second.open():
        fields = approval_subjects.describe(strict.second, request).rekey
    assert [(one.label, one.value) for one in fields] == [
        ("차변 합계", "2100"), ("가장 큰 차변 금액", "2100"), ("가장 큰 차변 계정", "bank"), ("대변 합계", "2100"),
        ("가장 큰 대변 금액", "600"), ("가장 큰 대변 계정", "a"), ("가장 큰 대변 계정의 이름", "Account a"),
    ]  # fmt: skip
