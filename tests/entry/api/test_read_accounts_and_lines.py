"""Accounts and transactions as programs read them: formats, conditions, pages, and nothing of anybody else."""

from __future__ import annotations

import base64
import re
from decimal import Decimal

import pytest

from moa.entry.api.audit import AuditAsked
from moa.entry.api.paging import write_cursor
from tests.accounts.bank_files import Line, mt940, nov
from tests.entry.api.api_world import ApiWorld

pytestmark = pytest.mark.django_db
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?\+09:00")


def test_an_account_says_its_balance_as_a_decimal_string_and_its_days(world: ApiWorld) -> None:
    found = world.full.get(f"/accounts/{world.account.id}").body
    assert (found["currency"], found["balance"], found["balance_date"]) == ("KRW", "10010000", "2026-11-08")
    assert found["bank"] == "KR004" and found["company"] == world.books.company.code
    assert MOMENT.fullmatch(found["received_at"])


def test_an_amount_has_the_decimals_of_its_currency(world: ApiWorld) -> None:
    world.books.bring(
        mt940([Line(nov(4), 12)], account="3002003004005", currency="USD", opening=1, reference="USD")
    )
    assert world.full.get(f"/accounts/{world.dollars.id}").body["balance"] == "13.00"
    line = world.full.get(f"/transactions?account={world.dollars.id}").body["items"][0]
    assert (line["amount"], line["currency"], line["balance"]) == ("12.00", "USD", "13.00")


def test_what_is_absent_and_what_is_anothers_look_alike(world: ApiWorld) -> None:
    absent = world.full.get("/accounts/987654321")
    assert absent.status == 404
    for caller, account in (
        (world.full, world.foreign),
        (world.stranger, world.account),
        (world.clerk, world.account),
    ):
        answer = caller.get(f"/accounts/{account.id}")
        assert answer.status == 404
        assert {**answer.body, "instance": "", "request_id": ""} == {
            **absent.body,
            "instance": "",
            "request_id": "",
        }


def test_a_list_holds_what_the_token_may_see(world: ApiWorld) -> None:
    mine = {one["id"] for one in world.full.walk("/accounts")}
    assert mine == {world.account.id, world.dollars.id, world.elsewhere.id}
    assert [one["id"] for one in world.clerk.walk("/accounts")] == [world.elsewhere.id]
    assert [one["id"] for one in world.stranger.walk("/accounts")] == [world.foreign.id]
    assert [one["id"] for one in world.full.walk("/accounts?currency=USD")] == [world.dollars.id]
    company = world.books.company.code
    assert {one["id"] for one in world.full.walk(f"/accounts?company={company}")} == {
        world.account.id,
        world.dollars.id,
    }
    assert world.full.walk("/accounts?bank=KR020") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20, 21, 500])
def test_walking_meets_every_line_once_in_order(world: ApiWorld, limit: int) -> None:
    found = world.full.walk(f"/transactions?limit={limit}")
    places = [(one["booked_on"], one["id"]) for one in found]
    assert len(places) == 21 and places == sorted(set(places), reverse=True)


def test_walking_accounts_meets_each_once(world: ApiWorld) -> None:
    assert [one["id"] for one in world.full.walk("/accounts?limit=1")] == sorted(
        [world.account.id, world.dollars.id, world.elsewhere.id]
    )


def test_conditions_narrow_the_lines(world: ApiWorld) -> None:
    def ask(query: str) -> list[Decimal]:
        return [Decimal(one["amount"]) for one in world.full.walk(f"/transactions?{query}")]

    every = ask("limit=500")
    assert sorted(ask("currency=KRW&min=5000&max=7000"), key=abs) == [-5000, 6000, -7000]
    assert sorted(ask("min=4999.5&max=7000.9"), key=abs) == [-5000, 6000, -7000], (
        "in the base currency, to the last unit"
    )
    assert ask(f"min=1&account={world.account.id}&currency=USD") == []
    assert all(amount > 0 for amount in ask("direction=credit")) and len(ask("direction=debit")) == 10
    assert ask("text=words 13") == [14000]
    assert ask("text=REF13") == [14000]
    assert ask("text=%25") == []
    assert len(ask("from=2026-11-03&to=2026-11-03")) == 4
    assert len(ask(f"account={world.elsewhere.id}")) == 1
    assert ask(f"account={world.foreign.id}") == [] == ask("account=987654321")
    assert ask("from=2026-12-01") == []
    assert len(every) == 21


def test_a_line_is_read_alone(world: ApiWorld) -> None:
    line = world.full.get(f"/transactions?account={world.account.id}&limit=1").body["items"][0]
    assert world.full.get(f"/transactions/{line['id']}").body == line
    assert (line["reference"], line["state"]) == ("REF19", "booked") and MOMENT.fullmatch(line["recorded_at"])
    for caller in (world.stranger, world.clerk):
        assert caller.get(f"/transactions/{line['id']}").status == 404


