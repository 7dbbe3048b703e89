"""The certificates that alone are believed of a bank over TLS."""

from django.db import migrations, models

from moa.control.rowsecurity import sql

GRANTS = """
grant update (authority) on channels_httpaccess to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0006_over_http_rules")]

    operations = [
        migrations.AddField(
            model_name="httpaccess",
            name="authority",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        sql(GRANTS),
    ]
