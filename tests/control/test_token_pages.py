"""API tokens on their pages: made with what one holds, shown once, ended for good."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from moa.control.context import Context
from moa.control.models import MachineToken
from moa.control.operations.make_token import NewToken, make_token
from moa.control.queries import context_for
from moa.control.tokens import TokenRefused, open_token
from tests.control.factories import TwoGroups, make_group, make_person, signed_in

pytestmark = pytest.mark.django_db
NEW = {"name": "ERP", "scopes": ["accounts.view", "ledger.view"], "days": "30"}


@pytest.fixture
def treasurer() -> Context:
    return make_person(make_group(), roles=["treasurer"], name="정하은")


def _now() -> datetime:
    return datetime.now(UTC)


def _token(ctx: Context, name: str = "ERP") -> tuple[MachineToken, str]:
    maker = context_for(ctx.group_id, ctx.actor.person_id, at=_now(), channel="test")
    with maker.open():
        return make_token(maker, new=NewToken(name, ["accounts.view"]))


def test_the_secret_is_shown_once_and_opens(treasurer: Context) -> None:
    client = signed_in(treasurer)
    made = client.post("/settings/tokens/new", NEW)
    secret = re.findall(r">(moa_[\w-]{43})<", made.content.decode())
    assert made.status_code == 200 and len(secret) == 1 and "no-store" in made["Cache-Control"]
    opened = open_token(secret[0], at=_now())
    assert opened.ctx.actor.person_id == treasurer.actor.person_id
    assert opened.ctx.scopes == {"accounts.view", "ledger.view"}
    page = client.get("/settings/tokens").content.decode()
    assert "ERP" in page and secret[0] not in page and secret[0][:12] in page
    assert "계좌·거래내역·가져오기 조회" in page, "the scopes stand in words"


def test_only_what_one_holds_is_offered_and_taken(treasurer: Context) -> None:
    clerk = make_person(treasurer, roles=["clerk"])
    client = signed_in(clerk)
    page = client.get("/settings/tokens/new").content.decode()
    assert 'value="accounts.view"' in page and 'value="ledger.post"' not in page and "acts_as" not in page
    refused = client.post("/settings/tokens/new", NEW | {"scopes": ["ledger.post"]})
    assert refused.status_code == 422
    # Asking for the machine user without the right to manage its tokens makes a token of one's own at most.
    made = client.post("/settings/tokens/new", NEW | {"scopes": ["accounts.view"], "acts_as": "machine"})
    assert made.status_code == 200
    with treasurer.open():
        assert MachineToken.objects.get().person_id == clerk.actor.person_id


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 101}, {"scopes": []}, {"days": "0"}, {"days": "400"}, {"days": "soon"}],
)
def test_an_unfit_form_makes_nothing_and_keeps_what_was_typed(
    treasurer: Context, wrong: dict[str, object]
) -> None:
    answer = signed_in(treasurer).post("/settings/tokens/new", NEW | wrong)
    assert answer.status_code == 422 and 'class="mo-errsum"' in answer.content.decode()
    with treasurer.open():
        assert not MachineToken.objects.exists()


def test_who_manages_them_can_let_it_act_as_the_machine_user(treasurer: Context) -> None:
    client = signed_in(treasurer)
    assert client.post("/settings/tokens/new", NEW | {"acts_as": "machine"}).status_code == 200
    with treasurer.open():
        assert MachineToken.objects.get().person.kind == "machine"
    assert "자동 처리" in client.get("/settings/tokens").content.decode()


def test_a_revoked_one_is_dead_and_stays_in_the_list(treasurer: Context) -> None:
    token, secret = _token(treasurer)
    client = signed_in(treasurer)
    assert token.name in client.get(f"/settings/tokens/{token.id}/revoke").content.decode()
    open_token(secret, at=_now())
    assert client.post(f"/settings/tokens/{token.id}/revoke").status_code == 302
    with pytest.raises(TokenRefused):
        open_token(secret, at=_now())
    assert "폐기됨" in client.get("/settings/tokens").content.decode()
    assert client.get(f"/settings/tokens/{token.id}/revoke").status_code == 302, "nothing is left to revoke"


def test_anothers_is_not_there(treasurer: Context, two_groups: TwoGroups) -> None:
    token, secret = _token(treasurer, "SECRET-NAME")
    clerk = make_person(treasurer, roles=["clerk"])
    for other in (clerk, two_groups.stranger):
        client = signed_in(other)
        assert "SECRET-NAME" not in client.get("/settings/tokens").content.decode()
        assert client.get(f"/settings/tokens/{token.id}/revoke").status_code == 404
        assert client.post(f"/settings/tokens/{token.id}/revoke").status_code == 404
    open_token(secret, at=_now())
    # Who manages them sees and ends everybody's.
    own, _ = _token(clerk, "of the clerk")
    client = signed_in(treasurer)
    assert "of the clerk" in client.get("/settings/tokens").content.decode()
    assert client.post(f"/settings/tokens/{own.id}/revoke").status_code == 302


def test_a_name_is_text_and_nothing_else(treasurer: Context) -> None:
    token, _ = _token(treasurer, "<script>alert(1)</script>")
    client = signed_in(treasurer)
    for place in ("/settings/tokens", f"/settings/tokens/{token.id}/revoke"):
        assert "<script>alert" not in client.get(place).content.decode()
