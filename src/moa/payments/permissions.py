"""Rights of payments as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import (
    ADMIN_APART,
    AUDIT_APART,
    DECIDE,
    INDEPENDENT,
    MAKER_APART,
    USERS,
    declare,
    keep_apart,
)

VIEW = "payments.view"
ENTER = "payments.enter"
WITHDRAW = "payments.withdraw"
PROPOSE_LIMIT = "payments.limit.propose"
CARRY_OUT = "payments.carry_out"
SEE_DISTANCE = "payments.distance.view"
RESEND = "payments.resend"
NAME_ACCOUNTS = "payments.accounts.name"
RECORD_EVIDENCE = "payments.evidence.record"

declare(
    {
        VIEW: _("See payments and their limits"),
        ENTER: _("Enter payments and submit them"),
        WITHDRAW: _("Take back payments of others before they leave"),
        PROPOSE_LIMIT: _("Propose limits of payments"),
        CARRY_OUT: _("Carry out approved payments on their day"),
        SEE_DISTANCE: _("See how few persons together could pay money out"),
        RESEND: _("Send refused payments again, or leave them"),
        RECORD_EVIDENCE: _("Record what banks say of payments outside of messages"),
        NAME_ACCOUNTS: _("Name the accounts for money in transit and banks' fees"),
    },
    {
        "treasurer": (
            VIEW,
            ENTER,
            WITHDRAW,
            PROPOSE_LIMIT,
            RESEND,
            NAME_ACCOUNTS,
            RECORD_EVIDENCE,
            SEE_DISTANCE,
        ),
        "teller": (VIEW, ENTER, WITHDRAW, RESEND, RECORD_EVIDENCE),
        "approver": (VIEW, PROPOSE_LIMIT),
        "clerk": (VIEW, ENTER),
        "auditor": (VIEW, SEE_DISTANCE),
        "admin": (SEE_DISTANCE,),
        "machine": (VIEW, CARRY_OUT),
    },
)
keep_apart(USERS, ENTER, ADMIN_APART)
keep_apart(USERS, RECORD_EVIDENCE, ADMIN_APART)
keep_apart(INDEPENDENT, ENTER, AUDIT_APART)
keep_apart(INDEPENDENT, RECORD_EVIDENCE, AUDIT_APART)
keep_apart(ENTER, DECIDE, MAKER_APART, is_refused=False)
keep_apart(
    ENTER,
    NAME_ACCOUNTS,
    _("Who enters payments could change the accounts that they pass through"),
    is_refused=False,
)
keep_apart(
    ENTER,
    RECORD_EVIDENCE,
    _("Who enters payments could say how they ended; a second person agrees"),
    is_refused=False,
)
