"""Whose a token was that opens nothing any more, for the line that its use leaves in the audit trail."""

from django.db import migrations

from moa.control.rowsecurity import sql

# Asked before a group is known: gives the numbers of one token, whatever became of it, and nothing else.
FUNCTION = """
create function moa_dead_token(shown text) returns table (id bigint, group_id bigint)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.id, t.group_id from control_machinetoken t where t.digest = shown limit 1;
$$;
revoke execute on function moa_dead_token(text) from public;
grant execute on function moa_dead_token(text) to {app};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("control", "0016_requests_in_order"),
    ]

    operations = [
        sql(FUNCTION, "drop function moa_dead_token(text)"),
    ]
