"""How often something was tried in the running minute or hour, over all processes."""

from django.db import migrations

from moa.control.rowsecurity import shared_table, sql

# Unlogged: forgotten after a crash, and nobody waits for the disk. A key is a keyed hash of an address or a person.
TABLE = """
create unlogged table control_trycount (
    scope varchar(20) not null,
    key char(64) not null,
    window_at timestamptz not null,
    used integer not null,
    primary key (scope, key)
);
create index trycount_by_time on control_trycount (window_at);
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0011_saved_views")]

    operations = [
        sql(TABLE),
        shared_table("control_trycount", grant="select, insert, update, delete"),
    ]
