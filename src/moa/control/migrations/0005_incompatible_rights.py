"""Rights that one person must not hold on the same day: a constraint over roles and assignments."""

from django.db import migrations

from moa.control.rowsecurity import sql

# The pairs of `control.permissions.INCOMPATIBLE`; a test compares.
RULE = """
create function moa_incompatible_rights() returns table (one text, other text) language sql immutable
    set search_path = pg_catalog, public, pg_temp as $$
    values ('control.users.change', 'control.approvals.decide');
$$;

create function moa_check_assignment() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    -- Two assignments at once would not see each other.
    perform pg_advisory_xact_lock(hashtextextended('control.assignments', new.person_id));
    if exists (
        select 1
          from moa_incompatible_rights() pair
          join control_role given on given.id = new.role_id and given.group_id = new.group_id
          join control_assignment a on a.person_id = new.person_id and a.group_id = new.group_id
               and daterange(a.valid_from, a.valid_until) && daterange(new.valid_from, new.valid_until)
          join control_role held on held.id = a.role_id and held.group_id = a.group_id
         where (given.permissions ? pair.one and held.permissions ? pair.other)
            or (given.permissions ? pair.other and held.permissions ? pair.one)
    ) then
        raise exception 'person % would hold incompatible rights', new.person_id using errcode = 'MOA04';
    end if;
    return null;
end $$;
revoke execute on function moa_check_assignment() from public;
create trigger rights_are_compatible after insert or update on control_assignment
    for each row execute function moa_check_assignment();

create function moa_check_role() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select 1 from moa_incompatible_rights() pair
                where new.permissions ? pair.one and new.permissions ? pair.other) then
        raise exception 'role % would hold incompatible rights', new.code using errcode = 'MOA04';
    end if;
    return null;
end $$;
create trigger rights_are_compatible after insert or update of permissions on control_role
    for each row execute function moa_check_role();
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0004_trail_by_time")]

    operations = [sql(RULE)]
