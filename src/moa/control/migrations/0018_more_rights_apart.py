"""More pairs of rights that one person must not hold on the same day. Who holds both already is told, and keeps them."""

from django.db import migrations

from moa.control.rowsecurity import sql

# The pairs of `control.permissions.INCOMPATIBLE`; a test compares.
RULE = """
create or replace function moa_incompatible_rights() returns table (one text, other text) language sql immutable
    set search_path = pg_catalog, public, pg_temp as $$
    values ('control.users.change', 'control.approvals.decide'),
           ('control.audit.independent', 'control.approvals.decide'),
           ('control.audit.independent', 'control.users.change'),
           ('control.users.change', 'ledger.post'),
           ('control.users.change', 'ledger.voucher.enter'),
           ('control.audit.independent', 'ledger.post'),
           ('control.audit.independent', 'ledger.voucher.enter'),
           ('control.audit.independent', 'ledger.day.close'),
           ('control.audit.independent', 'accounts.statement.import'),
           ('control.audit.independent', 'accounts.line.enter'),
           ('channels.connection.change', 'control.approvals.decide'),
           ('control.audit.independent', 'channels.connection.change'),
           ('control.audit.independent', 'reconciliation.line.assign'),
           ('control.users.change', 'payments.enter'),
           ('control.users.change', 'payments.evidence.record'),
           ('control.audit.independent', 'payments.enter'),
           ('control.audit.independent', 'payments.evidence.record');
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0017_dead_tokens")]

    operations = [sql(RULE)]
