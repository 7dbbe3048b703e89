"""Attempts and what is known of them, as the database holds them: one open try, moves that there are, outcomes on evidence."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_key, group_reference, group_table, sql, watched

ORDERS = """
create or replace function payments_check_order() returns trigger language plpgsql security definer
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
    elsif (new.group_id, new.book_id, new.maker_id, new.made_at)
          is distinct from (old.group_id, old.book_id, old.maker_id, old.made_at) then
        wrong := 'book and maker stay';
    elsif (new.form, new.kind, new.unit_id, new.payer_id, new.payee_id, new.amount_minor, new.currency, new.pay_on,
           new.purpose, new.memo, new.document_no, new.document_key, new.via_id, new.charge_id, new.to_bank, new.to_account,
           new.to_name, new.name_verdict)
          is distinct from
          (old.form, old.kind, old.unit_id, old.payer_id, old.payee_id, old.amount_minor, old.currency, old.pay_on,
           old.purpose, old.memo, old.document_no, old.document_key, old.via_id, old.charge_id, old.to_bank, old.to_account,
           old.to_name, old.name_verdict)
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
               and r.content ->> 'book' = new.book_id::text and r.content ->> 'kind' = new.kind
               and r.content ->> 'payer_id' = new.payer_id::text
               and (new.kind <> 'internal' or r.content ->> 'payee_id' = new.payee_id::text)
               and (new.kind <> 'bank' or (
                    r.content ->> 'via_id' = new.via_id::text and r.content ->> 'charge_id' = new.charge_id::text
                    and r.content ->> 'to_bank' = new.to_bank and r.content ->> 'to_account' = new.to_account
                    and r.content ->> 'payee_name' = new.to_name and r.content ->> 'name_verdict' = new.name_verdict
                    and (new.name_verdict = 'match' or r.content ->> 'name_reason' <> '')))
               and r.content ->> 'amount_minor' = new.amount_minor::text and r.content ->> 'currency' = new.currency
               and r.content ->> 'pay_on' = new.pay_on::text) then
        wrong := 'no two persons decided on this';
    elsif new.state in ('paid', 'failed') and old.state <> new.state and not exists (
            select 1 from payments_evidence e where e.order_id = new.id and e.group_id = new.group_id) then
        wrong := 'nothing proves the outcome';
    elsif new.state = 'paid' and old.state <> 'paid' and not exists (
            select 1 from ledger_voucher v where v.id = new.voucher_id and v.period = new.period
               and v.book_id = new.book_id and v.group_id = new.group_id and v.request_id = new.request_id) then
        wrong := 'its voucher rests on no request of it';
    elsif new.kind = 'internal' and new.state <> old.state and new.state in ('ready', 'sent') then
        wrong := 'it is paid in the books alone';
    elsif new.kind = 'bank' and new.state <> old.state and (
            (new.state = 'paid' and not exists (
                select 1 from payments_paymentattempt a where a.order_id = new.id and a.group_id = new.group_id
                   and a.state in ('paid', 'returned')))
            or (new.state = 'returned_by_bank' and not exists (
                select 1 from payments_paymentattempt a where a.order_id = new.id and a.group_id = new.group_id
                   and a.state = 'returned'))
            or (new.state in ('failed', 'withdrawn') and exists (
                select 1 from payments_paymentattempt a where a.order_id = new.id and a.group_id = new.group_id
                   and a.state <> 'failed'))
            or (new.state in ('sent', 'processing', 'unknown') and not exists (
                select 1 from payments_paymentattempt a where a.order_id = new.id and a.group_id = new.group_id
                   and a.state not in ('prepared', 'failed')))) then
        wrong := 'no attempt of it stands so';
    end if;
    if wrong is not null then
        raise exception 'a payment is refused: %', wrong using errcode = 'MOA09';
    end if;
    return new;
end $$;

