"""Rights of reconciliation as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import AUDIT_APART, INDEPENDENT, declare, keep_apart

VIEW = "reconciliation.view"
RUN = "reconciliation.run"
LINK = "reconciliation.link"
PROPOSE_RULE = "reconciliation.rule.propose"
CONFIRM = "reconciliation.line.confirm"
ASSIGN = "reconciliation.line.assign"

declare(
    {
        VIEW: _("See bank lines beside vouchers, rules and suspense items"),
        RUN: _("Bring bank lines into the books by rules"),
        LINK: _("Link bank accounts to accounts of a book"),
        PROPOSE_RULE: _("Propose rules for bank lines"),
        CONFIRM: _("Confirm bank lines of the own unit"),
        ASSIGN: _("Assign bank lines by hand, ignore them, clear suspense"),
    },
    {
        "treasurer": (VIEW, RUN, LINK, PROPOSE_RULE, CONFIRM, ASSIGN),
        "teller": (VIEW, RUN, PROPOSE_RULE, CONFIRM, ASSIGN),
        "approver": (VIEW,),
        "clerk": (VIEW, CONFIRM),
        "auditor": (VIEW,),
        "machine": (VIEW, RUN, LINK, PROPOSE_RULE),
    },
)
keep_apart(INDEPENDENT, ASSIGN, AUDIT_APART)
