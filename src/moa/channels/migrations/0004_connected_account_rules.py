"""Accounts that may be debited over a connection: one group's, of a connection of the group."""

from django.db import migrations

from moa.control.rowsecurity import group_reference, group_table, sql

GRANTS = """
grant usage on all sequences in schema public to {app};
grant update (password, key_version, made_by_id) on channels_connectedaccount to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_connected_accounts")]

    operations = [
        group_table("channels_connectedaccount", grant="select, insert"),
        group_reference("channels_connectedaccount", "connection_id", "channels_connection"),
        group_reference("channels_connectedaccount", "made_by_id", "control_person"),
        sql(GRANTS),
    ]
