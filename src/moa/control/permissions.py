"""Rights as data: every context registers its codes; the standard roles are sets of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

PERMISSIONS: dict[str, str] = {
    "control.units.view": _("See companies and units"),
    "control.units.change": _("Make and change companies and units"),
    "control.users.view": _("See persons, roles and who may do what"),
    "control.users.change": _("Invite persons and give them roles"),
    "control.audit.view": _("Read the audit trail"),
    "control.approvals.decide": _("Decide on what others submitted"),
    "control.policies.change": _("Propose who approves what"),
    "control.jobs.view": _("See the jobs and why one failed"),
    "control.jobs.retry": _("Let a failed job run again"),
    "control.documents.view": _("See the stored documents and open them"),
    "control.keys.rotate": _("Renew the keys of the group"),
    "control.tokens.make": _("Make machine tokens that act as oneself"),
    "control.tokens.manage": _("Make machine tokens of the machine user, see and revoke those of everybody"),
}


# Rights that one person must not hold on the same day, whatever roles they come from; a constraint of the database
# holds the same pairs. Source: domain.md §5, user administration and approval.
INCOMPATIBLE: tuple[tuple[str, str], ...] = (("control.users.change", "control.approvals.decide"),)


@dataclass(slots=True)
class RoleTemplate:
    """A standard role. `permissions` is filled by the contexts' permissions.py through `grant`."""

    name: str
    names: dict[str, str]
    permissions: set[str] = field(default_factory=set)


STANDARD_ROLES: dict[str, RoleTemplate] = {
    "treasurer": RoleTemplate("Treasurer", {"ko": "자금팀장", "zh-hans": "资金主管", "en": "Treasurer"}),
    "teller": RoleTemplate("Cashier", {"ko": "출납담당", "zh-hans": "出纳", "en": "Cashier"}),
    "approver": RoleTemplate("Approver", {"ko": "결재자", "zh-hans": "审批人", "en": "Approver"}),
    "clerk": RoleTemplate(
        "Member-unit clerk", {"ko": "회원사 담당", "zh-hans": "成员单位经办", "en": "Member-unit clerk"}
    ),
    "auditor": RoleTemplate("Auditor", {"ko": "감사", "zh-hans": "审计", "en": "Auditor"}),
    "admin": RoleTemplate(
        "Administrator", {"ko": "시스템 관리자", "zh-hans": "系统管理员", "en": "Administrator"}
    ),
    "machine": RoleTemplate("Machine user", {"ko": "자동 처리", "zh-hans": "自动处理", "en": "Machine user"}),
}


def declare(codes: dict[str, str], roles: dict[str, tuple[str, ...]]) -> None:
    """A context's rights and which standard roles hold them. Called by each permissions.py at import."""
    PERMISSIONS.update(codes)
    for role, held in roles.items():
        unknown = set(held) - set(PERMISSIONS)
        if unknown:
            raise ValueError(f"role {role} holds unknown rights {sorted(unknown)}")
        STANDARD_ROLES[role].permissions.update(held)


declare(
    {},
    {
        "treasurer": (
            "control.units.view",
            "control.documents.view",
            "control.approvals.decide",
            "control.policies.change",
            "control.audit.view",
            "control.keys.rotate",
            "control.tokens.make",
            "control.tokens.manage",
        ),
        "teller": ("control.units.view", "control.approvals.decide", "control.tokens.make"),
        "approver": ("control.units.view", "control.approvals.decide", "control.tokens.make"),
        "clerk": ("control.units.view", "control.tokens.make"),
        "auditor": (
            "control.units.view",
            "control.users.view",
            "control.audit.view",
            "control.tokens.make",
            "control.jobs.view",
            "control.documents.view",
        ),  # fmt: skip
        "admin": (
            "control.units.view",
            "control.jobs.view",
            "control.jobs.retry",
            "control.units.change",
            "control.users.view",
            "control.users.change",
            "control.policies.change",
            "control.audit.view",
            "control.keys.rotate",
            "control.tokens.make",
            "control.tokens.manage",
        ),
        "machine": ("control.units.view",),
    },
)
