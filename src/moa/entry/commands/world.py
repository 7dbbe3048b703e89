"""`moa world`: run the simulated banks as a process of their own, and give them orders through their control API.

The product imports nothing of the world: it starts it, and asks it over HTTP on loopback.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from moa.kernel.errors import DomainError

CONTROL = "MOA_WORLD"
DEFAULT_PORT = 8790
_SEOUL = ZoneInfo("Asia/Seoul")
_SECONDS = 30
_CHANCES = 10_000


class WorldRefused(DomainError):
    """The simulated banks do not run, or do not take the order. Shape: `why` in their own words."""

    code = "world.refused"

    @property
    def sentence(self) -> str:
        return str(self.facts["why"])


def world_folder() -> Path:
    from moa.entry.database import state_dir

    return state_dir() / "world"


def balances_file() -> Path:
    """What the demo's accounts hold when the simulated banks begin; the loading of the demo writes it."""
    return world_folder() / "balances.json"


def _control() -> str:
    """Where the control API is: the environment says so, or the folder of the running world."""
    if named := os.environ.get(CONTROL):
        return named.rstrip("/")
    said = where_it_runs()
    if not said:
        raise WorldRefused(why="The simulated banks do not run: moa world up starts them.")
    return str(said["control"])


def where_it_runs() -> dict[str, Any]:
    """What the running world wrote of itself; empty where none runs."""
    try:
        return dict(json.loads((world_folder() / "world.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def ask(method: str, path: str, body: dict[str, Any] | None = None, *, control: str = "") -> Any:
    """One call of the control API, of the running world or of the one that `control` names. Raises: WorldRefused."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        (control or _control()) + path, data, {"Content-Type": "application/json"}, method=method
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        raise WorldRefused(why=json.load(refused).get("error", str(refused))) from None
    except (OSError, ValueError) as lost:
        raise WorldRefused(why=f"The simulated banks do not answer: {lost}") from None


@click.command(help="Run the simulated banks until Ctrl-C. A run goes on where it ended, unless --fresh.")
@click.option("--seed", type=int, default=7, show_default=True, help="Other names and other accidents.")
@click.option(
    "--port",
    type=click.IntRange(0, 65000),
    default=DEFAULT_PORT,
    show_default=True,
    help="Of the control API and its page; the banks take the ports after it. 0: those of the run before, or any.",
)
@click.option(
    "--speed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Virtual seconds a second; 86400 makes a day of each second, 0 waits for `moa world clock`.",
)
@click.option("--start", help="The first moment, YYYY-MM-DDTHH:MM in Korean time; now when left out.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the log and the statements.")
@click.option("--fresh", is_flag=True, help="Begin anew and forget the former run.")
@click.option("--renew", is_flag=True, help="Begin anew when another version wrote the former run.")
@click.option("--quiet", is_flag=True, help="Say nothing.")
def up(
    seed: int, port: int, speed: int, start: str | None, out: Path | None, fresh: bool, renew: bool, quiet: bool
) -> None:  # fmt: skip
    from moa.entry.children import end_with_parent

    end_with_parent()
    folder = out or world_folder()
    first = start or datetime.now(_SEOUL).replace(tzinfo=None, microsecond=0).isoformat()
    try:
        datetime.fromisoformat(first)
    except ValueError:
        raise click.UsageError("--start is YYYY-MM-DDTHH:MM") from None
    arguments = [
        "live",
        "--out",
        str(folder),
        "--seed",
        str(seed),
        "--port",
        str(port),
        "--speed",
        str(speed),
    ]
    for name, is_set in (("--fresh", fresh), ("--renew", renew), ("--quiet", quiet)):
        arguments += [name] if is_set else []
    if balances_file().exists():
        arguments += ["--balances", str(balances_file())]
    if port and not quiet:
        click.echo(f"The simulated banks: http://127.0.0.1:{port} — Ctrl-C ends them.", err=True)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "moa_world", *arguments, "--start", first])


@click.command(help="Let something go wrong: KIND is on the menu that --menu prints. --clear takes it back.")
@click.argument("kind", required=False)
@click.option("--bank", default="", help="Its code; every bank when left out.")
@click.option("--message", "key", default="", help="Such as 2000/100; every message when left out.")
@click.option("--number", "msg_no", default="", help="Of one message.")
@click.option(
    "--percent", type=click.IntRange(0, 100), default=100, show_default=True, help="How likely it is."
)
@click.option(
    "--times", type=click.IntRange(0), default=1, show_default=True, help="How often; 0 without end."
)
@click.option("--delay", type=click.IntRange(0), help="Virtual seconds, for what comes late.")
@click.option("--code", default="", help="The bank's code of a refusal; or how a statement differs.")
@click.option("--amount", type=int, help="Won by which totals are wrong, or seconds by which a clock is.")
@click.option("--reply", is_flag=True, help="late_apply: answer too, when it arrives.")
@click.option("--clear", type=int, is_flag=False, flag_value=0, help="Take back fault number N, or all.")
@click.option("--menu", is_flag=True, help="What can go wrong, and what is in force.")
@click.option("--json", "as_json", is_flag=True)
def fault(
    kind: str | None, clear: int | None, menu: bool, as_json: bool, percent: int, delay: int | None,
    amount: int | None, **order: Any
) -> None:  # fmt: skip
    if menu:
        said = ask("GET", "/faults")
        _show(
            said, as_json, [*(f"{name:<18} {words}" for name, words in said["menu"].items()), *_rules(said)]
        )
    elif clear is not None:
        said = ask("DELETE", f"/faults/{clear}")
        _show(said, as_json, _rules(said) or ["No fault is in force."])
    elif kind is None:
        raise click.UsageError("Name what goes wrong; --menu prints what there is.")
    else:
        optional = {"delay": delay, "amount": amount}
        wanted = {name: value for name, value in order.items() if value != ""}
        wanted |= {name: value for name, value in optional.items() if value is not None}
        said = ask("POST", "/faults", {"kind": kind, "chance": percent * _CHANCES // 100, **wanted})
        _show(said, as_json, _rules({"faults": [said]}))


@click.command(
    help="Step the clock of the simulated banks, or set its speed; without an option it tells the time."
)
@click.option("--step", "seconds", type=click.IntRange(1), help="Virtual seconds.")
@click.option("--to", help="A moment, YYYY-MM-DDTHH:MM.")
@click.option("--day-end", is_flag=True, help="Until every bank has ended its day.")
@click.option("--next-day", is_flag=True, help="08:00 of the next day.")
@click.option("--speed", type=click.IntRange(0), help="Virtual seconds a second.")
@click.option("--json", "as_json", is_flag=True)
def clock(as_json: bool, **asked: Any) -> None:
    said = ask("POST", "/clock", {name: value for name, value in asked.items() if value not in (None, False)})
    _show(said, as_json, [f"{said['now']}, {said['speed']} s a second"])


@click.command(
    help="What the simulated banks hold. --bank: its transfers; --account too: its debits and credits."
)
@click.option("--bank")
@click.option("--account")
@click.option("--day", default="", help="YYYY-MM-DD; every day when left out.")
@click.option("--json", "as_json", is_flag=True)
def state(bank: str | None, account: str | None, day: str, as_json: bool) -> None:
    if account and not bank:
        raise click.UsageError("--account needs --bank.")
    if account:
        said = ask("GET", f"/accounts/{bank}/{account}" + (f"?day={day}" if day else ""))
        lines = [f"{each['at']}  {each['amount']:>16,}  {each['balance']:>18,}  {each['text']} {each['memo']}  {each['reference']}"
                 for each in said["ledger"]]  # fmt: skip
        _show(said, as_json, [f"{said['holder']}  {said['balance']:,}", *lines])
    elif bank:
        said = ask("GET", f"/transfers/{bank}" + (f"?day={day.replace('-', '')}" if day else ""))
        _show({"transfers": said}, as_json, [
            f"{each['day']} {each['msg_no']}  {each['state']:<8} {each['code']}  {each['amount']:>16,}  "
            f"{each['debit_account']} → {each['credit_bank']} {each['credit_account']}" for each in said
        ])  # fmt: skip
    else:
        said = ask("GET", "/state")
        _show(said, as_json, _overview(said))


def _overview(said: dict[str, Any]) -> list[str]:
    changed = (
        ""
        if said["total"] == said["total_at_start"]
        else f", NOT the {said['total_at_start']:,} of the start"
    )
    rows = [f"{said['now']}  seed {said['seed']}  all money {said['total']:,}{changed}"]
    for bank in said["banks"]:
        totals = bank["totals"]
        ports = said["ports"][bank["code"]]
        how = "down" if bank["is_down"] else "open" if bank["is_open"] or not ports else "not opened"
        where = f"port {ports['send']}" if ports else f"HTTP {said['http_port']}"
        ours = sum(each["balance"] for each in bank["accounts"] if each["is_ours"])
        rows.append(
            f"{bank['code']} {bank['name']}  {how}  {where}  ours {ours:,}  "
            f"today {totals['ok_count']} done {totals['ok_amount']:,}, {totals['failed_count']} refused, "
            f"{totals['returned_count']} returned"
        )
    return [*rows, *_rules(said)]


def _rules(said: dict[str, Any]) -> list[str]:
    return [
        f"fault {each['number']}: {each['kind']} at {each['bank'] or 'any bank'}, {each['key'] or 'any message'}, "
        f"{each['chance'] / 100:g} %, fired {each['fired']} of {each['times'] or 'any number of'} times"
        for each in said["faults"]
    ]


def _show(said: Any, as_json: bool, lines: list[str]) -> None:
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)
