"""Policies, references inside the group, and what the database itself holds: rules by two, lines of their account."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_key, group_reference, group_table, sql, watched

CHECKS = """
create function reconciliation_check_link() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (
        select 1 from unnest(array[new.ledger_account_id, new.suspense_id]) asked (id)
          left join ledger_account a on a.id = asked.id and a.book_id = new.book_id and a.group_id = new.group_id
          left join accounts_bankaccount b on b.id = new.account_id and b.group_id = new.group_id
         where a.id is null or b.id is null or a.currency <> b.currency) then
        raise exception 'a link joins a bank account to accounts of one book in its currency' using errcode = 'MOA08';
    end if;
    return null;
end $$;
create trigger of_one_book after insert on reconciliation_banklink
    for each row execute function reconciliation_check_link();

create function reconciliation_check_rule() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (
        select 1 from control_approvalrequest r
          join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                         and d.content_hash = r.content_hash
         where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
           and r.subject_type = 'reconciliation.rule' and r.maker_id = new.maker_id and d.checker_id = new.checker_id
           and r.content = new.content and new.content ->> 'book' = new.book_id::text
           and new.content ->> 'code' = new.code and new.content ->> 'counter' = new.counter
           and new.content ->> 'mode' = new.mode and new.content ->> 'position' = new.position::text
           and new.content ->> 'valid_from' = new.valid_from::text
           and new.content ->> 'is_on' = case when new.is_on then 'yes' else 'no' end) then
        raise exception 'a rule says what two persons decided, and nothing else' using errcode = 'MOA08';
    end if;
    return null;
end $$;
create trigger decided_by_two after insert on reconciliation_ruleversion
    for each row execute function reconciliation_check_rule();

create function reconciliation_check_lines() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (
        select 1 from new_lines n
          left join reconciliation_banklink k on k.id = n.link_id and k.group_id = n.group_id and k.book_id = n.book_id
          left join accounts_transaction t
                 on t.id = n.line_id and t.booked_on = n.booked_on and t.group_id = n.group_id
                and t.account_id = k.account_id and t.amount_minor = n.amount_minor
         where t.id is null) then
        raise exception 'a bank line repeats a stored line of its account' using errcode = 'MOA08';
    end if;
    return null;
end $$;
create trigger of_their_account after insert on reconciliation_bankline referencing new table as new_lines
    for each statement execute function reconciliation_check_lines();
revoke execute on function reconciliation_check_link(), reconciliation_check_rule(), reconciliation_check_lines()
    from public;
grant usage on all sequences in schema public to {app};
"""

# What a row may change after it was made; what is not named here never does.
CHANGEABLE = """
grant update (unit_id, business_ends) on reconciliation_banklink to {app};
grant update (state, state_at, rule_id, unit_id, attempt, problem, problem_account, business_date, voucher_id, period,
    explained, confirmed_by_id, confirmed_at, request_id, reason) on reconciliation_bankline to {app};
grant update (state, owner_id, unit_id, due_on, cleared_on, counter, voucher_id, period, rule_id, request_id)
    on reconciliation_suspenseitem to {app};
"""

KEYED = ["reconciliation_banklink", "reconciliation_ruleversion", "reconciliation_bankline"]

REFERENCES = [
    ("reconciliation_banklink", "book_id", "ledger_book"),
    ("reconciliation_banklink", "account_id", "accounts_bankaccount"),
    ("reconciliation_banklink", "ledger_account_id", "ledger_account"),
    ("reconciliation_banklink", "suspense_id", "ledger_account"),
    ("reconciliation_banklink", "unit_id", "control_unit"),
    ("reconciliation_banklink", "linked_by_id", "control_person"),
    ("reconciliation_ruleversion", "book_id", "ledger_book"),
    ("reconciliation_ruleversion", "unit_id", "control_unit"),
    ("reconciliation_ruleversion", "maker_id", "control_person"),
    ("reconciliation_ruleversion", "checker_id", "control_person"),
    ("reconciliation_ruleversion", "request_id", "control_approvalrequest"),
    ("reconciliation_bankline", "link_id", "reconciliation_banklink"),
    ("reconciliation_bankline", "book_id", "ledger_book"),
    ("reconciliation_bankline", "rule_id", "reconciliation_ruleversion"),
    ("reconciliation_bankline", "unit_id", "control_unit"),
    ("reconciliation_bankline", "confirmed_by_id", "control_person"),
    ("reconciliation_bankline", "request_id", "control_approvalrequest"),
    ("reconciliation_suspenseitem", "line_id", "reconciliation_bankline"),
    ("reconciliation_suspenseitem", "book_id", "ledger_book"),
    ("reconciliation_suspenseitem", "unit_id", "control_unit"),
    ("reconciliation_suspenseitem", "owner_id", "control_person"),
    ("reconciliation_suspenseitem", "rule_id", "reconciliation_ruleversion"),
    ("reconciliation_suspenseitem", "request_id", "control_approvalrequest"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0001_initial"),
        ("accounts", "0002_rules"),
        ("ledger", "0004_closing_rules"),
        ("control", "0005_incompatible_rights"),
    ]

    operations = [
        *[group_table(table, grant="select, insert") for table in (
            "reconciliation_banklink", "reconciliation_ruleversion", "reconciliation_bankline", "reconciliation_suspenseitem",
        )],
        append_only("reconciliation_ruleversion"),
        *[group_key(table) for table in KEYED],
        *[group_reference(*reference) for reference in REFERENCES],
        sql(CHECKS),
        sql(CHANGEABLE),
        *[watched(table) for table in ("reconciliation_banklink", "reconciliation_suspenseitem")],
    ]  # fmt: skip
