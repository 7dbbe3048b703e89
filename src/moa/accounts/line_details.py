"""What lists of lines leave out and programs want: references, the other side's account, the file, when recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection

_DETAILS = """
select t.id, t.reference, t.bank_reference, t.counterparty_account, t.recorded_at, s.file_id,
       exists (select 1 from accounts_supersession x where x.transaction_id = t.id)
  from accounts_transaction t join accounts_statement s on s.id = t.statement_id
 where t.id = any(%s)
"""


class LineDetails(NamedTuple):
    """Shape: `file_id` None for a line that was entered by hand."""

    id: int
    reference: str
    bank_reference: str
    counterparty_account: str
    recorded_at: datetime
    file_id: int | None
    superseded: bool


def line_details(ids: Iterable[int]) -> dict[int, LineDetails]:
    """By the line's number. The caller has asked for the right to these lines."""
    with connection.cursor() as cursor:
        cursor.execute(_DETAILS, [list(ids)])
        return {row[0]: LineDetails(*row) for row in cursor.fetchall()}
