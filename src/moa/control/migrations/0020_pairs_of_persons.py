"""Own pairs of rights are held over persons alone, until they leave, and a pair that ended stays ended."""

from django.db import migrations

from moa.control.rowsecurity import sql

# As in 0019, but: the machine user, which does many kinds of work, is under the built-in pairs alone; and what a person
# would hold after leaving nobody holds.
RULES = """
create or replace function moa_check_assignment() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    -- What only becomes shorter brings nothing together that was not together before.
    if tg_op = 'UPDATE' and (new.group_id, new.person_id, new.role_id) = (old.group_id, old.person_id, old.role_id)
       and daterange(new.valid_from, new.valid_until) <@ daterange(old.valid_from, old.valid_until) then
        return null;
    end if;
    -- Two assignments at once would not see each other, nor would an assignment and a pair.
    perform pg_advisory_xact_lock(hashtextextended('control.assignments', new.person_id));
    perform pg_advisory_xact_lock_shared(hashtextextended('control.rights_pairs', new.group_id));
    if exists (
        select 1
          from (select b.one, b.other, '-infinity'::date as since from moa_incompatible_rights() b
                 union all
                select p.one, p.other, p.valid_from from control_rightspair p
                  join control_person h on h.id = new.person_id and h.group_id = p.group_id and h.kind = 'person'
                 where p.group_id = new.group_id and p.ended_on is null) pair
          join control_role given on given.id = new.role_id and given.group_id = new.group_id
          join control_assignment a on a.person_id = new.person_id and a.group_id = new.group_id
               and not isempty(daterange(a.valid_from, a.valid_until) * daterange(new.valid_from, new.valid_until)
                               * daterange(pair.since, null))
          join control_role held on held.id = a.role_id and held.group_id = a.group_id
         where (given.permissions ? pair.one and held.permissions ? pair.other)
            or (given.permissions ? pair.other and held.permissions ? pair.one)
    ) then
        raise exception 'person % would hold incompatible rights', new.person_id using errcode = 'MOA04';
    end if;
    return null;
end $$;

create or replace function moa_check_rights_pair() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('control.rights_pairs', new.group_id));
    if exists (
        select 1
          from control_person p
          join control_assignment a on a.person_id = p.id and a.group_id = p.group_id
          join control_role one on one.id = a.role_id and one.group_id = a.group_id and one.permissions ? new.one
          join control_assignment b on b.person_id = p.id and b.group_id = p.group_id
               and not isempty(daterange(a.valid_from, a.valid_until) * daterange(b.valid_from, b.valid_until)
                               * daterange(new.valid_from, null) * daterange(null, p.left_on))
          join control_role other on other.id = b.role_id and other.group_id = b.group_id
               and other.permissions ? new.other
         where p.group_id = new.group_id and p.kind = 'person'
    ) then
        raise exception 'somebody holds both % and %', new.one, new.other using errcode = 'MOA04';
    end if;
    return null;
end $$;

create trigger end_stays before update on control_rightspair
    for each row when (old.ended_on is not null) execute function moa_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("control", "0019_own_pairs")]

    operations = [sql(RULES)]
