"""Who waits while another makes the same month's tables sees them afterwards.

Waiting for an advisory lock does not bring the names that others have made meanwhile, as waiting for a table does, so
`to_regclass` still answered what it had looked up before. A query on the catalogue itself reads anew.
"""

from importlib import import_module

from django.db import migrations

from moa.control.rowsecurity import sql

_FORMER = import_module("moa.ledger.migrations.0002_rules").PERIODS
_CREATE = "create function ledger_make_period("
_BEFORE, _LOCK, _AFTER = _FORMER.partition(
    "    perform pg_advisory_xact_lock(hashtextextended('ledger_make_period', asked));\n"
)
_LOOK = "    if to_regclass('ledger_entry_' || asked) is not null then\n"
assert _FORMER.count(_CREATE) == 1 and _LOCK and _AFTER.startswith(_LOOK)
PERIODS = (
    _BEFORE.replace(_CREATE, "create or replace function ledger_make_period(")
    + _LOCK
    + "    if exists (select 1 from pg_class where relname = 'ledger_entry_' || asked and relnamespace = 'public'::regnamespace) then\n"
    + _AFTER.removeprefix(_LOOK)
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0021_days_as_done")]

    operations = [sql(PERIODS)]
