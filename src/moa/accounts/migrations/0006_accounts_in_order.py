"""The order in which accounts are listed, so that a page of 100,000 of them reads fifty rows."""

from django.db import migrations

from moa.control.rowsecurity import sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_column_profiles")]

    operations = [
        sql(
            "create index account_by_place on accounts_bankaccount (group_id, ((case when bank_country = 'KR' then '0' "
            "else '1' end || bank_country || bank_code || number_key)), id);",
            "drop index account_by_place;",
        )
    ]
