"""Rights as data: every context registers its codes; the standard roles are sets of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

USERS, DECIDE, INDEPENDENT = "control.users.change", "control.approvals.decide", "control.audit.independent"
ADMIN_APART = _("Who gives rights could give them to a second hand of his or her own")
AUDIT_APART = _("Who examines has no part in what is examined")
MAKER_APART = _("Who enters does not decide on the same matter")

PERMISSIONS: dict[str, str] = {
    "control.units.view": _("See companies and units"),
    "control.units.change": _("Make and change companies and units"),
    "control.users.view": _("See persons, roles and who may do what"),
    "control.users.change": _("Invite persons and give them roles"),
    "control.audit.view": _("Read the audit trail"),
    INDEPENDENT: _("Examine as an auditor, without a part in operations"),
    "control.approvals.decide": _("Decide on what others submitted"),
    "control.policies.change": _("Propose who approves what"),
    "control.jobs.view": _("See the jobs and why one failed"),
    "control.jobs.retry": _("Let a failed job run again"),
    "control.documents.view": _("See the stored documents and open them"),
    "control.keys.rotate": _("Renew the keys of the group"),
    "control.tokens.make": _("Make machine tokens that act as oneself"),
    "control.tokens.manage": _("Make machine tokens of the machine user, see and revoke those of everybody"),
}


@dataclass(frozen=True, slots=True)
class Apart:
    """Two rights that should not come together in one hand, and why.

    Shape: `is_refused` says that no person may hold both on one day, whatever roles they come from; otherwise the one
    matter is kept apart (who entered it never decides on it) and the page of rights tells who holds both.
    """

    one: str
    other: str
    why: str
    is_refused: bool = True


# Source: domain.md §5 and what auditors of treasuries ask for. Every context adds its own through `keep_apart`.
APART: list[Apart] = []
# The refused pairs; a constraint of the database holds the same ones (control/migrations, the newest that names them).
INCOMPATIBLE: list[tuple[str, str]] = []


def keep_apart(one: str, other: str, why: str, *, is_refused: bool = True) -> None:
    """Called by each permissions.py at import, after its rights are declared."""
    unknown = {one, other} - set(PERMISSIONS)
    if unknown:
        raise ValueError(f"rights to keep apart are unknown: {sorted(unknown)}")
    if (one, other) not in [(pair.one, pair.other) for pair in APART]:
        APART.append(Apart(one, other, why, is_refused))
        if is_refused:
            INCOMPATIBLE.append((one, other))


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
            INDEPENDENT,
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
keep_apart(USERS, DECIDE, ADMIN_APART)
keep_apart(INDEPENDENT, DECIDE, AUDIT_APART)
keep_apart(INDEPENDENT, USERS, AUDIT_APART)
keep_apart("control.policies.change", DECIDE, MAKER_APART, is_refused=False)
