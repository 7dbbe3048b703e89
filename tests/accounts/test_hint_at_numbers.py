"""A number of an unusual form is a warning on the form, shown once; it stops nobody."""

from __future__ import annotations

from typing import Any

import pytest

from moa.accounts.models import BankAccount
from tests.control.factories import make_group, make_person, make_unit, signed_in

pytestmark = pytest.mark.django_db


def _asked(unit_id: int, number: str, hinted: str = "") -> dict[str, Any]:
    return {
        "unit": unit_id, "bank": "KR-004", "number": number, "currency": "KRW", "kind": "operating", "hinted": hinted,
    }  # fmt: skip


def test_an_unusual_number_is_hinted_at_and_then_opened_as_it_is_written() -> None:
    machine = make_group()
    unit = make_unit(machine, "C1")
    treasurer = make_person(machine, "kim", roles=["treasurer"])
    browser = signed_in(treasurer)

    first = browser.post("/accounts/open", _asked(unit.id, "123"))
    assert first.status_code == 200
    assert 'name="hinted" value="123"' in first.content.decode()
    with treasurer.open():
        assert not BankAccount.objects.exists()

    second = browser.post("/accounts/open", _asked(unit.id, "123", hinted="123"))
    assert second.status_code == 302
    with treasurer.open():
        assert [account.number for account in BankAccount.objects.all()] == ["123"]
