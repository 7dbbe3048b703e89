"""A group as a treasurer finds it in the morning: two companies, three accounts, a few days of statements.

All of it comes through the ordinary operations. Days count back from today, because pages run at the present moment.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from moa.accounts.models import BankAccount
from moa.accounts.operations.import_file import ImportResult, import_file
from moa.accounts.operations.open_account import NewAccount, open_account
from moa.accounts.operations.receive_file import receive_file
from moa.control.context import Context
from moa.control.models import Unit
from tests.accounts.bank_files import Line, mt940
from tests.control.factories import PASSWORD, make_group, make_person, make_unit

MAIN, SALES, DOLLARS = "11022233344182", "22033344455293", "33044455566304"


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@dataclass
class Scene:
    """Shape: `people` contexts by login; `accounts` by number. All amounts are whole units of the currency."""

    machine: Context
    making: Unit
    selling: Unit
    people: dict[str, Context] = field(default_factory=dict)
    accounts: dict[str, BankAccount] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)

    @property
    def treasurer(self) -> Context:
        return self.people["haeun"]

    def open(self, number: str, unit: Unit, bank: str, name: str, currency: str = "KRW") -> BankAccount:
        ctx = now(self.treasurer)
        new = NewAccount(unit.id, "KR", bank, number, currency, nickname=name, opened_on=ago(400))
        with ctx.open():
            self.accounts[number] = open_account(ctx, new=new)
        return self.accounts[number]

    def bring(self, data: bytes, name: str) -> ImportResult:
        """Receive and import a file as the treasurer, at this moment."""
        ctx = now(self.treasurer)
        with ctx.open():
            file = receive_file(ctx, source=io.BytesIO(data), name=name)
        self.files[name] = file.id
        return import_file(ctx, file_id=file.id)


def now(ctx: Context) -> Context:
    """The same person at this moment."""
    return replace(ctx, at=datetime.now(UTC), today=timezone.localdate())


def make_scene() -> Scene:
    """The group without accounts; everybody's password is the factories'."""
    machine = make_group(at=datetime.now(UTC))
    scene = Scene(
        machine, make_unit(machine, "HM", name="한빛제조"), make_unit(machine, "HS", name="한빛유통")
    )
    roles: dict[str, tuple[str, list[str | tuple[str, int | None]]]] = {
        "haeun": ("정하은", ["treasurer"]), "minjun": ("김민준", ["teller"]), "soyeon": ("박소연", ["approver"]),
        "clerk": ("이도윤", [("clerk", scene.selling.id)]), "auditor": ("최서준", ["auditor"]),
        "admin": ("한지우", ["admin"]),
    }  # fmt: skip
    for login, (name, held) in roles.items():
        scene.people[login] = make_person(machine, login, held, name=name)
    return scene


def main_file(reference: str = "MAIN", second: int = -1_250_000) -> bytes:
    lines = [
        Line(ago(4), 8_000_000, "대성금속공업"),
        Line(ago(3), second, "한결전자"),
        Line(ago(2), -40_000, "수수료"),
    ]
    return mt940(lines, opening=10_000_000, account=MAIN, first=ago(4), last=ago(1), reference=reference)


def with_accounts() -> Scene:
    """Three accounts and their files. KRW in all: 16,710,000 + 2,900,000; 5,000 USD has no rate."""
    scene = make_scene()
    scene.open(MAIN, scene.making, "004", "운영 계좌")
    scene.open(SALES, scene.selling, "088", "집금 계좌")
    scene.open(DOLLARS, scene.making, "081", "외화 계좌", "USD")
    assert scene.bring(main_file(), "운영.sta").stored
    sales = [Line(ago(3), 3_000_000, "카드 정산"), Line(ago(2), -100_000, "임차료")]
    assert scene.bring(mt940(sales, account=SALES, last=ago(1)), "집금.sta").stored
    dollars = [Line(ago(2), 5_000, "EXPORT 17")]
    assert scene.bring(mt940(dollars, account=DOLLARS, currency="USD", last=ago(1)), "외화.sta").stored
    return scene


def work_off(at_once: int = 1) -> None:
    """A real worker does the jobs that wait, then ends. In a thread of its own, beside the browser's loop."""

    def work() -> None:
        listening = app.with_connector(cast(DjangoConnector, app.connector).get_worker_connector())
        listening.run_worker(
            wait=False, concurrency=at_once, install_signal_handlers=False, listen_notify=False
        )

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def sign_in(page: Any, login: str, target: str = "/") -> Any:
    """By the form, with the keyboard."""
    page.goto(f"/signin?next={target}")
    page.fill("[name=username]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: urlsplit(url).path != "/signin")
    return page


def arrive(page: Any, path: str) -> None:
    """Wait until the page is at `path`; a pattern would also fit the sign-in page, whose address names its next."""
    page.wait_for_url(lambda url: urlsplit(url).path == path)
