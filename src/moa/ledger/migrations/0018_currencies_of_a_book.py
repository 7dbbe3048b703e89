"""The currencies of a book are found by stepping through an index that no check of a foreign key can take for its own."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("ledger", "0017_template_names")]

    operations = [
        migrations.AddIndex(
            model_name="ledgeraccount",
            index=models.Index(
                fields=["group_id", "book", "currency"],
                name="ledger_account_currencies",
                condition=~Q(code=""),
            ),
        ),
    ]
