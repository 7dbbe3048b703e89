"""The second step of signing in: codes that count once, locks of their own, recovery codes, and the demand of a role."""

from __future__ import annotations

import threading
from datetime import timedelta

import pyotp
import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from moa.control.context import Context
from moa.control.models import AuditLine, Authenticator, Identity, RecoveryCode, Role
from moa.control.operations.confirm_authenticator import CodeWrong, confirm_authenticator
from moa.control.operations.demand_second_factor import demand_second_factor
from moa.control.operations.make_recovery_codes import NoSecondFactor, make_recovery_codes
from moa.control.operations.pass_second_step import pass_second_step
from moa.control.operations.remove_second_factor import SecondFactorNeeded, remove_second_factor
from moa.control.operations.set_up_authenticator import set_up_authenticator
from moa.control.operations.sign_in import sign_in
from moa.control.second_factor_rules import matching_step, new_recovery_codes, recovery_hash, step_of
from moa.control.second_factors import SecondFactorLocked, SecondFactorRefused
from tests.control.factories import AT, PASSWORD, TwoGroups, make_group, make_person

pytestmark = pytest.mark.django_db
STEP = timedelta(seconds=30)


@pytest.fixture
def person(folder: object) -> Context:
    return make_person(make_group(), "kim", ["teller"], name="김하은")


def _with_app(ctx: Context) -> str:
    """The secret of an app that is in use; its first code was that of AT."""
    with ctx.open():
        secret = set_up_authenticator(ctx).secret
        confirm_authenticator(ctx, code=pyotp.TOTP(secret).at(ctx.at))
    return secret


def _identity() -> Identity:
    return Identity.objects.get(login="kim")


def _step(code: str, way: str = "authenticator", at: object = AT) -> object:
    return pass_second_step(identity_id=_identity().id, code=code, way=way, at=at)  # type: ignore[arg-type]


