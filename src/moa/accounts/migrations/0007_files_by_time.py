"""The order in which files are listed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_accounts_in_order")]

    operations = [
        migrations.AddIndex(
            model_name="statementfile",
            index=models.Index(fields=["group_id", "-received_at", "-id"], name="file_by_time"),
        ),
    ]
