"""What was proven to be paid can be disproved: by its bank's word and two persons, and its order with it, whose voucher is taken back."""

from django.db import migrations

from moa.control.rowsecurity import sql

RULES = """
create or replace function payments_check_order() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
begin
    if tg_op = 'INSERT' then
        if new.state <> 'draft' or new.request_id is not null or new.voucher_id is not null then
            wrong := 'it begins as a draft';
        end if;
    elsif old.state = 'returned_by_bank' or (old.state in ('withdrawn', 'cancelled') and (
            new.state not in (old.state, 'paid')
            or to_jsonb(new) - array['state', 'state_at', 'problem', 'voucher_id', 'period']
               <> to_jsonb(old) - array['state', 'state_at', 'problem', 'voucher_id', 'period'])) then
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
    elsif new.request_id is distinct from old.request_id and old.state not in ('draft', 'returned', 'pending') then
        wrong := 'its decision stays';
    elsif new.voucher_id is distinct from old.voucher_id and new.state = old.state then
        wrong := 'its voucher is its outcome';
    elsif new.state <> old.state and not (old.state || ' ' || new.state) = any (array[
            'pending draft', 'returned draft', 'draft pending', 'returned pending', 'pending returned', 'pending approved',
            'approved paid', 'approved failed', 'approved ready', 'ready sent', 'ready failed', 'sent processing', 'unknown processing',
            'sent unknown', 'processing unknown', 'sent paid', 'processing paid', 'unknown paid', 'sent failed',
            'processing failed', 'unknown failed', 'paid reconciled', 'paid returned_by_bank',
            'reconciled returned_by_bank', 'failed ready', 'failed cancelled', 'ready paid', 'failed paid', 'paid failed', 'reconciled failed',
            'cancelled paid', 'withdrawn paid', 'draft withdrawn', 'pending withdrawn',
            'returned withdrawn', 'approved withdrawn', 'ready withdrawn']) then
        wrong := 'no move leads from ' || old.state || ' to ' || new.state;
    elsif new.state = 'approved' and old.state <> 'approved' and not exists (
            select 1 from control_approvalrequest r
              join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                             and d.content_hash = r.content_hash and d.checker_id <> new.maker_id
             cross join lateral (select case when new.bundle_id is not null then r.content -> 'items' -> new.id::text
                                             else r.content end as said) c
             where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
               and r.subject_type = 'payments.order' and r.maker_id = new.maker_id
               and r.subject_id = case when new.bundle_id is not null then 'B' || new.bundle_id
                                       when new.series_id is not null then 'S' || new.series_id else new.id::text end
               and r.content ->> 'book' = new.book_id::text and c.said ->> 'kind' = new.kind
               and c.said ->> 'payer_id' = new.payer_id::text
               and (new.kind <> 'internal' or c.said ->> 'payee_id' = new.payee_id::text)
               and (new.kind <> 'bank' or (
                    c.said ->> 'via_id' = new.via_id::text and c.said ->> 'charge_id' = new.charge_id::text
                    and c.said ->> 'to_bank' = new.to_bank and c.said ->> 'to_account' = new.to_account
                    and c.said ->> 'payee_name' = new.to_name and c.said ->> 'name_verdict' = new.name_verdict
                    and (new.name_verdict = 'match' or c.said ->> 'name_reason' <> '')))
               and case when new.series_id is not null and r.content ? 'parts' then r.content -> 'parts' ->> (new.part - 1)
                        else c.said ->> 'amount_minor' end = new.amount_minor::text
               and (new.series_id is null or new.part is null or r.content ? 'parts')
               and c.said ->> 'currency' = new.currency
               and case when new.series_id is not null then r.content -> 'days' ->> new.place::text
                        else c.said ->> 'pay_on' end = new.pay_on::text) then
        wrong := 'no two persons decided on this';
    elsif new.state = 'approved' and old.state = 'pending' and new.series_id is not null and not exists (
            select 1 from payments_paymentseries s where s.id = new.series_id and s.group_id = new.group_id
               and s.state = 'active' and s.request_id = new.request_id) then
        wrong := 'its series is not in force';
    elsif new.state in ('paid', 'failed') and old.state <> new.state and not exists (
            select 1 from payments_evidence e where e.order_id = new.id and e.group_id = new.group_id) then
        wrong := 'nothing proves the outcome';
    elsif new.state = 'paid' and old.state <> 'paid' and not exists (
            select 1 from ledger_voucher v where v.id = new.voucher_id and v.period = new.period
               and v.book_id = new.book_id and v.group_id = new.group_id and v.request_id = new.request_id) then
        wrong := 'its voucher rests on no request of it';
    elsif old.state in ('paid', 'reconciled') and new.state = 'failed' and not exists (
            select 1 from ledger_reversal r where r.voucher_id = old.voucher_id and r.period = old.period
               and r.book_id = new.book_id and r.group_id = new.group_id) then
        wrong := 'its voucher stands';
    elsif new.kind = 'internal' and new.state <> old.state and (
            new.state in ('ready', 'sent') or (new.state = 'paid' and old.state <> 'approved')
            or old.state in ('paid', 'reconciled')) then
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
                   and a.state <> 'failed' and (old.state not in ('paid', 'reconciled')
                                                or (a.problem <> 'debited_twice' and a.state <> 'returned'))))
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

create or replace function payments_check_attempt() returns trigger language plpgsql security definer
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
            'processing failed', 'unknown failed', 'failed paid', 'paid failed', 'paid returned']) then
        wrong := 'no move leads from ' || old.state || ' to ' || new.state;
    elsif new.state = 'sent' and old.state = 'prepared' and not exists (
            select 1 from channels_channelmessage m where m.id = new.message_id and m.group_id = new.group_id
               and m.about_kind = 'attempt' and m.about_id = new.id::text) then
        wrong := 'no message of it is stored';
    elsif old.state = 'failed' and new.state = 'paid' and not (
            exists (select 1 from payments_evidence e where e.attempt_id = new.id and e.group_id = new.group_id
                       and e.says in ('prove_paid', 'give_back') and e.kind in ('answer', 'inquiry', 'notice', 'statement'))
            and exists (select 1 from payments_evidence e
                          join control_approvalrequest r on r.id::text = e.facts ->> 'request' and r.group_id = e.group_id
                          join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                                         and d.content_hash = r.content_hash and d.checker_id <> r.maker_id
                         where e.attempt_id = new.id and e.group_id = new.group_id and e.kind = 'outside'
                           and e.says = r.content ->> 'says' and e.says in ('prove_paid', 'give_back')
                           and r.subject_type = 'payments.evidence' and r.subject_id = new.id::text
                           and r.state = 'approved' and not exists (
                                select 1 from payments_evidence o where o.attempt_id = new.id and o.group_id = new.group_id
                                   and o.kind = 'outside' and o.says = 'prove_failed' and o.id > e.id))) then
        wrong := 'what failed was paid by the bank''s word and by two persons';
    elsif old.state = 'paid' and new.state = 'failed' and not (
            exists (select 1 from payments_evidence e where e.attempt_id = new.id and e.group_id = new.group_id
                       and e.says = 'prove_failed' and e.kind in ('answer', 'inquiry', 'notice', 'statement'))
            and exists (select 1 from payments_evidence e
                          join control_approvalrequest r on r.id::text = e.facts ->> 'request' and r.group_id = e.group_id
                          join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                                         and d.content_hash = r.content_hash and d.checker_id <> r.maker_id
                         where e.id = (select max(o.id) from payments_evidence o where o.attempt_id = new.id
                                          and o.group_id = new.group_id and o.kind = 'outside')
                           and e.says = 'prove_failed' and e.says = r.content ->> 'says'
                           and r.subject_type = 'payments.evidence' and r.subject_id = new.id::text
                           and r.state = 'approved')) then
        wrong := 'what was paid failed by the bank''s word and by two persons';
    elsif old.state = 'paid' and new.state = 'failed' and exists (
            select 1 from reconciliation_bankline l where l.id in (old.line_id, old.fee_line_id)
               and l.group_id = new.group_id and l.state <> 'superseded'
            union all
            select 1 from payments_paymentorder o
              join reconciliation_banklink k on k.id = o.via_id and k.group_id = o.group_id
              join accounts_transaction t on t.account_id = k.account_id and t.group_id = k.group_id and t.booked_on >= new.day
             where o.id = new.order_id and o.group_id = new.group_id and t.amount_minor < 0
               and btrim(t.reference) = new.reference and not exists (
                   select 1 from accounts_supersession x where x.transaction_id = t.id and x.group_id = t.group_id)) then
        wrong := 'a line of the bank''s statement is it';
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0013_two_persons"),
        ("reconciliation", "0003_line_matches"),
        ("accounts", "0009_refused_files"),
    ]

    operations = [sql(RULES)]
