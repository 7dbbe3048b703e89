"""The currencies of a book are found by stepping through an index, not by reading all its accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0016_quicker_posting")]

    operations = [
        migrations.AddIndex(
            model_name="ledgeraccount",
            index=models.Index(fields=["book", "currency"], name="ledger_account_by_currency"),
        ),
    ]
