"""The reference of the search: the same first page, with every line of the group read."""

from __future__ import annotations

from django.db import connections

from moa.control.context import Context

_PAGE = """
select id from accounts_transaction t
 where group_id = %(group)s
   and (counterparty ilike %(like)s or description ilike %(like)s or reference ilike %(like)s)
 order by booked_on desc, id desc limit 51
"""


def rows_by_scan(ctx: Context, fragment: str) -> int:
    """How many rows the page has. As the owner, so that no policy slows it, and with the server's parallel workers."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("set enable_indexscan = off; set enable_bitmapscan = off")
        cursor.execute(_PAGE, {"group": ctx.group_id, "like": f"%{fragment}%"})
        count = len(cursor.fetchall())
        cursor.execute("reset enable_indexscan; reset enable_bitmapscan")
    return count
