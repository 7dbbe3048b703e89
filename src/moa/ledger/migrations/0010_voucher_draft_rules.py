"""Drafts, attachments and templates of vouchers: one group's each, and a draft that is booked stays as it was decided on."""

from django.db import migrations

from moa.control.rowsecurity import append_only, group_key, group_reference, group_table, sql, watched

REFERENCES = [
    ("ledger_voucherdraft", "book_id", "ledger_book"),
    ("ledger_voucherdraft", "maker_id", "control_person"),
    ("ledger_voucherdraft", "request_id", "control_approvalrequest"),
    ("ledger_voucherattachment", "book_id", "ledger_book"),
    ("ledger_voucherattachment", "document_id", "control_document"),
    ("ledger_voucherattachment", "draft_id", "ledger_voucherdraft"),
    ("ledger_voucherattachment", "person_id", "control_person"),
    ("ledger_vouchertemplate", "book_id", "ledger_book"),
    ("ledger_vouchertemplate", "request_id", "control_approvalrequest"),
]

DRAFTS = """
create function ledger_check_draft() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
declare
    wrong text;
begin
    if tg_op = 'INSERT' then
        if new.voucher_id is not null or new.request_id is not null or new.discarded_at is not null then
            wrong := 'it begins as a draft';
        end if;
    elsif old.voucher_id is not null then
        wrong := 'it is in the books';
    elsif (new.book_id, new.maker_id, new.kind, new.reverses_id, new.reverses_period)
          is distinct from (old.book_id, old.maker_id, old.kind, old.reverses_id, old.reverses_period) then
        wrong := 'book, maker and kind stay';
    elsif new.voucher_id is not null and not exists (
            select 1 from ledger_voucher v
              join control_approvalrequest r on r.id = v.request_id and r.group_id = v.group_id
             where v.id = new.voucher_id and v.period = new.period and v.book_id = new.book_id
               and v.request_id = new.request_id and r.subject_id = new.id::text
               and r.subject_type = 'ledger.voucher') then
        wrong := 'its voucher rests on no request of it';
    elsif new.form is distinct from old.form and exists (
            select 1 from control_approvalrequest r where r.id = old.request_id and r.state = 'open') then
        wrong := 'it waits for a decision';
    end if;
    if wrong is not null then
        raise exception 'a draft of a voucher is refused: %', wrong using errcode = 'MOA05';
    end if;
    return new;
end $$;
create trigger drafts_stay_as_decided before insert or update on ledger_voucherdraft
    for each row execute function ledger_check_draft();
revoke execute on function ledger_check_draft() from public;

create function ledger_check_attachment() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.draft_id is not null and exists (
            select 1 from ledger_voucherdraft d left join control_approvalrequest r on r.id = d.request_id
             where d.id = new.draft_id and (d.voucher_id is not null or r.state = 'open')) then
        raise exception 'an attachment is refused: its draft is decided on' using errcode = 'MOA05';
    end if;
    if new.voucher_id is not null and not exists (
            select 1 from ledger_voucher v where v.id = new.voucher_id and v.period = new.period
               and v.book_id = new.book_id and v.group_id = new.group_id) then
        raise exception 'an attachment is refused: the book has no such voucher' using errcode = 'MOA05';
    end if;
    return new;
end $$;
create trigger attachments_before_decision before insert or update on ledger_voucherattachment
    for each row execute function ledger_check_attachment();
revoke execute on function ledger_check_attachment() from public;

create function ledger_check_template() returns trigger language plpgsql security definer
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (
            select 1 from control_approvalrequest r
              join control_approvaldecision d on d.request_id = r.id and d.group_id = r.group_id and d.approved
                                             and d.content_hash = r.content_hash and d.checker_id <> r.maker_id
             where r.id = new.request_id and r.group_id = new.group_id and r.state = 'approved'
               and r.subject_type = 'ledger.voucher_template' and r.content ->> 'book' = new.book_id::text
               and r.content ->> 'code' = new.code) then
        raise exception 'a template is refused: two persons decide on it' using errcode = 'MOA05';
    end if;
    return new;
end $$;
create trigger decided_by_two before insert on ledger_vouchertemplate
    for each row execute function ledger_check_template();
revoke execute on function ledger_check_template() from public;
"""

# A voucher's legs are found without reading a month: entries stand in the order of their vouchers, so the coarsest of
# indexes is enough, and a posting does not pay for it.
LEGS = "create index entry_by_voucher on ledger_entry using brin (voucher_id) with (pages_per_range = 16, autosummarize = on);"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_vouchers_on_their_way")]

    operations = [
        group_table("ledger_voucherdraft", grant="select, insert, update"),
        group_table("ledger_voucherattachment", grant="select, insert, update"),
        group_table("ledger_vouchertemplate", grant="select, insert"),
        group_key("ledger_voucherdraft"),
        group_key("ledger_voucherattachment"),
        *(group_reference(*reference) for reference in REFERENCES),
        append_only("ledger_vouchertemplate"),
        watched("ledger_voucherattachment"),
        sql(DRAFTS),
        sql(LEGS),
    ]