create function payments_check_attempt() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
begin
    if tg_op = 'INSERT' then
        if new.state <> 'prepared' or new.message_id is not null or new.line_id is not null then
            wrong := 'it begins prepared';
        elsif not exists (
                select 1 from payments_paymentorder o where o.id = new.order_id and o.group_id = new.group_id
                   and o.kind = 'bank' and o.state = 'ready' and o.amount_minor = new.amount_minor) then
            wrong := 'its order is not ready, or of another amount';
        elsif exists (
                select 1 from payments_paymentattempt a where a.order_id = new.order_id and a.group_id = new.group_id
                   and a.state <> 'failed') then
            wrong := 'another one has not failed';
        end if;
    elsif (new.group_id, new.order_id, new.number, new.connection_id, new.amount_minor, new.reference, new.made_at)
          is distinct from
          (old.group_id, old.order_id, old.number, old.connection_id, old.amount_minor, old.reference, old.made_at)
          or (old.message_id is not null
              and (new.message_id, new.day, new.msg_no) is distinct from (old.message_id, old.day, old.msg_no)) then
        wrong := 'what was sent stays';
    elsif new.state <> old.state and not (old.state || ' ' || new.state) = any (array[
            'prepared sent', 'prepared unknown', 'sent processing', 'unknown processing', 'sent unknown',
            'processing unknown', 'sent paid', 'processing paid', 'unknown paid', 'prepared failed', 'sent failed',
            'processing failed', 'unknown failed', 'paid returned']) then
        wrong := 'no move leads from ' || old.state || ' to ' || new.state;
    elsif new.state = 'sent' and old.state = 'prepared' and not exists (
            select 1 from channels_channelmessage m where m.id = new.message_id and m.group_id = new.group_id
               and m.about_kind = 'attempt' and m.about_id = new.id::text) then
        wrong := 'no message of it is stored';
    elsif new.state <> old.state and new.state in ('paid', 'failed', 'returned') and not exists (
            select 1 from payments_evidence e where e.attempt_id = new.id and e.group_id = new.group_id
               and e.says = case new.state when 'paid' then 'prove_paid' when 'failed' then 'prove_failed'
                                           else 'give_back' end) then
        wrong := 'nothing proves that it is ' || new.state;
    end if;
    if wrong is not null then
        raise exception 'an attempt is refused: %', wrong using errcode = 'MOA09';
    end if;
    return new;
end $$;
create trigger attempts_rest_on_evidence before insert or update on payments_paymentattempt
    for each row execute function payments_check_attempt();
revoke execute on function payments_check_attempt() from public;
grant usage on all sequences in schema public to {app};
"""

CHANGEABLE = """
grant update (kind, via_id, charge_id, to_bank, to_account, to_name, name_verdict) on payments_paymentorder to {app};
grant update (state, state_at, day, msg_no, message_id, fee_minor, code, problem, inquiries, ask_at, line_id, fee_line_id,
    return_line_id) on payments_paymentattempt to {app};
grant update (transit_id, fees_id, named_by_id) on payments_paymentaccounts to {app};
"""

REFERENCES = [
    ("payments_paymentorder", "via_id", "reconciliation_banklink"),
    ("payments_paymentorder", "charge_id", "ledger_account"),
    ("payments_paymentattempt", "order_id", "payments_paymentorder"),
    ("payments_paymentattempt", "connection_id", "channels_connection"),
    ("payments_paymentattempt", "message_id", "channels_channelmessage"),
    ("payments_paymentattempt", "line_id", "reconciliation_bankline"),
    ("payments_paymentattempt", "fee_line_id", "reconciliation_bankline"),
    ("payments_paymentattempt", "return_line_id", "reconciliation_bankline"),
    ("payments_evidence", "attempt_id", "payments_paymentattempt"),
    ("payments_evidence", "message_id", "channels_channelmessage"),
    ("payments_payeeinquiry", "connection_id", "channels_connection"),
    ("payments_payeeinquiry", "message_id", "channels_channelmessage"),
    ("payments_payeeinquiry", "person_id", "control_person"),
    ("payments_paymentaccounts", "book_id", "ledger_book"),
    ("payments_paymentaccounts", "transit_id", "ledger_account"),
    ("payments_paymentaccounts", "fees_id", "ledger_account"),
    ("payments_paymentaccounts", "named_by_id", "control_person"),
]
TABLES = ("payments_paymentattempt", "payments_payeeinquiry", "payments_paymentaccounts")


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_bank_orders"),
        ("channels", "0004_connected_account_rules"),
        ("reconciliation", "0003_line_matches"),
    ]

    operations = [
        *[group_table(table, grant="select, insert") for table in TABLES],
        group_key("payments_paymentattempt"),
        *[group_reference(*reference) for reference in REFERENCES],
        append_only("payments_payeeinquiry"),
        watched("payments_paymentaccounts"),
        sql(ORDERS),
        sql(CHANGEABLE),
    ]
