"""What a connection over HTTP needs is one group's, of a connection of the group; which way to a bank is in use may change."""

from django.db import migrations

from moa.control.rowsecurity import group_reference, group_table, sql

GRANTS = """
grant usage on all sequences in schema public to {app};
grant update (client_id, base_path, is_tls, token, token_key_version, token_until, rest_until) on channels_httpaccess to {app};
grant update (in_use) on channels_connection to {app};
grant update (handle) on channels_connectedaccount to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0005_over_http")]

    operations = [
        group_table("channels_httpaccess", grant="select, insert"),
        group_reference("channels_httpaccess", "connection_id", "channels_connection"),
        sql(GRANTS),
    ]
