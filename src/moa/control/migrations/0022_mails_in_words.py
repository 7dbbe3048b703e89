"""A mail says its language in a column, which stood in its Message-ID, and by a code what came of its last try."""

from django.db import migrations, models

from moa.control.rowsecurity import sql

# Mails of before keep their Message-ID: a second copy must be known as one.
LANGUAGES = """
update control_mail set language = split_part(split_part(message_id, '@', 1), '.', 2)
 where split_part(split_part(message_id, '@', 1), '.', 2) in ('ko', 'zh-hans', 'en');
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0021_audit_without_waiting")]

    operations = [
        migrations.AddField("mail", "language", models.CharField(blank=True, default="", max_length=10)),
        migrations.AddField("mail", "fault", models.CharField(blank=True, default="", max_length=40)),
        sql(LANGUAGES),
    ]
