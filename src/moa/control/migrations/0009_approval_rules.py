"""Steps, batches, deputies and policies held by the database, against raw SQL too."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_key, group_reference, group_table, sql, watched

APPENDED = [
    "control_approvalstep", "control_approvalcandidate", "control_approvalbatch", "control_rekeyattempt",
    "control_approvalremark", "control_persongrade", "control_approvalpolicy", "control_deputyreport",
]  # fmt: skip
KEYED = [
    "control_approvalgrade", "control_approvalpolicy", "control_approvalbatch", "control_approvaldecision",
    "control_approvalremark",
]  # fmt: skip
REFERENCES = [
    ("control_approvalrequest", "policy_id", "control_approvalpolicy"),
    ("control_approvalstep", "request_id", "control_approvalrequest"),
    ("control_approvalstep", "grade_id", "control_approvalgrade"),
    ("control_approvalcandidate", "request_id", "control_approvalrequest"),
    ("control_approvalcandidate", "person_id", "control_person"),
    ("control_approvalbatch", "person_id", "control_person"),
    ("control_approvaldecision", "on_behalf_of_id", "control_person"),
    ("control_approvaldecision", "batch_id", "control_approvalbatch"),
    ("control_rekeyattempt", "request_id", "control_approvalrequest"),
    ("control_rekeyattempt", "person_id", "control_person"),
    ("control_approvalremark", "request_id", "control_approvalrequest"),
    ("control_approvalremark", "person_id", "control_person"),
    ("control_approvalremark", "answers_id", "control_approvalremark"),
    ("control_persongrade", "person_id", "control_person"),
    ("control_persongrade", "grade_id", "control_approvalgrade"),
    ("control_approvalpolicy", "unit_id", "control_unit"),
    ("control_approvalpolicy", "maker_id", "control_person"),
    ("control_approvalpolicy", "checker_id", "control_person"),
    ("control_approvalpolicy", "request_id", "control_approvalrequest"),
    ("control_delegation", "principal_id", "control_person"),
    ("control_delegation", "deputy_id", "control_person"),
    ("control_delegation", "maker_id", "control_person"),
    ("control_delegation", "request_id", "control_approvalrequest"),
    ("control_deputyreport", "decision_id", "control_approvaldecision"),
    ("control_deputyreport", "person_id", "control_person"),
]

RULES = """
-- Whoever's authority it was, it counts once in a request: a deputy and the principal do not make two persons.
create unique index one_decision_per_authority
    on control_approvaldecision (group_id, request_id, coalesce(on_behalf_of_id, checker_id));

create function moa_check_decision() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    r control_approvalrequest;
    s control_approvalstep;
    wrong text;
begin
    select * into r from control_approvalrequest where id = new.request_id and group_id = new.group_id;
    select * into s from control_approvalstep
     where request_id = r.id and group_id = r.group_id and number = new.step;
    wrong := case
        when r.state <> 'open' or new.step <> r.step then 'it waits for no decision at step ' || new.step
        when r.steps > 1 and s.id is null then 'its step ' || new.step || ' is not there'
        when new.review <> coalesce(s.review, 'visual') then 'its step is reviewed otherwise'
        when s.id is not null and not exists (
            select 1 from control_approvalcandidate c
             where c.request_id = r.id and c.group_id = r.group_id and c.number = new.step
               and c.person_id = coalesce(new.on_behalf_of_id, new.checker_id)) then 'its step waits for others'
        when new.on_behalf_of_id is not null and not exists (
            select 1 from control_delegation d
             where d.group_id = new.group_id and d.principal_id = new.on_behalf_of_id and d.deputy_id = new.checker_id
               and d.valid_from <= new.decided_on and new.decided_on < d.valid_until
               and (d.ended_on is null or new.decided_on < d.ended_on)) then 'nobody made the person a deputy'
        when new.review = 'rekey' and new.approved and not exists (
            select 1 from control_rekeyattempt k
             where k.request_id = r.id and k.group_id = r.group_id and k.number = new.step
               and k.person_id = new.checker_id and k.matched) then 'its fields were not typed again'
        when new.batch_id is not null and not exists (
            select 1 from control_approvalbatch b
             where b.id = new.batch_id and b.group_id = new.group_id and b.person_id = new.checker_id)
            then 'its batch is another person''s'
        end;
    if wrong is not null then
        raise exception 'a decision over request % is refused: %', new.request_id, wrong using errcode = 'MOA03';
    end if;
    return null;
end $$;
revoke execute on function moa_check_decision() from public;
create trigger waits_for_this_decision after insert on control_approvaldecision
    for each row execute function moa_check_decision();

