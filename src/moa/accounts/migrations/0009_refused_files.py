"""Refused files: few of many, asked for by every first page."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_files_being_read")]

    operations = [
        migrations.AddIndex(
            model_name="statementfile",
            index=models.Index(
                fields=["group_id", "-received_at"],
                name="file_refused",
                condition=Q(state="refused"),
            ),
        ),
    ]
