"""The page of the world: banks, their accounts and totals, faults in force, and forms to step and to spoil. No script."""

from __future__ import annotations

from html import escape
from typing import Any

from .faults import MENU

# The newest lines of an account that the page shows; the control API gives all.
_LINES = 500
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--paper:#fff;--soft:#f1f3f6;--line:#d5dae2;--red:#a32020}
@media(prefers-color-scheme:dark){:root{--ink:#e7ebf1;--paper:#12161c;--soft:#1c222b;--line:#39424f;--red:#ff9a9a}}
body{font:14px/1.45 system-ui,"Noto Sans CJK KR",sans-serif;margin:1.2rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.25rem;margin:0 0 .2rem}h2{font-size:1rem;margin:1.4rem 0 .4rem}
table{border-collapse:collapse;margin:.3rem 0}td,th{padding:.2rem .6rem;border-bottom:1px solid var(--line);text-align:left}
.n,th.n{text-align:right;font-variant-numeric:tabular-nums}th{font-weight:600;background:var(--soft)}
form{display:inline-flex;gap:.4rem;align-items:end;flex-wrap:wrap;margin:.2rem .6rem .2rem 0}label{display:grid;font-size:.8rem}
input,select,button{font:inherit;padding:.2rem .4rem;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:3px}
button{background:var(--soft);cursor:pointer}.bad{color:var(--red);font-weight:600}a{color:inherit}
"""


def front_page(state: dict[str, Any], speed: int) -> str:
    """Everything at a glance. Shape: `state` as world_state gives it."""
    constant = state["total"] == state["total_at_start"]
    parts = [
        f"<h1>The world in a box</h1><p>Seed {state['seed']} · now <b>{escape(state['now'][:19].replace('T', ' '))}</b> · "
        f"{'the clock stands' if not speed else f'{speed} s a second'} · {state['events']:,} events · all money "
        f"{_won(state['total'])} <span class='{'ok' if constant else 'bad'}'>"
        f"{'unchanged since the start' if constant else 'NOT what it was at the start'}</span></p>",
        _clock_forms(),
        "<h2>Banks</h2>",
        _table(
            ("bank", "", "line", "transfers", "done", "refused", "returned", "fees", "notices waiting"),
            [_bank_row(bank) for bank in state["banks"]],
        ),
        "<h2>Faults</h2>",
        _faults(state["faults"]),
        _fault_form([bank["code"] for bank in state["banks"]]),
    ]
    for bank in state["banks"]:
        parts += [
            f"<h2>{bank['code']} {escape(bank['name'])}</h2>",
            _table(
                ("account", "holder", "", "balance", "lines"),
                [_account_row(each) for each in bank["accounts"]],
            ),
        ]
    parts += ["<h2>Statements</h2><p>", "<br>".join(map(escape, state["statements"])) or "none yet", "</p>"]
    return _page("The world in a box", "".join(parts))


def account_page(account: dict[str, Any], ledger: list[dict[str, Any]]) -> str:
    """One account's debits and credits, newest first, with the reference that our message carried."""
    rows = [
        (
            escape(line["at"][:19].replace("T", " ")),
            str(line["number"]),
            (_won(-line["amount"]) if line["amount"] < 0 else "",),
            (_won(line["amount"]) if line["amount"] > 0 else "",),
            (_won(line["balance"]),),
            escape(line["text"]),
            escape(line["memo"]),
            escape(line["reference"]),
            escape(line["msg_no"]),
            escape(f"{line['partner']} {line['partner_bank']} {line['partner_account']}".strip()),
        )
        for line in ledger[: -_LINES - 1 : -1]
    ]
    heads = (
        "at",
        "no.",
        "debit",
        "credit",
        "balance",
        "text",
        "memo",
        "our reference",
        "message",
        "other side",
    )
    title = f"{account['bank']} {account['number']} {account['holder']}"
    return _page(
        title,
        f"<h1>{escape(title)}</h1><p>Balance {_won(account['balance'])}, at the start {_won(account['opening'])} · "
        f"<a href='/'>all banks</a></p>{_table(heads, rows)}",
    )


def _bank_row(bank: dict[str, Any]) -> tuple[Any, ...]:
    totals = bank["totals"]
    line = "<span class='bad'>down</span>" if bank["is_down"] else f"{len(bank['lines'])} connected"
    figures = (
        (str(totals[f"{name}_count"]) + " · " + _won(totals[f"{name}_amount"]),)
        for name in ("request", "ok", "failed", "returned")
    )
    return (
        f"{bank['code']} {escape(bank['name'])}",
        "open" if bank["is_open"] else "not opened",
        line,
        *figures,
        (_won(totals["fee_amount"]),),
        (str(bank["unconfirmed_notices"]),),
    )


def _account_row(account: dict[str, Any]) -> tuple[Any, ...]:
    kind = "ours" if account["is_ours"] else "closed" if account["is_closed"] else ""
    number = escape(account["number"])
    return (
        f"<a href='/ledger/{account['bank']}/{number}'>{number}</a>",
        escape(account["holder"]),
        "the bank's own" if account["is_internal"] else kind,
        (_won(account["balance"]),),
        (str(account["movements"]),),
    )


def _faults(faults: list[dict[str, Any]]) -> str:
    if not faults:
        return "<p>None: everything goes right.</p>"
    rows = [
        (
            str(fault["number"]),
            escape(fault["kind"]),
            fault["bank"] or "any",
            fault["key"] or "any",
            fault["msg_no"] or "any",
            (f"{fault['chance'] / 100:g} %",),
            (f"{fault['fired']} of {fault['times'] or 'any number'}",),
            f"<form method='post' action='/clear'><input type='hidden' name='number' value='{fault['number']}'>"
            "<button>Take back</button></form>",
        )
        for fault in faults
    ]
    return _table(("no.", "fault", "bank", "message", "number", "chance", "fired", ""), rows)


def _clock_forms() -> str:
    steps = (("60", "1 minute"), ("300", "5 minutes"), ("3600", "1 hour"))
    buttons = "".join(
        f"<form method='post' action='/clock'><button name='seconds' value='{seconds}'>+ {words}</button></form>"
        for seconds, words in steps
    )
    return (
        buttons
        + "<form method='post' action='/clock'><button name='day_end' value='1'>To the banks' day end</button></form>"
        "<form method='post' action='/clock'><button name='next_day' value='1'>To 08:00 tomorrow</button></form>"
    )


def _fault_form(banks: list[str]) -> str:
    kinds = "".join(
        f"<option value='{kind}' title='{escape(words)}'>{kind}</option>" for kind, words in MENU.items()
    )
    any_bank = "<option value=''>any</option>" + "".join(f"<option>{code}</option>" for code in banks)
    fields = (
        ("key", "message", "2000/100"), ("msg_no", "number", ""), ("chance", "chance of 10000", "10000"),
        ("times", "times, 0 always", "1"), ("delay", "delay, s", ""), ("code", "code", ""), ("amount", "amount", ""),
    )  # fmt: skip
    inputs = "".join(
        f"<label>{words}<input name='{name}' size='9' value='{value}'></label>"
        for name, words, value in fields
    )
    return (
        f"<form method='post' action='/faults'><label>fault<select name='kind'>{kinds}</select></label>"
        f"<label>bank<select name='bank'>{any_bank}</select></label>{inputs}<button>Add</button></form>"
    )


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Cells are HTML; a cell in a tuple of its own is a figure, at the right."""
    figures = [isinstance(cell, tuple) for cell in rows[0]] if rows else [False] * len(heads)
    head = "".join(
        f"<th scope='col'{' class=n' if figure else ''}>{each}</th>"
        for each, figure in zip(heads, figures, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td class='n'>{cell[0]}</td>" if isinstance(cell, tuple) else f"<td>{cell}</td>" for cell in row
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _won(amount: int) -> str:
    return f"{amount:,}"