-- Approved: a decision at every step. A step is left with its approval only, and one goes to the next.
create or replace function moa_check_request_state() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and old.state <> 'open' and (new.state <> old.state or new.step <> old.step) then
        raise exception 'request % is decided already', new.id using errcode = 'MOA03';
    end if;
    if tg_op = 'INSERT' and new.step <> 1 or tg_op = 'UPDATE' and new.step <> old.step and (
            new.step <> old.step + 1 or not exists (
                select 1 from control_approvaldecision d
                 where d.group_id = new.group_id and d.request_id = new.id and d.step = old.step and d.approved)) then
        raise exception 'request % does not stand at step %', new.id, new.step using errcode = 'MOA03';
    end if;
    if new.state = 'approved' and (
            select count(*) from control_approvaldecision d
             where d.group_id = new.group_id and d.request_id = new.id and d.approved) <> new.steps
       or new.state = 'refused' and not exists (
            select 1 from control_approvaldecision d
             where d.group_id = new.group_id and d.request_id = new.id and not d.approved) then
        raise exception 'request % has no such decision', new.id using errcode = 'MOA03';
    end if;
    return null;
end $$;
drop trigger state_rests_on_a_decision on control_approvalrequest;
create constraint trigger state_rests_on_a_decision after insert or update of state, step on control_approvalrequest
    deferrable initially immediate for each row execute function moa_check_request_state();
grant update (step, escalated_at) on control_approvalrequest to {app};

-- Steps and who may give them belong to the submission: after the first decision none is added, and never the maker.
create function moa_check_route() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    r control_approvalrequest;
begin
    select * into r from control_approvalrequest where id = new.request_id and group_id = new.group_id;
    if new.number not between 1 and r.steps or r.state <> 'open' or r.step <> 1
       or exists (select 1 from control_approvaldecision d where d.request_id = r.id and d.group_id = r.group_id)
       or (to_jsonb(new) ->> 'person_id')::bigint = r.maker_id then
        raise exception 'the route of request % stands', new.request_id using errcode = 'MOA03';
    end if;
    return null;
end $$;
revoke execute on function moa_check_route() from public;
create trigger route_stands after insert on control_approvalstep for each row execute function moa_check_route();
create trigger route_stands after insert on control_approvalcandidate for each row execute function moa_check_route();

create function moa_check_policy() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (
        select 1 from control_approvalrequest r
          join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                         and d.content_hash = r.content_hash
         where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
           and r.subject_type = 'control.approval_policy' and r.maker_id = new.maker_id
           and d.checker_id = new.checker_id
           and r.content ->> 'subject_type' = new.subject_type and r.content -> 'bands' = new.bands
           and r.content ->> 'currency' = new.currency and r.content ->> 'unit' = coalesce(new.unit_id::text, '')
           and (r.content ->> 'includes_lower')::boolean = new.includes_lower
           and r.content ->> 'decide_within_days' = coalesce(new.decide_within_days::text, '')
           and r.content ->> 'valid_from' = new.valid_from::text) then
        raise exception 'a policy says what two persons decided, and nothing else' using errcode = 'MOA03';
    end if;
    return null;
end $$;
revoke execute on function moa_check_policy() from public;
create trigger decided_by_two after insert on control_approvalpolicy
    for each row execute function moa_check_policy();

create function moa_check_delegation() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.request_id is not null and not exists (
        select 1 from control_approvalrequest r
         where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
           and r.subject_type = 'control.delegation' and r.maker_id = new.maker_id
           and r.content ->> 'principal' = new.principal_id::text and r.content ->> 'deputy' = new.deputy_id::text
           and r.content ->> 'valid_from' = new.valid_from::text
           and r.content ->> 'valid_until' = new.valid_until::text) then
        raise exception 'a deputy for somebody else is made by what two persons decided' using errcode = 'MOA03';
    end if;
    return null;
end $$;
revoke execute on function moa_check_delegation() from public;
create trigger decided_by_two after insert on control_delegation
    for each row execute function moa_check_delegation();
"""

GRADES = """
revoke update on control_approvalgrade from {app};
grant update (name, names) on control_approvalgrade to {app};
revoke update on control_delegation from {app};
grant update (ended_on) on control_delegation to {app};
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0008_approval_policies")]

    operations = [
        *[group_table(table, grant="select, insert") for table in (*APPENDED, "control_approvalgrade", "control_delegation")],
        *[group_key(table) for table in KEYED],
        *[group_reference(*reference) for reference in REFERENCES],
        *[sql(f"alter table {table} add constraint {table}_of_group foreign key (group_id) "
              "references control_group (id);") for table in (*APPENDED, "control_approvalgrade", "control_delegation")],
        sql(RULES),
        sql(GRADES),
        *[append_only(table) for table in APPENDED],
        *[watched(table) for table in ("control_approvalgrade", "control_delegation")],
        sql("grant usage on all sequences in schema public to {app};"),
    ]  # fmt: skip
