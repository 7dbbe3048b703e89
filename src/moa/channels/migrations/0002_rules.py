"""Policies and references inside the group; what was sent and received stays, and numbers only rise."""

from django.db import migrations

from moa.control.rowsecurity import group_key, group_reference, group_table, sql

MESSAGES = """
create function channels_keep_message() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or
       (new.group_id, new.connection_id, new.direction, new.day, new.msg_no, new.key, new.body, new.sha256, new.about_kind,
        new.about_id, new.recorded_at) is distinct from
       (old.group_id, old.connection_id, old.direction, old.day, old.msg_no, old.key, old.body, old.sha256, old.about_kind,
        old.about_id, old.recorded_at)
       or (old.sent_at is not null and new.sent_at is distinct from old.sent_at)
       or (old.understood_at is not null and (new.understood_at, new.answers_id, new.resp_code, new.problem) is distinct from
           (old.understood_at, old.answers_id, old.resp_code, old.problem)) then
        raise exception 'a message is never changed or removed' using errcode = 'MOA10';
    end if;
    return new;
end $$;
create trigger messages_stay before update or delete on channels_channelmessage
    for each row execute function channels_keep_message();
create trigger messages_stay_all before truncate on channels_channelmessage
    for each statement execute function moa_refuse_change();

create function channels_number_rises() returns trigger language plpgsql as $$
begin
    if new.last_no <= old.last_no or (new.connection_id, new.day) is distinct from (old.connection_id, old.day) then
        raise exception 'numbers of messages only rise' using errcode = 'MOA10';
    end if;
    return new;
end $$;
create trigger number_rises before update on channels_messagecounter
    for each row execute function channels_number_rises();
grant usage on all sequences in schema public to {app};
grant update (company_no, host, port, sign_code, key_version, state, state_at, opened_on, heard_at)
    on channels_connection to {app};
grant update (last_no) on channels_messagecounter to {app};
grant update (sent_at, understood_at, answers_id, resp_code, problem) on channels_channelmessage to {app};
"""

REFERENCES = [
    ("channels_connection", "made_by_id", "control_person"),
    ("channels_messagecounter", "connection_id", "channels_connection"),
    ("channels_channelmessage", "connection_id", "channels_connection"),
    ("channels_channelmessage", "answers_id", "channels_channelmessage"),
]
TABLES = ("channels_connection", "channels_messagecounter", "channels_channelmessage")


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("control", "0009_approval_rules")]

    operations = [
        *[group_table(table, grant="select, insert") for table in TABLES],
        *[group_key(table) for table in ("channels_connection", "channels_channelmessage")],
        *[group_reference(*reference) for reference in REFERENCES],
        sql(MESSAGES),
    ]