class TestTheRule:
    SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    @pytest.mark.parametrize(
        ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]
    )  # fmt: skip
    def test_the_codes_are_those_of_rfc_6238(self, seconds: int, code: str) -> None:
        """Source: RFC 6238, appendix B, SHA-1; the last six of the eight digits there."""
        from datetime import UTC, datetime

        at = datetime.fromtimestamp(seconds, UTC)
        assert matching_step(self.SECRET, code, at=at, last_step=0) == step_of(at)

    @pytest.mark.parametrize("code", ["２８７０８２", "287 082", "287-082", " 287082\u3000"])
    def test_a_code_is_read_as_keyboards_of_the_east_give_it(self, code: str) -> None:
        from datetime import UTC, datetime

        assert matching_step(self.SECRET, code, at=datetime.fromtimestamp(59, UTC), last_step=0) == 1

    @pytest.mark.parametrize(("ahead", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
    def test_a_clock_may_be_one_step_off(self, ahead: int, fits: bool) -> None:
        code = pyotp.TOTP(self.SECRET).at(AT + ahead * STEP)
        assert (matching_step(self.SECRET, code, at=AT, last_step=0) is not None) == fits

    @given(last=st.integers(-3, 3), ahead=st.integers(-3, 3))
    def test_a_step_counts_once_and_none_before_it_again(self, last: int, ahead: int) -> None:
        now = step_of(AT)
        found = matching_step(
            self.SECRET, pyotp.TOTP(self.SECRET).generate_otp(now + ahead), at=AT, last_step=now + last
        )
        assert found == (now + ahead if abs(ahead) <= 1 and ahead > last else None)

    def test_ten_recovery_codes_hold_no_letter_that_is_confused(self) -> None:
        codes = new_recovery_codes()
        assert len(set(codes)) == 10 and not set("".join(codes)) & set("lo01")
        assert recovery_hash(1, 2, codes[0]) == recovery_hash(1, 2, codes[0].replace("-", " ").upper())
        assert recovery_hash(1, 2, codes[0]) != recovery_hash(1, 3, codes[0])


class TestTheApp:
    def test_it_counts_from_its_first_code_on(self, person: Context) -> None:
        with person.open():
            first = set_up_authenticator(person)
            assert set_up_authenticator(person) == first and "김" not in first.secret
            with pytest.raises(CodeWrong):
                confirm_authenticator(person, code="000000")
        secret = _with_app(person)
        assert secret == first.secret
        _step(pyotp.TOTP(secret).at(AT + STEP), at=AT + STEP)

    def test_a_code_is_worth_nothing_a_second_time(self, person: Context) -> None:
        secret = _with_app(person)
        with pytest.raises(SecondFactorRefused):
            _step(pyotp.TOTP(secret).at(AT))
        code = pyotp.TOTP(secret).at(AT + STEP)
        _step(code, at=AT + STEP)
        for at in (AT + STEP, AT + 2 * STEP):
            with pytest.raises(SecondFactorRefused):
                _step(code, at=at)

    def test_one_code_at_the_same_moment_lets_one_in(self, transactional_db: None, person: Context) -> None:
        code = pyotp.TOTP(_with_app(person)).at(AT + STEP)
        told: list[str] = []

        def step() -> None:
            try:
                _step(code, at=AT + STEP)
                told.append("in")
            except SecondFactorRefused:
                told.append("out")
            finally:
                connection.close()

        threads = [threading.Thread(target=step) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == ["in", "out", "out"]

    def test_the_secret_is_sealed_and_bound_to_its_person(
        self, person: Context, two_groups: TwoGroups
    ) -> None:
        secret = _with_app(person)
        with person.open():
            row = Authenticator.objects.get()
            assert secret.encode() not in bytes(row.sealed)
        other = make_person(person, "lee")
        with other.open():
            own = set_up_authenticator(other)
            Authenticator.objects.filter(person_id=other.actor.person_id).update(sealed=row.sealed)
            with pytest.raises(Exception, match="secret_damaged"):
                confirm_authenticator(other, code=pyotp.TOTP(own.secret).at(AT))

    def test_the_fifth_wrong_code_locks_and_the_password_does_not_open(self, person: Context) -> None:
        secret = _with_app(person)
        for _ in range(4):
            with pytest.raises(SecondFactorRefused):
                _step("000000")
            sign_in(login="kim", password=PASSWORD, at=AT)
        with pytest.raises(SecondFactorLocked):
            _step("000000")
        right, later = pyotp.TOTP(secret), AT + timedelta(minutes=15)
        with pytest.raises(SecondFactorLocked):
            _step(right.at(AT + STEP), at=AT + STEP)
        _step(right.at(later), at=later)
        assert _identity().second_failed_count == 0
        with person.open():
            failed = AuditLine.objects.filter(code="control.identity.second_factor_refused").order_by("id")
            assert [line.after["failed"] for line in failed] == [1, 2, 3, 4, 5]

    def test_the_trail_says_how_it_was_proven(self, person: Context) -> None:
        secret = _with_app(person)
        sign_in(login="kim", password=PASSWORD, at=AT)
        _step(pyotp.TOTP(secret).at(AT + STEP), at=AT + STEP)
        with person.open():
            codes = list(
                AuditLine.objects.filter(subject_type="identity").order_by("id").values_list("code", "after")
            )
        assert codes == [
            ("control.identity.password_accepted", None),
            ("control.identity.signed_in", {"second_factor": "authenticator"}),
        ]

    def test_removing_the_last_one_obeys_the_demand(self, person: Context) -> None:
        _with_app(person)
        admin = make_person(person, roles=["admin"])
        with admin.open():
            demand_second_factor(admin, Role.objects.get(code="teller").id, demanded=True)
        with person.open():
            make_recovery_codes(person)
        with pytest.raises(SecondFactorNeeded), person.open():
            remove_second_factor(person)
        with admin.open():
            demand_second_factor(admin, Role.objects.get(code="teller").id, demanded=False)
        with person.open():
            remove_second_factor(person)
            assert not Authenticator.objects.exists() and not RecoveryCode.objects.exists()


class TestRecoveryCodes:
    def test_each_counts_once_and_new_ones_replace_them(self, person: Context) -> None:
        with pytest.raises(NoSecondFactor), person.open():
            make_recovery_codes(person)
        _with_app(person)
        with person.open():
            codes = make_recovery_codes(person)
            assert not RecoveryCode.objects.filter(hash__in=codes).exists()
        _step(codes[0].upper(), "recovery")
        with pytest.raises(SecondFactorRefused):
            _step(codes[0], "recovery")
        with person.open():
            assert AuditLine.objects.get(code="control.recovery_code.used").after == {"left": 9}
            make_recovery_codes(person)
        with pytest.raises(SecondFactorRefused):
            _step(codes[1], "recovery")


class TestPages:
    def _begin(self, target: str = "/approvals") -> Client:
        client = Client()
        went = client.post("/signin", {"username": "kim", "password": PASSWORD, "next": target})
        assert went["Location"] == "/signin/second"
        return client

    def test_the_password_alone_opens_nothing(self, person: Context) -> None:
        _with_app(person)
        client = self._begin()
        assert client.get("/approvals").status_code == 302
        assert client.get("/signin/second").status_code == 200
        assert client.post("/signin/second", {"code": "000000"}).status_code == 401
        assert client.get("/approvals").status_code == 302

    def test_the_code_opens_the_page_that_was_wanted(self, person: Context) -> None:
        secret = _with_app(person)
        client = self._begin()
        assert client.post("/signin/second", {"code": pyotp.TOTP(secret).now()})["Location"] == "/approvals"
        assert client.get("/approvals").status_code == 200
        assert "비밀번호와 인증 앱" in client.get("/settings/sessions").content.decode()

    def test_a_recovery_code_opens_too(self, person: Context) -> None:
        _with_app(person)
        with person.open():
            codes = make_recovery_codes(person)
        client = self._begin()
        assert client.post("/signin/second?way=recovery", {"code": codes[3]}).status_code == 302
        again = self._begin()
        assert again.post("/signin/second?way=recovery", {"code": codes[3]}).status_code == 401

    def test_the_second_step_has_five_minutes(self, person: Context) -> None:
        secret = _with_app(person)
        client = self._begin()
        session = client.session
        session["moa_pending"] = {**session["moa_pending"], "at": session["moa_pending"]["at"] - 301}
        session.save()
        answer = client.post("/signin/second", {"code": pyotp.TOTP(secret).now()})
        assert answer["Location"] == "/signin?late=1" and client.get("/approvals").status_code == 302

    def test_without_a_password_there_is_no_second_step(self, person: Context) -> None:
        assert Client().get("/signin/second")["Location"] == "/signin?late=1"

    def test_a_false_passkey_is_refused(self, person: Context) -> None:
        client = Client()
        asked = client.post("/signin/passkey/ask")
        assert asked.status_code == 200 and asked.json()["userVerification"] == "required"
        for body in (
            "",
            "[]",
            "{}",
            '{"answer": {}}',
            '{"answer": {"id": "AA", "response": {"userHandle": "AAAA"}}}',
            "x" * 30_000,
        ):
            client.post("/signin/passkey/ask")
            refused = client.post("/signin/passkey", body, content_type="application/json")
            assert refused.status_code == 401, body[:50]

    def test_who_needs_one_is_led_to_it_and_gets_codes_with_it(self, person: Context) -> None:
        admin = make_person(person, roles=["admin"])
        with admin.open():
            demand_second_factor(admin, Role.objects.get(code="teller").id, demanded=True)
        client = Client()
        went = client.post("/signin", {"username": "kim", "password": PASSWORD, "next": "/approvals"})
        assert went["Location"] == "/settings/second-factor"
        assert client.get("/approvals")["Location"] == "/settings/second-factor"
        assert client.get("/settings")["Location"] == "/settings/second-factor"
        page = client.get("/settings/second-factor/app")
        assert page.status_code == 200 and b"data:image/svg+xml" in page.content
        with person.open():
            secret = set_up_authenticator(person).secret
        shown = client.post("/settings/second-factor/app", {"code": pyotp.TOTP(secret).now()})
        assert shown.status_code == 200 and shown.content.decode().count("-") > 30
        assert client.get("/approvals").status_code == 200
