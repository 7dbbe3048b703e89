"""A voucher's legs are found by the unique key of voucher and leg; the coarse index of 0010 beside it was only written."""

from django.db import migrations

from moa.control.rowsecurity import sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0023_few_vouchers_sooner")]

    operations = [sql("drop index if exists entry_by_voucher")]
