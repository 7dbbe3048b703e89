"""docs/kftc/codes.md, made from the table of codes: `python -m moa.formats.kftc.codes_page`."""

from __future__ import annotations

from pathlib import Path

from .codes import Giver, ItemAction, MandateAction, Origin, ResultCode, codes_of

TARGET = Path(__file__).resolve().parents[4] / "docs" / "kftc" / "codes.md"

_GIVERS = {
    Giver.BANK: "Given by the payer's bank (참가기관 · 参加银行)",
    Giver.CENTRE: "Given by KFTC's centre (센터 · 结算院)",
    Giver.INSTITUTION: "Given by the institution that collects, in EB12 (이용기관 · 收费单位)",
}
_ITEMS = {
    ItemAction.NONE: "no billed item is concerned (applications, changes of account)",
    ItemAction.RETRY_NEXT_RUN: "ask again in the next run, a limited number of times",
    ItemAction.ARREARS: "unpaid; asked for again automatically",
    ItemAction.ARREARS_CONTACT_PAYER: "unpaid; contact the payer, ask again a limited number of times",
    ItemAction.FIX_DATA: "our data are wrong: mend them, then ask again (0062: split, or have the limit raised)",
    ItemAction.STOP_BILLING: "stop asking until the mandate is in order",
    ItemAction.BILL_NEW_ACCOUNT: "look for the pair CHNG in EB11, ask again at the new account",
}
_MANDATES = {
    MandateAction.KEEP: "stays as it is",
    MandateAction.SUSPENDED: "suspended until the account is free again",
    MandateAction.INVALID: "invalid: new account or identity, and new evidence",
    MandateAction.NOT_REGISTERED: "the bank has none: apply again, after a look into EB11 and EB14",
    MandateAction.TERMINATED_ACCOUNT_CLOSED: "ended with the account: a new account is needed",
    MandateAction.TERMINATED_IDLE: "ended by the bank: apply again in EB13, the same payer number is taken",
    MandateAction.TERMINATED_BY_PAYER: "ended by the payer: a new payer number and new evidence are needed",
    MandateAction.TERMINATED_NO_EVIDENCE: "ended for want of evidence: send EI13, then EB13; ask KFTC",
    MandateAction.ACCOUNT_CHANGED: "lives on at the payer's new account",
    MandateAction.ALREADY_REGISTERED: "treat as registered",
    MandateAction.APPLICATION_REJECTED: "not registered: mend the application and send it again (0078: EI13 first)",
    MandateAction.CHANGE_REFUSED: "stays at the old account; both rows of a change are refused together",
}
_ORIGINS = {
    Origin.BANK_TABLE: "notice, table 1",
    Origin.CENTRE_TABLE: "notice, table 2",
    Origin.INSTITUTION_TABLE: "notice, table 3",
    Origin.LATER: "one source",
}
_AGAIN = {True: "yes", False: "no", None: ""}
_HEAD = """# Result codes of CMS files (불능코드 · 失败代码)

Made by `python -m moa.formats.kftc.codes_page` from `codes.tsv`; `moa kftc codes` prints the same.

The notice is KFTC's of 2015-07-22. It prints A016 twice in its first table of the institution's codes; the second shows
that the last of them is A017. "One source" means a public program that cites the CMS 기본설계서 5.3: these codes came
later and no text of KFTC was seen. The titles and reasons are ours. What follows for the billed item and the mandate is
the habit of the field as we read it, not a rule of KFTC.

A result file lists only what failed; what it does not list succeeded, once the file itself has arrived.
"""


def codes_markdown() -> str:
    """The page: one table a giver, then what the actions mean."""
    lines = [_HEAD]
    for giver, title in _GIVERS.items():
        lines += [f"## {title}", "", _row("code", "ko", "en", "zh", "files", "item", "mandate",
                  "same payer number again", "source"), "|" + "---|" * 9]  # fmt: skip
        lines += [_code_row(each) for each in codes_of(giver)]
        lines.append("")
    lines += ["## What follows for the item", "", _row("item", "meaning"), "|---|---|"]
    lines += [_row(f"`{item}`", meaning) for item, meaning in _ITEMS.items()]
    lines += ["", "## What follows for the mandate", "", _row("mandate", "meaning"), "|---|---|"]
    lines += [_row(f"`{mandate}`", meaning) for mandate, meaning in _MANDATES.items()]
    return "\n".join(lines) + "\n"


def _code_row(each: ResultCode) -> str:
    texts = [f"**{text.title}**<br>{text.reason}" for text in each.texts.values()]
    return _row(
        f"`{each.code}`", *texts, " ".join(each.files), f"`{each.item}`", f"`{each.mandate}`",
        _AGAIN[each.same_payer_no], _ORIGINS[each.origin],
    )  # fmt: skip


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(codes_markdown(), encoding="utf-8")
