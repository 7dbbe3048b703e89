"""Rows for the lists that the big group has none of: a person who may see them all, and a few thousand of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connections

from moa.accounts.models import StatementFile
from moa.control.context import Context
from moa.control.models import Identity, Person, Role
from moa.control.queries import context_for
from moa.entry.bench.ledger_group import bench_book, vouchers
from moa.entry.staff import hire
from moa.ledger.models import Voucher
from moa.ledger.operations.post_vouchers import post_vouchers

ROWS = 3000
PERSONS = 300
VOUCHERS = 2000
_LOGIN = "bench.lists"
_RIGHTS = (
    "accounts.view", "control.audit.view", "control.documents.view", "control.jobs.view", "control.users.view",
    "control.units.view",
)  # fmt: skip

_FILL = """
insert into control_person (group_id, name, title, email, kind, language)
select %(group)s, '사원 ' || n, '대리', '', 'person', 'ko' from generate_series(1, %(persons)s) n;
insert into control_assignment (group_id, person_id, role_id, valid_from)
select p.group_id, p.id, %(role)s, date '2020-01-01' from control_person p
 where p.group_id = %(group)s and p.name like '사원 %%';
insert into control_document (group_id, kind, name, sha256, size_bytes, storage_name, key_version, stored, refusal, retain_until,
    person_id)
select %(group)s, 'statement_file', '거래내역 ' || n || '.csv', encode(sha256(convert_to('bench ' || n, 'UTF8')), 'hex'), n * 37,
       'bench' || n, 1, true, '', date '2036-01-01', %(person)s from generate_series(1, %(rows)s) n;
insert into accounts_statementfile (group_id, document_id, person_id, name, channel, sha256, size_bytes, received_at, state,
    state_at, asked_account, asked_profile, format, profile, encoding, entries_read, entries_new, entries_known, error_count,
    warning_count, problems, accounts, checks, from_date, to_date)
select group_id, id, person_id, name, 'web', sha256, size_bytes, now(), 'stored', now(), '', '', 'csv', 'kb', 'cp949', 80, 80, 0,
       0, 0, '[]', '["11022233344182"]', '[]', date '2026-09-01', date '2026-09-30'
  from control_document where group_id = %(group)s and storage_name like 'bench%%';
insert into control_notice (group_id, person_id, kind, key, facts, link, "right", in_app, mail, state, state_at, made_at)
select %(group)s, %(person)s, 'control.mail_failed', n::text, '{"subject": "일일 자금 현황", "address": "kim@example.org"}', '/notices/mails', '', true, '',
       'unread', now(), now() - n * interval '1 minute' from generate_series(1, %(rows)s) n;
insert into control_auditline (group_id, person_id, actor_name, channel, request_id, code, subject_type, subject_id, before, after)
select %(group)s, %(person)s, '정하은', 'web', 'r' || n, 'accounts.file.received', 'statement_file', n::text, null,
       jsonb_build_object('name', '거래내역 ' || n) from generate_series(1, %(rows)s) n;
insert into procrastinate_jobs (queue_name, task_name, args, status)
select 'default', 'moa.run', jsonb_build_object('work', 'accounts.import_file', 'group_id', %(group)s::bigint, 'person_id',
       %(person)s::bigint, 'arguments', '{}'::jsonb), 'succeeded' from generate_series(1, %(rows)s) n;
insert into procrastinate_events (job_id, type, at)
select j.id, e.type::procrastinate_job_event_type, now() from procrastinate_jobs j
 cross join (values ('deferred'), ('started'), ('succeeded')) e (type) where (j.args ->> 'group_id')::bigint = %(group)s
"""


@dataclass(frozen=True, slots=True)
class Lister:
    """Who looks at the lists. Shape: `books` the person of the group with the vouchers."""

    identity: Identity
    ctx: Context
    books: Identity
    books_ctx: Context


def list_rows(machine: Context) -> Lister:
    """Made once, and left as it is when it is there. About ten seconds the first time."""
    with machine.open():
        person = _person(machine)
        identity = _identity(_LOGIN, machine.group_id, person.id)
        filled = StatementFile.objects.exists()
        role = Role.objects.get(code="clerk").id
    if not filled:
        facts = {
            "group": machine.group_id, "person": person.id, "rows": ROWS, "persons": PERSONS, "role": role,
        }  # fmt: skip
        with connections["owner"].cursor() as cursor:
            for statement in _FILL.split(";\n"):
                cursor.execute(statement, facts)
            cursor.execute("vacuum analyze")
        connections["owner"].close()
    bench = bench_book()
    books_ctx = bench.context()
    with books_ctx.open():
        books = _identity(f"{_LOGIN}.books", bench.group_id, bench.person_id)
        while Voucher.objects.count() < VOUCHERS:
            post_vouchers(books_ctx, bench.book, vouchers(1000))
    now = datetime.now(UTC)
    return Lister(
        identity, context_for(machine.group_id, person.id, at=now, channel="web"), books, bench.context()
    )


def _person(machine: Context) -> Person:
    found = Person.objects.filter(name=_LOGIN).first()
    if found is not None:
        return found
    role = Role.objects.create(
        group_id=machine.group_id, code="lister", name="Lister", permissions=list(_RIGHTS), is_standard=False
    )
    return hire(machine, _LOGIN, role)


def _identity(login: str, group_id: int, person_id: int) -> Identity:
    identity, _ = Identity.objects.get_or_create(
        login=login, defaults={"group_id": group_id, "person_id": person_id, "password": "!"}
    )
    return identity
