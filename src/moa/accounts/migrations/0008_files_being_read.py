"""The files that wait or are read just now: few of many, asked for by every page of the history."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_files_by_time")]

    operations = [
        migrations.AddIndex(
            model_name="statementfile",
            index=models.Index(
                fields=["group_id", "id"],
                name="file_being_read",
                condition=Q(state__in=["received", "reading"]),
            ),
        ),
    ]
