"""Whom we speak with over HTTP without TLS: a bank on this machine, and in demo groups any; asked when set up and each time."""

from __future__ import annotations

import ipaddress

from moa.control.context import Context
from moa.control.queries import the_group_of


def may_be_unencrypted(ctx: Context, host: str) -> bool:
    """In an open Context."""
    return is_this_machine(host) or the_group_of(ctx).is_demo


def is_this_machine(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
