"""A voucher without any entry is refused: nothing could take it out again, and its day could never be closed."""

from importlib import import_module

from django.db import migrations

from moa.control.rowsecurity import sql

_FORMER = import_module("moa.ledger.migrations.0016_quicker_posting").VOUCHERS
_REVERSALS = "    if not exists (select 1 from new_rows where reverses_id is not null) then\n"
# Entries are in the same statement, and all is there when triggers after it run. What a voucher's entries must be is held
# where they come in; here it is enough that the first one is there. Month by month, so that one partition is looked at.
_ENTRIES = """
    for month in select distinct period from new_rows loop
        if exists (select 1 from new_rows n
                   left join lateral (select 1 as found from ledger_entry e
                                       where e.voucher_id = n.id and e.leg = 1 and e.period = month limit 1) e on true
                   where n.period = month and e.found is null) then
            raise exception 'a voucher is refused: its entries are not in its statement' using errcode = 'MOA05';
        end if;
    end loop;
"""
assert _FORMER.count(_REVERSALS) == 1
VOUCHERS = _FORMER.replace("    wrong text;\n", "    wrong text;\n    month int;\n").replace(
    _REVERSALS, _ENTRIES + _REVERSALS
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0019_entries_by_key")]

    operations = [sql(VOUCHERS)]
