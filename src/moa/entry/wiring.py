"""What upper contexts provide to lower ones, in one list. A test prints what is registered."""

from __future__ import annotations

from importlib import import_module

# Rights are data: importing these declares them, and the standard roles that hold them.
PERMISSIONS = (
    "moa.control.permissions",
    "moa.directory.permissions",
    "moa.ledger.permissions",
    "moa.accounts.permissions",
    "moa.channels.permissions",
    "moa.reconciliation.permissions",
    "moa.payments.permissions",
    "moa.reports.permissions",
)
# Importing these registers the work of jobs by name.
JOBS = (
    "moa.control.jobs",
    "moa.control.escalation",
    "moa.control.leaving",
    "moa.control.mail_sending",
    "moa.control.notice_digest",
    "moa.ledger.jobs",
    "moa.accounts.jobs",
    "moa.accounts.watching",
    "moa.reconciliation.jobs",
    "moa.payments.jobs",
    "moa.reports.jobs",
)
# Importing these registers the operations that ask for a second person when a policy says so.
ACTS = (
    "moa.control.role_acts",
    "moa.control.pair_acts",
    "moa.control.person_acts",
    "moa.directory.approval_acts",
    "moa.ledger.approval_acts",
)
# Importing these registers what a context tells persons of.
NOTICES = (
    "moa.control.notices",
    "moa.control.meeting_notices",
    "moa.control.own_access",
    "moa.accounts.notices",
    "moa.reports.notices",
    "moa.ledger.notices",
    "moa.payments.notices",
)

# Importing these registers what waits on a person who leaves, and who can have it afterwards.
LEAVING = (
    "moa.control.leaving_matters",
    "moa.ledger.leaving",
    "moa.reconciliation.leaving",
    "moa.accounts.leaving",
    "moa.reports.leaving",
)

# Importing these registers what is sealed again under a renewed key.
SEALED = ("moa.channels.sealing",)

# Importing these registers what explains a kind of figure.
GROUNDS = (
    "moa.directory.web.grounds",
    "moa.ledger.web.grounds",
    "moa.accounts.web.grounds",
    "moa.reconciliation.web.grounds",
    "moa.payments.web.grounds",
    "moa.reports.web.grounds",
)


def connect() -> None:
    """Register every provider; called once when Django is ready."""
    for module in (*PERMISSIONS, *JOBS, *NOTICES, *ACTS, *LEAVING, *SEALED, *GROUNDS):
        import_module(module)
    _connect_subjects()
    _connect_reconciliation()
    _connect_rights()
    _connect_payments()
    _connect_currencies()
    _connect_audit_pages()
    _connect_pages()
    _connect_limits()
    _connect_scopes()
    _connect_source_pages()


def _connect_scopes() -> None:
    """What a machine token may be given: the rights that routes of the API ask for."""
    from moa.control.tokens import provide_scopes
    from moa.entry.api.scopes import SCOPES

    provide_scopes(SCOPES)


def _connect_subjects() -> None:
    """Who tells the approvals page what a request is about, and decides it."""
    from moa.accounts.hand_entry_subject import HandEntrySubject
    from moa.accounts.operations.enter_lines import SUBJECT
    from moa.control.approval_subjects import SubjectProvider, register, registered_subjects
    from moa.control.operations import change_policy, delegate_approval, request_reset
    from moa.control.own_subjects import DelegationSubject, PolicySubject
    from moa.control.reset_subject import ResetSubject
    from moa.ledger.operations import agree_standing_order, propose_template, reopen_day
    from moa.ledger.operations.save_draft import SUBJECT as VOUCHER
    from moa.ledger.reopening_subject import ReopeningSubject
    from moa.ledger.standing_order_subject import StandingOrderSubject
    from moa.ledger.template_subject import TemplateSubject
    from moa.ledger.voucher_subject import VoucherSubject
    from moa.payments.evidence_subject import EvidenceSubject
    from moa.payments.limit_subject import LimitSubject
    from moa.payments.operations import propose_evidence, propose_limit, save_order
    from moa.payments.order_subject import OrderSubject
    from moa.reconciliation.line_subject import LineSubject
    from moa.reconciliation.operations import propose_line, propose_rule
    from moa.reconciliation.rule_subject import RuleSubject

    providers: dict[str, SubjectProvider] = {
        request_reset.SUBJECT: ResetSubject(),
        SUBJECT: HandEntrySubject(),
        agree_standing_order.SUBJECT: StandingOrderSubject(),
        reopen_day.SUBJECT: ReopeningSubject(),
        change_policy.SUBJECT: PolicySubject(),
        delegate_approval.SUBJECT: DelegationSubject(),
        propose_rule.SUBJECT: RuleSubject(),
        propose_line.SUBJECT: LineSubject(),
        VOUCHER: VoucherSubject(),
        propose_template.SUBJECT: TemplateSubject(),
        save_order.SUBJECT: OrderSubject(),
        propose_limit.SUBJECT: LimitSubject(),
        propose_evidence.SUBJECT: EvidenceSubject(),
    }
    for subject_type, provider in providers.items():
        if subject_type not in registered_subjects():
            register(subject_type, provider)


