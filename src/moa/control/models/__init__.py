"""The tables of control, by noun."""

from moa.control.models.access import Assignment, Identity, Permission, RightsPair, Role
from moa.control.models.approvals import (
    ApprovalBatch,
    ApprovalCandidate,
    ApprovalDecision,
    ApprovalRemark,
    ApprovalRequest,
    ApprovalStep,
    RekeyAttempt,
)
from moa.control.models.documents import Document, GroupKey
from moa.control.models.doors import Authenticator, OneTimeLink, OpenSession, Passkey, RecoveryCode
from moa.control.models.notices import Mail, Notice, NoticePreference
from moa.control.models.organisation import Group, HandOver, Person, Unit, UnitPlace
from moa.control.models.policies import (
    ApprovalGrade,
    ApprovalPolicy,
    Delegation,
    DeputyReport,
    PersonGrade,
)
from moa.control.models.record import AuditLine, IdempotencyKey, RowChange
from moa.control.models.tables import SavedView, TableChoice
from moa.control.models.tokens import MachineToken, TokenUse

__all__ = [
    "ApprovalBatch",
    "ApprovalCandidate",
    "ApprovalDecision",
    "ApprovalGrade",
    "ApprovalPolicy",
    "ApprovalRemark",
    "ApprovalRequest",
    "ApprovalStep",
    "Assignment",
    "AuditLine",
    "Authenticator",
    "Delegation",
    "DeputyReport",
    "Document",
    "Group",
    "GroupKey",
    "HandOver",
    "IdempotencyKey",
    "Identity",
    "MachineToken",
    "Mail",
    "Notice",
    "NoticePreference",
    "OneTimeLink",
    "OpenSession",
    "Passkey",
    "Permission",
    "Person",
    "PersonGrade",
    "RecoveryCode",
    "RekeyAttempt",
    "RightsPair",
    "Role",
    "RowChange",
    "TokenUse",
    "SavedView",
    "TableChoice",
    "Unit",
    "UnitPlace",
]
