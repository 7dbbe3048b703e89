"""Who may read the policies, asked by their page, the inbox and the menu."""

from __future__ import annotations

from moa.control.access import may
from moa.control.approvers import DECIDE
from moa.control.context import Context
from moa.control.operations.change_policy import CHANGE
from moa.control.operations.set_grades import CHANGE as CHANGE_GRADES

MAY_SEE = (DECIDE, CHANGE, CHANGE_GRADES, "control.audit.view")


def may_see_policies(ctx: Context) -> bool:
    return any(may(ctx, right) for right in MAY_SEE)