@pytest.mark.parametrize(
    ("query", "place", "code"),
    [
        ("from=24.6.2026", "from", "date_unreadable"),
        ("from=2026-02-30", "from", "date_unreadable"),
        ("limit=0", "limit", "value_invalid"),
        ("limit=501", "limit", "value_invalid"),
        ("limit=ten", "limit", "value_invalid"),
        ("account=-1", "account", "value_invalid"),
        ("account=9223372036854775808", "account", "value_invalid"),
        ("min=1e3&currency=KRW", "min", "value_invalid"),
        ("currency=XYZ", "currency", "currency_unknown"),
        ("currency=krw", "currency", "currency_unknown"),
        ("form=2026-11-03", "form", "parameter_unknown"),
        ("from=2026-11-03&from=2026-11-04", "from", "parameter_repeated"),
        ("cursor=%C3%A9", "cursor", "value_invalid"),
        ("text=a%00b", "text", "value_invalid"),
        ("direction=both", "direction", "value_invalid"),
    ],
)  # fmt: skip
def test_an_unfit_condition_is_422_with_its_place(world: ApiWorld, query: str, place: str, code: str) -> None:
    answer = world.full.get(f"/transactions?{query}")
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [(one["place"], one["field"], one["code"]) for one in answer.body["errors"]] == [
        ("query", place, code)
    ]


def test_a_cursor_is_good_for_its_own_question_only(world: ApiWorld) -> None:
    given = world.full.get("/transactions?limit=1").body["next"]
    assert world.full.get(f"/transactions?limit=5&cursor={given}").status == 200, (
        "the size of a page is no question"
    )
    for path in (f"/transactions?direction=debit&cursor={given}", f"/accounts?cursor={given}"):
        answer = world.full.get(path)
        assert (answer.status, answer.code) == (422, "cursor_unfit")
        assert (answer.body["errors"][0]["place"], answer.body["errors"][0]["field"]) == ("query", "cursor")


@pytest.mark.parametrize("content", ["", "[]", "7", "[7]", '["abc"]', "null"])
def test_a_cursor_that_nobody_gave_is_404(world: ApiWorld, content: str) -> None:
    cursor = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=") or "abc"
    answer = world.full.get(f"/transactions?cursor={cursor}")
    assert (answer.status, answer.code) == (404, "cursor_unknown")


@pytest.mark.parametrize("moment", ["2026-11-20T00:00:00-23:59", "2026-11-20T00:00:00%2B16:00"])
def test_a_moment_of_any_offset_is_a_moment(world: ApiWorld, moment: str) -> None:
    assert world.full.get(f"/position?known_at={moment}").status in (200, 422)
    assert world.full.get("/position?known_at=2026-11-10T00:00:00-23:59").status == 200


@pytest.mark.parametrize("micros", [-(2**62), 2**62, 10**17])
def test_a_cursor_with_a_moment_that_no_line_has_is_unfit(world: ApiWorld, micros: int) -> None:
    cursor = write_cursor(AuditAsked().dict(exclude={"cursor"}), [micros, 1])
    assert world.full.get(f"/audit?cursor={cursor}").code == "cursor_unfit"


def test_the_framework_speaks_in_problems_too(world: ApiWorld) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404), ("GET", "/accounts/abc", 404), ("DELETE", "/accounts", 405), ("POST", "/accounts", 405),
        ("TRACE", "/accounts", 405),
    ):  # fmt: skip
        answer = world.full.ask(method, path)
        assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
        assert answer.body["status"] == status and answer.body["request_id"] == answer.headers["X-Request-Id"]
        if status == 405:
            assert answer.headers["Allow"] == "GET"
    assert world.full.get("/accounts", headers={"Accept": "text/html"}).status == 406
    for accepted in ("application/json", "*/*", "text/html, application/*;q=0.5"):
        assert world.full.get("/accounts", headers={"Accept": accepted}).status == 200


def test_head_is_get_without_its_body(world: ApiWorld) -> None:
    answer = world.full.ask("HEAD", "/accounts")
    assert answer.status == 200 and answer.raw == b"" and answer.headers["RateLimit-Limit"] == "600"


def test_a_fault_of_ours_is_a_problem_without_its_insides(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr("moa.entry.api.accounts.account_ids_after", fail)
    answer = world.full.get("/accounts")
    assert (answer.status, answer.code) == (500, "failed") and b"insides" not in answer.raw
    assert answer.headers["X-Request-Id"] == answer.body["request_id"]
