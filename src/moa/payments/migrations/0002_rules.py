"""Policies, references inside the group, and what the database itself holds: what was decided on stays, moves and proof."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_key, group_reference, group_table, sql

ORDERS = """
create function payments_check_order() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
begin
    if tg_op = 'INSERT' then
        if new.state <> 'draft' or new.request_id is not null or new.voucher_id is not null then
            wrong := 'it begins as a draft';
        end if;
    elsif old.state in ('withdrawn', 'cancelled', 'returned_by_bank') then
        wrong := 'it is over';
    elsif (new.group_id, new.book_id, new.kind, new.maker_id, new.made_at)
          is distinct from (old.group_id, old.book_id, old.kind, old.maker_id, old.made_at) then
        wrong := 'book, kind and maker stay';
    elsif (new.form, new.unit_id, new.payer_id, new.payee_id, new.amount_minor, new.currency, new.pay_on, new.purpose,
           new.memo, new.document_no, new.document_key)
          is distinct from
          (old.form, old.unit_id, old.payer_id, old.payee_id, old.amount_minor, old.currency, old.pay_on, old.purpose,
           old.memo, old.document_no, old.document_key)
          and not ((old.state in ('draft', 'returned', 'pending') and new.state = 'draft')
                   or (old.state in ('draft', 'returned') and new.state = 'pending')) then
        wrong := 'what is decided on stays';
    elsif new.voucher_id is distinct from old.voucher_id and new.state = old.state then
        wrong := 'its voucher is its outcome';
    elsif new.state <> old.state and not (old.state || ' ' || new.state) = any (array[
            'pending draft', 'returned draft', 'draft pending', 'returned pending', 'pending returned', 'pending approved',
            'approved paid', 'approved failed', 'approved ready', 'ready sent', 'sent processing', 'unknown processing',
            'sent unknown', 'processing unknown', 'sent paid', 'processing paid', 'unknown paid', 'sent failed',
            'processing failed', 'unknown failed', 'paid reconciled', 'paid returned_by_bank',
            'reconciled returned_by_bank', 'failed ready', 'failed cancelled', 'draft withdrawn', 'pending withdrawn',
            'returned withdrawn', 'approved withdrawn', 'ready withdrawn']) then
        wrong := 'no move leads from ' || old.state || ' to ' || new.state;
    elsif new.state = 'approved' and old.state <> 'approved' and not exists (
            select 1 from control_approvalrequest r
              join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                             and d.content_hash = r.content_hash and d.checker_id <> new.maker_id
             where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
               and r.subject_type = 'payments.order' and r.subject_id = new.id::text and r.maker_id = new.maker_id
               and r.content ->> 'book' = new.book_id::text
               and r.content ->> 'payer_id' = new.payer_id::text and r.content ->> 'payee_id' = new.payee_id::text
               and r.content ->> 'amount_minor' = new.amount_minor::text and r.content ->> 'currency' = new.currency
               and r.content ->> 'pay_on' = new.pay_on::text) then
        wrong := 'no two persons decided on this';
    elsif new.state in ('paid', 'failed') and old.state <> new.state and not exists (
            select 1 from payments_evidence e where e.order_id = new.id and e.group_id = new.group_id) then
        wrong := 'nothing proves the outcome';
    elsif new.state = 'paid' and old.state = 'approved' and not exists (
            select 1 from ledger_voucher v where v.id = new.voucher_id and v.period = new.period
               and v.book_id = new.book_id and v.group_id = new.group_id and v.request_id = new.request_id) then
        wrong := 'its voucher rests on no request of it';
    end if;
    if wrong is not null then
        raise exception 'a payment is refused: %', wrong using errcode = 'MOA09';
    end if;
    return new;
end $$;
create trigger payments_stay_as_decided before insert or update on payments_paymentorder
    for each row execute function payments_check_order();

create function payments_check_held() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    now_state text;
    holds integer;
begin
    select state into now_state from payments_paymentorder where id = new.id;
    select count(*) into holds from ledger_hold h
     where h.group_id = new.group_id and h.source_kind = 'payment' and h.source_id = new.id::text and h.ended_at is null
       and h.account_id = new.payer_id and h.amount_minor = new.amount_minor;
    if (now_state in ('approved', 'ready', 'sent', 'processing', 'unknown')) <> (holds = 1) then
        raise exception 'a payment is refused: its amount is set aside from approval to outcome' using errcode = 'MOA09';
    end if;
    return null;
end $$;
-- When the transaction ends: the hold and the state are two rows.
create constraint trigger payments_are_held after update of state on payments_paymentorder
    deferrable initially deferred for each row when (new.state <> old.state) execute function payments_check_held();

create function payments_check_limit() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (
            select 1 from control_approvalrequest r
              join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                             and d.content_hash = r.content_hash
             where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
               and r.subject_type = 'payments.limit' and r.maker_id = new.maker_id and d.checker_id = new.checker_id
               and r.content ->> 'scope' = new.scope and r.content ->> 'unit' = coalesce(new.unit_id::text, '')
               and r.content ->> 'currency' = new.currency
               and r.content ->> 'most_minor' = coalesce(new.most_minor::text, '')
               and r.content ->> 'valid_from' = new.valid_from::text) then
        raise exception 'a limit says what two persons decided, and nothing else' using errcode = 'MOA09';
    end if;
    return null;
end $$;
create trigger decided_by_two after insert on payments_paymentlimit
    for each row execute function payments_check_limit();
revoke execute on function payments_check_order(), payments_check_held(), payments_check_limit() from public;
grant usage on all sequences in schema public to {app};
"""

# What a row may change after it was made; what is not named here never does.
CHANGEABLE = """
grant update (unit_id, state, state_at, saved_at, version, form, payer_id, payee_id, amount_minor, currency, pay_on, purpose,
    memo, document_no, document_key, request_id, voucher_id, period, problem) on payments_paymentorder to {app};
"""

REFERENCES = [
    ("payments_paymentorder", "book_id", "ledger_book"),
    ("payments_paymentorder", "unit_id", "control_unit"),
    ("payments_paymentorder", "maker_id", "control_person"),
    ("payments_paymentorder", "payer_id", "ledger_account"),
    ("payments_paymentorder", "payee_id", "ledger_account"),
    ("payments_paymentorder", "request_id", "control_approvalrequest"),
    ("payments_ordermove", "order_id", "payments_paymentorder"),
    ("payments_ordermove", "person_id", "control_person"),
    ("payments_evidence", "order_id", "payments_paymentorder"),
    ("payments_paymentlimit", "unit_id", "control_unit"),
    ("payments_paymentlimit", "maker_id", "control_person"),
    ("payments_paymentlimit", "checker_id", "control_person"),
    ("payments_paymentlimit", "request_id", "control_approvalrequest"),
]
TABLES = ("payments_paymentorder", "payments_ordermove", "payments_evidence", "payments_paymentlimit")


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("ledger", "0015_hold_rules"),
        ("control", "0009_approval_rules"),
    ]

    operations = [
        *[group_table(table, grant="select, insert") for table in TABLES],
        group_key("payments_paymentorder"),
        *[group_reference(*reference) for reference in REFERENCES],
        *[append_only(table) for table in TABLES[1:]],
        sql(ORDERS),
        sql(CHANGEABLE),
    ]