# What the audit trail speaks of, and the page that shows it by its number.
AUDIT_PAGES = {
    "statement_file": "accounts:imported",
    "bank_account": "accounts:account",
    "conflict": "accounts:conflict",
    "bank_line": "reconciliation:line",
    "person": "control:person",
    "rights_pair": "control:rights_pair",
    "role": "control:role",
    "voucher_draft": "ledger:draft",
    "unit": "control:unit",
    "payment": "payments:order",
    "payment_series": "payments:series_one",
    "payment_bundle": "payments:bundle",
    "payment_bundle_draft": "payments:bundle_draft",
}


def _connect_audit_pages() -> None:
    """Where a line of the audit trail leads to."""
    from moa.control.web.views_audit import SUBJECT_PAGES

    SUBJECT_PAGES.update(AUDIT_PAGES)


def _connect_pages() -> None:
    """What is asked together while a page is made, for what stands around it."""
    from moa.control.asked_together import AROUND_PAGES
    from moa.control.inbox import waiting_question
    from moa.control.notice_inbox import unread_question
    from moa.directory.queries import calendar_of_page
    from moa.ledger.web.day_words import books_question

    AROUND_PAGES[:] = [unread_question, waiting_question, books_question, calendar_of_page]


def _connect_reconciliation() -> None:
    """Bank lines come into the books after an import and when a day is opened, and must be settled before it is closed."""
    from moa.accounts.news import when_lines_change
    from moa.ledger.bank_side import provide_bank_side
    from moa.ledger.close_checks import register_check
    from moa.ledger.day_events import before_closing, once_open
    from moa.reconciliation import closing, jobs
    from moa.reconciliation.bank_provider import BANK_STATEMENTS

    when_lines_change(jobs.after_import)
    once_open(jobs.after_opening)
    before_closing(closing.settle_before_closing)
    register_check("bank_statements_imported", closing.statements_are_imported)
    register_check("bank_lines_settled", closing.lines_are_settled)
    register_check("bank_equals_ledger", closing.bank_is_the_ledger)
    provide_bank_side(BANK_STATEMENTS)


def _connect_rights() -> None:
    """No change of roles, deputies or addresses brings two rights together that are kept apart."""
    from moa.control.rights_guards import register_guard
    from moa.control.rights_meet import MeetGuard

    register_guard(MeetGuard())


def _connect_payments() -> None:
    """Payments wait for their day, bank lines with their reference are theirs; no change of rights leaves paying to one person alone."""
    from moa.control.rights_guards import register_guard
    from moa.ledger.close_checks import register_check
    from moa.ledger.day_events import once_open
    from moa.payments import jobs
    from moa.payments.closing import due_payments_are_sent
    from moa.payments.distance_guard import DistanceGuard
    from moa.payments.line_claims import PaymentClaims
    from moa.reconciliation.line_claims import provide_claims

    once_open(jobs.after_opening)
    register_guard(DistanceGuard())
    provide_claims(PaymentClaims())
    register_check("payments_settled", due_payments_are_sent)


def _connect_currencies() -> None:
    """Who knows in which currencies the group holds money."""
    from moa.accounts.queries import accounts_by_currency
    from moa.directory.currencies_in_use import provide_currencies_in_use

    provide_currencies_in_use(accounts_by_currency)


def _connect_limits() -> None:
    """Who says how much another currency is against the limits of roles."""
    from moa.control.approvers import provide_conversion
    from moa.directory.conversion import size_in_base

    provide_conversion(size_in_base)


def _connect_source_pages() -> None:
    """Which record a voucher was made from, with its raw record of the statement file, and the rule that booked it."""
    from moa.accounts.source_page import line_page
    from moa.ledger.source_pages import provide_rule_page, provide_source_page
    from moa.reconciliation.rule_page import rule_of_source

    provide_rule_page("bank_line", rule_of_source)
    provide_source_page("bank_line", line_page)
    from moa.payments.source_page import payment_page

    provide_source_page("payment", payment_page)
