"""As whom and in which group a command acts: `--as`, else the operating-system user's own login."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

from moa.control.context import Context
from moa.entry.startup import setup_django


def acting_context(*, as_login: str = "", group: str = "") -> Context:
    """Set Django up and return the Context of this command. Raises: not_found, group_unclear."""
    setup_django()
    from moa.control.queries import context_for_login, context_for_os_user

    at = datetime.now(UTC)
    if as_login:
        return context_for_login(as_login, at=at, channel="command", group_code=group)
    return context_for_os_user(getpass.getuser(), at=at, channel="command", group_code=group)
