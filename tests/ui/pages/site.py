"""A small site that serves every template with sample values, through the real environment, assets and policy.

It needs no database. The files posted to it are kept in `posted_files`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template import engines
from django.template.backends.utils import csrf_input_lazy
from django.test import override_settings
from django.urls import include, path
from django.utils.translation import get_language

from moa.control.web.kept_input import Kept
from moa.ui.glossary import GLOSSARY, TERMS
from tests.ui.pages import approval_values as deciding
from tests.ui.pages import book_values as books
from tests.ui.pages import channel_values as channels
from tests.ui.pages import chart_values as charts
from tests.ui.pages import closing_values as closing
from tests.ui.pages import group_values as group
from tests.ui.pages import notice_values as notices
from tests.ui.pages import opening_values as opening
from tests.ui.pages import payment_plan_values as plans
from tests.ui.pages import payment_values as payments
from tests.ui.pages import profile_values as profiles
from tests.ui.pages import reconciliation_values as recon
from tests.ui.pages import template_values as templates
from tests.ui.pages import token_values as tokens
from tests.ui.pages import unit_values as units
from tests.ui.pages import work_values as work

Page = tuple[str, dict[str, Any]]
posted_files: list[tuple[str, bytes]] = []


def _signin(request: HttpRequest) -> Page:
    at = group.at(24, 10, 56)
    failures = {
        "locked": {"kind": "locked", "until": at}, "wrong": {"kind": "wrong", "tries_left": 2},
        "ended": {"kind": "ended", "at": at}, "out": {"kind": "signed_out"},
    }  # fmt: skip
    login = {"username": "treasurer", "role": "자금 담당", "name": "정하은"}
    return "control/signin.html", {
        "form": work.SignIn(), "failure": failures.get(request.GET.get("is", "")), "now": group.NOW,
        "group_name": "해온그룹", "help_text": "", "demo_logins": [login], "keeps": request.GET.get("is") == "ended",
    }  # fmt: skip


def _panel(request: HttpRequest, number: str) -> Page:
    state = {"3": "conflict", "4": "superseded", "2": "manual", "1": "provisional"}.get(number, "booked")
    return "accounts/fragments/transaction.html", {"selected": group.explained(int(number), state)}


def _transactions(request: HttpRequest) -> Page:
    values = group.transactions(
        rows=0 if "none" in request.GET else 20, opened=int(request.GET.get("open", 0))
    )
    template = "ui/tables/print.html" if "as" in request.GET else "accounts/transactions.html"
    return template, values | {"here": "accounts"}


def _account(request: HttpRequest, number: str) -> Page:
    values = group.transactions(account=group.ACCOUNT, tab=request.GET.get("tab", "lines"))
    return "accounts/transactions.html", values | {"here": "accounts"}


def _dashboard(request: HttpRequest) -> Page:
    values = group.dashboard("first" in request.GET, request.GET.get("by", "bank"))
    fragment = request.headers.get("HX-Request")
    return "reports/fragments/curve.html" if fragment else "reports/dashboard.html", values | {
        "here": "today"
    }


def _error(request: HttpRequest, name: str) -> Page:
    return f"ui/errors/{name}.html", {
        "home_url": "/", "request_id": "01JYSAMPLE", "needed": "accounts.statement.import", "limit_bytes": 200_000_000, "back": "/accounts/open?kept=1",
        "words": "알림의 종류나 방법이 없습니다. 목록에서 고르세요", "undone": True, "seconds": 1328, "minutes": 23,
        "no_book": "book" in request.GET,
    }  # fmt: skip


def _page(make: Callable[..., Page]) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, **parts: str) -> HttpResponse:
        if request.method == "POST":
            posted_files.extend((file.name, file.read()) for file in request.FILES.getlist("files"))
            return HttpResponseRedirect("/imports/1")
        name, values = make(request, **parts)
        frame = {"request": request, "csrf_input": csrf_input_lazy(request), "csrf_token": get_token(request)}
        if "kept" in request.GET:
            frame["kept"] = Kept("/signout", [("nickname", "급여 계좌")], had_files=True)
        template = engines["jinja2"].get_template(name).template  # type: ignore[attr-defined]
        return HttpResponse(template.render(values | frame | {"shell": group.shell()}))

    return view


def _plain(template: str, make: Callable[..., dict[str, Any]], **fixed: Any) -> Callable[..., Page]:
    return lambda request, **parts: (template, make(**fixed))


def _approval(request: HttpRequest, number: str) -> Page:
    return "control/approvals.html", deciding.approvals_page(
        document=request.GET.get("is", "waiting"), blocked=request.GET.get("blocked")
    )


def _tokens(request: HttpRequest) -> Page:
    return "control/tokens.html", tokens.tokens("none" in request.GET, "barred" not in request.GET)


def _why(request: HttpRequest, kind: str) -> Page:
    part = request.headers.get("HX-Request")
    return "control/fragments/ground.html" if part else "control/why.html", books.ground()


def _glossary(request: HttpRequest) -> Page:
    asked = request.GET.get("term", "")
    if request.headers.get("HX-Request"):
        return "control/fragments/term.html", {"word": TERMS[asked], "spoken": get_language()}
    return "control/glossary.html", {"areas": GLOSSARY, "asked": asked, "spoken": get_language()}


def _routes(app: str, *pages: tuple[str, str, Callable[..., Page]]) -> Any:
    return path("", include(([path(address, _page(make), name=name) for address, name, make in pages], app)))


urlpatterns = [
    path("api/v1/docs", _page(_plain("entry/api.html", tokens.description)), name="api_docs"),
    _routes(
        "control",
        ("signin", "signin", _signin),
        ("signout", "signout", _signin),
        ("language", "language", _signin),
        ("notices", "notices", lambda request: ("control/notices.html", notices.inbox("none" in request.GET))),
        ("settings", "settings", _signin),
        *(
            (f"notices/{move}", f"notices_{name}", lambda request: ("control/notices.html", notices.inbox(True)))
            for move, name in (("read", "read"), ("finish", "finish"), ("take-up", "take_up"))
        ),
        ("notices/mails", "mails", lambda request: ("control/mails.html", notices.mails())),
        ("notices/<number>/open", "notice_open", _signin),
        ("notices/mails/<number>/again", "mail_again", _signin),
        ("settings/notices", "notice_settings", lambda request: ("control/notice_settings.html", notices.settings())),
        ("settings/password", "password", _signin),
        ("settings/second-factor", "factors", _signin),
        ("settings/sessions", "sessions", _signin),
        ("settings/tokens", "tokens", _tokens),
        (
            "settings/tokens/new", "new_token",
            lambda request: ("control/token_new.html", tokens.new_token("refused" in request.GET)),
        ),
        ("settings/tokens/made", "token_made", _plain("control/token_made.html", tokens.made)),
        ("settings/tokens/<number>/revoke", "revoke_token", _plain("control/token_revoke.html", tokens.revoke)),
        ("why/<kind>", "why", _why),
        ("glossary", "glossary", _glossary),
        ("menu", "menu", lambda request: ("control/menu.html", {})),
        (
            "approvals", "approvals",
            lambda request: ("control/approvals.html", deciding.approvals_page(empty="none" in request.GET)),
        ),
        ("approvals/batch", "batch", lambda request: ("control/approval_batch.html", deciding.batch_page(empty="none" in request.GET))),
        ("approvals/sums", "batch_sign", _plain("control/approval_batch_sums.html", deciding.sums_page)),
        ("approvals/policies", "policies", lambda request: ("control/policies.html", deciding.policies_page(empty="none" in request.GET))),
        ("approvals/policies/new", "policy_new", _plain("control/policy_new.html", deciding.policy_new_page)),
        ("approvals/deputies", "deputies", lambda request: ("control/deputies.html", deciding.deputies_page(empty="none" in request.GET))),
        *[(f"approvals/{name}", name, _signin) for name in ("grade_new", "grade_given", "deputy_read", "ask_passkey", "answer_passkey")],
        *[(f"approvals/<number>/{name}", name, _approval) for name in ("rekey", "ask", "withdraw", "deputy_end")],
        ("approvals/<number>", "approval", _approval),
        ("approvals/<number>/decision", "decide", _approval),
        ("audit", "audit", lambda request: ("ui/tables/page.html", work.audit_page(empty="none" in request.GET))),
        ("people/<number>", "person", _signin),
        ("units", "units", _plain("control/units.html", units.units_page)),
        ("units/new", "unit_add", _plain("control/unit_new.html", units.new_unit_page)),
        *[
            (f"units/<number>{end}", f"unit{end.replace('/', '_')}",
             lambda request, number: ("control/units.html", units.units_page(int(number))))
            for end in ("", "/rename", "/move", "/close")
        ],
        *[(f"lists/{name}", name, _transactions) for name in ("view_save", "view_remove", "columns_choose", "chosen_rows")],
    ),
    _routes(
        "payments",
        ("payments", "orders", _signin),
        ("payments/new", "new", lambda request: ("payments/form.html", payments.form(request.GET.get("is", "")))),
        ("payments/reckon", "reckon", lambda request: ("payments/fragments/preview.html", payments.form("filled"))),
        ("payments/limits", "limits", lambda request: ("payments/limits.html", payments.limits("none" in request.GET))),
        ("payments/bundles/new", "bundle_new", lambda request: ("payments/bundle_form.html", plans.bundle_form(request.GET.get("is", "")))),
        ("payments/bundles/reckon", "bundle_reckon", lambda request: ("payments/fragments/bundle_preview.html", plans.bundle_form("filled"))),
        ("payments/bundles/rows/<number>", "bundle_row", _signin),
        ("payments/bundles/drafts/<number>", "bundle_draft", lambda request, number: ("payments/bundle_form.html", plans.bundle_form("draft"))),
        ("payments/bundles/drafts/<number>/discard", "bundle_discard", _signin),
        ("payments/bundles/<number>", "bundle", lambda request, number: ("payments/bundle.html", plans.bundle(request.GET.get("is", "partly_paid")))),
        ("payments/bundles/<number>/withdraw", "bundle_withdraw", _signin),
        ("payments/bundles", "bundles", lambda request: ("payments/bundles.html", plans.bundle_list("none" in request.GET))),
        ("payments/series", "series", lambda request: ("payments/series.html", plans.series_list("none" in request.GET))),
        ("payments/series/new", "series_new", lambda request: ("payments/series_form.html", plans.series_form(request.GET.get("is", "")))),
        ("payments/series/reckon", "series_reckon", lambda request: ("payments/fragments/series_preview.html", plans.series_form("filled"))),
        ("payments/series/<number>", "series_one", lambda request, number: ("payments/series_one.html", plans.series_one(request.GET.get("is", "active")))),
        ("payments/series/<number>/cancel", "series_cancel", _signin),
        ("payments/distance", "distance", lambda request: ("payments/distance.html", payments.distance(request.GET.get("is", "")))),
        ("payments/unknowns", "unknowns", lambda request: ("payments/unknowns.html", payments.unknowns("none" in request.GET))),
        ("payments/attempts/<number>", "evidence", lambda request, number: ("payments/evidence.html", payments.evidence())),
        ("payments/attempts/<number>/documents/<other>", "evidence_document", _signin),
        ("payments/<number>", "order", lambda request, number: ("payments/order.html", payments.order(request.GET.get("is", "paid")))),
        ("payments/<number>/resend", "resend", _signin),
        ("payments/attempts/<number>/ask", "ask", _signin),
        ("payments/<number>/withdraw", "withdraw", _signin),
        ("payments/<number>/order.pdf", "order_paper", _signin),
        ("payments/<number>/confirmation.pdf", "confirmation", _signin),
    ),
    _routes(
        "reports",
        ("", "dashboard", _dashboard),
        ("position", "position", _plain("reports/position.html", group.position_page)),
    ),
    _routes(
        "accounts",
        ("accounts", "accounts", _plain("accounts/accounts.html", group.accounts_page)),
        (
            "accounts/open", "open",
            lambda request: ("accounts/open.html", work.open_page(refused="refused" in request.GET)),
        ),
        ("settings/watches", "watches", _signin),
        ("accounts/<number>", "account", _account),
        ("accounts/<number>/manual", "manual", lambda request, number: ("accounts/manual.html", work.manual_page())),
        ("transactions", "transactions", _transactions),
        ("transactions/<number>", "transaction", _panel),
        ("imports", "imports", lambda request: ("accounts/imports.html", work.imports_page(empty="none" in request.GET))),
        (
            "imports/<number>", "imported",
            lambda request, number: ("accounts/imported.html", work.imported_page(request.GET.get("is", "refused"))),
        ),
        (
            "imports/<number>/status", "import_status",
            lambda request, number: ("accounts/fragments/job.html", {"job": work.job("stored")}),
        ),
        ("imports/<number>/raw", "import_raw", _signin),
        ("imports/profiles", "profiles", _signin),
        ("imports/profiles/new", "profile_new", lambda request: ("accounts/profile_new.html", profiles.new_page("none" in request.GET))),
        (
            "imports/profiles/sample/<number>", "point",
            lambda request, number: ("accounts/point.html", profiles.point_page(request.GET.get("is", ""))),
        ),
        (
            "imports/profiles/<number>", "profile",
            lambda request, number: ("accounts/profile.html", profiles.profile_page(request.GET.get("is", ""))),
        ),
        ("imports/profiles/<number>/retire", "profile_retire", _signin),
        ("imports/profiles/<number>/read", "profile_read", _signin),
        ("imports/<number>/errors", "import_errors", _signin),
        (
            "conflicts/<number>", "conflict",
            lambda request, number: ("accounts/conflict.html", work.conflict_page(request.GET.get("is", "open"))),
        ),
    ),
    _routes(
        "channels",
        ("kftc", "kftc", lambda request: ("channels/kftc_check.html", channels.check_page(request.GET.get("is", "")))),
        ("lines", "lines", lambda request: ("channels/lines.html", payments.lines("none" in request.GET))),
        ("lines/set-up", "set_up_line", _signin),
        ("lines/set-up-http", "set_up_http_line", _signin),
        ("lines/<bank>/revoke", "revoke_token", _signin),
        ("lines/messages", "messages", _signin),
        ("lines/<bank>/test", "test_line", _signin),
    ),
    _routes(
        "ledger",
        ("books/sheets/<name>", "sheet", lambda request, name: ("ledger/sheet.html", books.sheet(name, "none" in request.GET))),
        ("books/opening", "opening", lambda request: ("ledger/opening.html", opening.opening_page(request.GET.get("is", "")))),
        ("ledger/vouchers/drafts/<number>", "draft", _signin),
        ("ledger/vouchers/drafts/<number>/<what>", "draft_act", _signin),
        ("ledger/vouchers", "vouchers", _signin),
        ("ledger/vouchers/new", "voucher_new", _signin),
        ("ledger/templates", "templates", _signin),
        ("ledger/templates/new", "template_new", lambda request: ("ledger/template.html", templates.template_page("new"))),
        (
            "ledger/templates/of/<code>", "template",
            lambda request, code: ("ledger/template.html", templates.template_page(request.GET.get("is", ""))),
        ),
        ("books/chart", "chart", lambda request: ("ledger/chart.html", charts.chart_page(
            chosen="subject" in request.GET, refused="refused" in request.GET))),
        ("books/chart/<what>", "chart_act", _signin),
        ("books/accounts", "accounts", lambda request: ("ledger/accounts.html", charts.accounts_page(none="none" in request.GET))),
        ("ledger/vouchers/row/<number>", "voucher_row", _signin),
        ("books/closing", "closing", lambda request: ("ledger/closing.html", closing.closing_page(request.GET.get("is", "")))),
        ("books/proof", "proof", lambda request: ("ledger/proof.html", closing.proof_page(request.GET.get("is", "")))),
        ("books/proof/<name>", "proof_beside", _signin),
        ("books/closing/run/<number>", "closing_run", _signin),
        ("books/closing/<what>", "closing_act", _signin),
        ("books/closing/sheet/<number>.pdf", "day_sheet", _signin),
        ("books/closing/backup/<number>.zip", "backup", _signin),
    ),
    _routes(
        "reconciliation",
        ("reconciliation", "lines", lambda request: ("reconciliation/lines.html", recon.lines_page(
            none="none" in request.GET, everything="days" in request.GET))),
        ("reconciliation/run", "run", _signin),
        ("reconciliation/lines/<number>", "line", lambda request, number: ("reconciliation/line.html", recon.line_page(
            request.GET.get("is", "open")))),
        ("reconciliation/lines/<number>/suspense", "suspense_item", _signin),
        ("reconciliation/suspense/assign", "suspense_assign", lambda request: ("reconciliation/suspense_assign.html", recon.assign_page(
            none="none" in request.GET))),
        ("reconciliation/match", "match", lambda request: ("reconciliation/match.html", recon.match_page(
            none="none" in request.GET, refused="refused" in request.GET))),
        ("reconciliation/match/sums", "match_sums", _signin),
        ("reconciliation/rules", "rules", lambda request: ("reconciliation/rules.html", recon.rules_page(none="none" in request.GET))),
        ("reconciliation/rules/new", "new_rule", _plain("reconciliation/rule.html", recon.rule_page)),
        ("reconciliation/rules/<code>", "rule", lambda request, code: ("reconciliation/rule.html", recon.rule_page(
            tried="tried" in request.GET))),
        ("reconciliation/suspense", "suspense", lambda request: ("reconciliation/suspense.html", recon.suspense_page(
            none="none" in request.GET))),
    ),
    _routes(
        "directory",
        ("rates", "rates", lambda request: ("directory/rates.html", work.rates_page() | {"filed": None})),
        ("calendar", "calendar", lambda request: ("directory/calendar.html", work.calendar_page() | {"filed": None})),
    ),
    path("error/<name>", _page(_error)),
]  # fmt: skip


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *words: Any) -> None:
        pass


MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "moa.control.web.language.LanguageMiddleware",
]


@contextmanager
def served() -> Iterator[str]:
    """The site's address while it is served."""
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE, ALLOWED_HOSTS=["127.0.0.1"]):
        server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=_Server, handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
