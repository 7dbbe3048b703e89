"""Sample values of the page of a template of vouchers: in force, waiting, refused, new."""

from __future__ import annotations

from types import SimpleNamespace as Values
from typing import Any

from moa.ledger.models.draft import ENTERED
from moa.ledger.rules.templates import NewTemplate, TemplateLeg
from moa.ledger.voucher_templates import Template
from moa.ledger.web.views_templates import SIDES
from moa.ledger.web.voucher_words import KINDS
from tests.ui.pages.group_values import at

_LEGS = (TemplateLeg("debit", "201101"), TemplateLeg("credit", "1002", "출금"))
_NAMED = {"201101": "요구불예금", "1002": "은행예금"}


def template_page(how: str = "") -> dict[str, Any]:
    """`how`: empty in force, waiting while another version waits, retired, flawed, changed meanwhile, new."""
    row = Values(request_id=3, recorded_at=at(24, 9, 58))
    stored = Template("payment", "payment", {"": "대외 지급"}, _LEGS, "송금", 1, how != "retired", row)  # type: ignore[arg-type]
    shipped = Template("payment", "payment", {"ko": "지급"}, _LEGS)
    versions = [
        {"version": stored, "maker": "정하은", "checker": "한도윤"},
        {"version": shipped, "maker": "", "checker": ""},
    ]
    new = how == "new"
    flaws = (
        {
            "name": "이름이 없습니다",
            "zh": "너무 깁니다",
            "account.1": "계정이 없습니다",
            "side.2": "차대를 고르십시오",
        }
        if how == "flawed"
        else {}
    )
    return {
        "book": Values(code="SC"), "book_name": "그룹 결제센터", "code": "" if new else "payment",
        "new": NewTemplate("", "", "payment") if new else NewTemplate("payment", "대외 지급", "payment", "송금", _LEGS),
        "rows": [
            {"n": n, **leg._asdict(), "called": _NAMED.get(leg.account, "")}
            for n, leg in enumerate([*_LEGS, TemplateLeg("", "")], 1)
        ],
        "kinds": [(kind, KINDS[kind]) for kind in ENTERED], "kind_words": KINDS, "sides": SIDES, "named": _NAMED,
        "accounts": sorted(_NAMED.items()), "seen": "" if new else 1, "waiting": Values(id=9) if how == "waiting" else None,
        "versions": [] if new else versions, "is_active": how != "retired",
        "refusal": Values(what="그사이 바뀌었습니다", mend="다시 여십시오") if how == "changed" else None,
        "may_change": True, "may_enter": True, "flaws": flaws,
        "summary": [{"id": f"f-{field}", "label": field, "text": text} for field, text in flaws.items()],
    }  # fmt: skip
