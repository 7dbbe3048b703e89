"""What is written once stays: audit lines, row changes, decisions, keys. Raw SQL is caught too."""

from __future__ import annotations

import io
import json
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction

from moa.control import approvals, documents, idempotency
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import AuditLine, Identity, RowChange, Unit
from moa.kernel.errors import DomainError
from tests.control.factories import TwoGroups, make_group, make_person, make_unit

APPEND_ONLY = [
    "control_auditline",
    "control_rowchange",
    "control_idempotencykey",
    "control_approvaldecision",
    "control_unitplace",
]


def _fill() -> None:
    """One committed row in each append-only table."""
    maker_side = make_group()
    maker = make_person(maker_side, "maker", roles=["teller"])
    checker = make_person(maker_side, "checker", roles=["approver"])
    make_unit(maker_side)
    idempotency.once(maker, "test", "key", {"a": 1}, lambda: {"done": True})
    with maker.open():
        request = approvals.submit(maker, subject_type="test", subject_id=1, content={"a": "1"})
    with checker.open():
        approvals.decide(checker, request.id, approve=True, seen_hash=request.content_hash)


@pytest.mark.usefixtures("transactional_db")
class TestAppendOnly:
    def test_neither_the_application_nor_the_owner_can_change_or_remove_rows(
        self, as_owner: Any, as_app: Any
    ) -> None:
        _fill()
        as_owner.execute("select id from control_group")
        as_app.execute("select set_config('moa.group_id', %s, false)", [str(as_owner.fetchone()[0])])
        for table in APPEND_ONLY:
            as_owner.execute(f"select count(*) from {table}")
            before = as_owner.fetchone()[0]
            assert before > 0, table
            for statement in (
                f"update {table} set group_id = group_id",
                f"delete from {table}",
                f"truncate {table} cascade",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    as_app.execute(statement)
                with pytest.raises(psycopg.Error, match="never changed or removed"):
                    as_owner.execute(statement)
            as_owner.execute(f"select count(*) from {table}")
            assert as_owner.fetchone()[0] == before, table

    def test_the_application_cannot_declare_a_group_to_be_a_demo(self) -> None:
        ctx = make_group()
        for statement in (
            "update control_group set is_demo = true",
            "update control_group set base_currency = 'USD'",
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                ctx.open(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)

    def test_a_watched_table_cannot_be_emptied_unseen(self, as_owner: Any) -> None:
        with pytest.raises(psycopg.Error, match="never changed or removed"):
            as_owner.execute("truncate control_assignment")


class TestRowChanges:
    def test_a_change_by_an_operation_names_person_request_and_both_values(
        self, two_groups: TwoGroups
    ) -> None:
        ctx = two_groups.person
        with ctx.open():
            Unit.objects.filter(id=two_groups.company.id).update(name="새 이름")
            change = RowChange.objects.filter(table_name="control_unit").order_by("-id")[0]
        assert (change.change, change.row_id) == ("UPDATE", str(two_groups.company.id))
        assert (change.before["name"], change.after["name"]) == (two_groups.company.name, "새 이름")
        assert (change.person_id, change.request_id) == (ctx.actor.person_id, ctx.request_id)
        assert change.database_user == "moa_app"

    def test_a_change_by_raw_sql_names_the_database_user(self, transactional_db: None, as_owner: Any) -> None:
        ctx = make_group()
        unit = make_unit(ctx)
        as_owner.execute("update control_unit set name = 'by hand' where id = %s", [unit.id])
        with ctx.open():
            change = RowChange.objects.filter(table_name="control_unit").order_by("-id")[0]
        assert (change.after["name"], change.database_user, change.person_id) == (
            "by hand",
            "moa_owner",
            None,
        )

    def test_a_removed_row_is_kept_as_it_was(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open(), connection.cursor() as cursor:
            cursor.execute("delete from control_assignment")
            change = RowChange.objects.filter(table_name="control_assignment").order_by("-id")[0]
        assert change.change == "DELETE" and change.after is None and change.before["person_id"]

    def test_a_password_hash_or_a_wrapped_key_is_never_in_it(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open():
            Identity.objects.filter(group_id=two_groups.one.group_id).update(
                password=make_password("another one")
            )
            changes = RowChange.objects.filter(table_name__in=["control_identity", "control_groupkey"])
            text = json.dumps(list(changes.values("before", "after")))
        assert '"login"' in text
        assert "argon2" not in text and '"password"' not in text and '"wrapped"' not in text

    def test_one_group_does_not_see_the_changes_of_another(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open():
            Unit.objects.update(name="only ours")
        with two_groups.stranger.open():
            assert not RowChange.objects.filter(after__name="only ours").exists()

    def test_a_temporary_table_of_the_same_name_catches_nothing(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open(), connection.cursor() as cursor:
            cursor.execute("create temporary table control_rowchange (like public.control_rowchange)")
            cursor.execute("update control_unit set name = 'unseen?'")
            cursor.execute("select count(*) from pg_temp.control_rowchange")
            assert cursor.fetchone() == (0,)
            cursor.execute("select count(*) from public.control_rowchange where after ->> 'name' = 'unseen?'")
            assert cursor.fetchone() == (1,)
            cursor.execute("drop table pg_temp.control_rowchange")

    def test_a_partitioned_table_can_be_watched(self, transactional_db: None, as_owner: Any) -> None:
        ctx = make_group()
        as_owner.execute("create table piece (id bigint, group_id bigint) partition by range (id)")
        as_owner.execute("create trigger watched after insert or update or delete on piece"
                         " for each row execute function moa_record_row_change()")  # fmt: skip
        as_owner.execute("create table piece_1 partition of piece for values from (0) to (10)")
        as_owner.execute("insert into piece_1 values (7, %s)", [ctx.group_id])
        with ctx.open():
            change = RowChange.objects.get(table_name="piece_1")
        assert change.after == {"id": 7, "group_id": ctx.group_id}


class TestAuditLines:
    def test_a_line_says_who_what_when_and_through_which_channel(self, two_groups: TwoGroups) -> None:
        ctx = two_groups.person
        with ctx.open():
            record(ctx, "test.thing.done", "thing", 12, before={"a": "1"}, after={"a": "2"})
            line = AuditLine.objects.get(code="test.thing.done")
        assert (line.person_id, line.actor_name, line.channel) == (
            ctx.actor.person_id,
            ctx.actor.name,
            "test",
        )
        assert (line.subject_type, line.subject_id, line.request_id) == ("thing", "12", ctx.request_id)
        assert (line.before, line.after) == ({"a": "1"}, {"a": "2"})

    def test_a_line_goes_with_the_operation_that_failed(self, two_groups: TwoGroups) -> None:
        ctx = two_groups.person
        with pytest.raises(ZeroDivisionError), ctx.open():
            record(ctx, "test.thing.done", "thing", 12)
            _ = 1 // 0
        with ctx.open():
            assert not AuditLine.objects.filter(code="test.thing.done").exists()

    def test_lines_of_one_transaction_are_stamped_as_they_come(self, two_groups: TwoGroups) -> None:
        ctx = two_groups.person
        with ctx.open(), transaction.atomic():
            for number in range(3):
                record(ctx, "test.thing.done", "thing", number)
            moments = list(
                AuditLine.objects.filter(code="test.thing.done").order_by("id").values_list("recorded_at")
            )
        assert moments == sorted(moments) and moments[0] < moments[2]


class TestPersonsNumbers:
    """Resident, passport and card numbers are kept nowhere but as six digits and stars."""

    RESIDENT, CARD, ACCOUNT = "900101-1234568", "4111 1111 1111 1111", "9001011234568"

    def test_the_audit_trail_masks_texts_and_leaves_accounts_and_hashes(self, two_groups: TwoGroups) -> None:
        facts = {
            "note": f"급여 {self.RESIDENT}", "lines": [{"text": f"card {self.CARD}", "amount": "12"}],
            "counterparty_account": self.ACCOUNT, "sha256": "4111111111111111", "count": 3, "reference": self.CARD,
        }  # fmt: skip
        with two_groups.person.open():
            record(two_groups.person, "test.thing.done", "thing", 1, before=facts, after=facts)
            line = AuditLine.objects.get(code="test.thing.done")
        assert line.before == line.after == facts | {
            "note": "급여 900101-*******", "lines": [{"text": "card 4111 11** **** ****", "amount": "12"}],
        }  # fmt: skip

    def test_a_request_its_reason_and_a_files_name_hold_none(
        self, two_groups: TwoGroups, folder: Any
    ) -> None:
        ctx, checker = two_groups.person, make_person(two_groups.one, roles=["approver"])
        with ctx.open():
            request = approvals.submit(
                ctx, subject_type="t", subject_id=1, content={"lines": [{"text": self.RESIDENT}]}
            )
            documents.store(ctx, io.BytesIO(b"x"), name=f"{self.RESIDENT}.csv", kind="statement_file")
        with checker.open():
            seen = request.content_hash
            approvals.decide(
                checker, request.id, approve=False, seen_hash=seen, reason=f"누구 {self.RESIDENT}"
            )
        assert self._found_anywhere(ctx) == []

    def test_a_stored_refusal_holds_none(self, two_groups: TwoGroups) -> None:
        def refuse() -> dict[str, Any]:
            raise DomainError("value_wrong", value=f"no {self.RESIDENT}", account=self.ACCOUNT)

        with pytest.raises(idempotency.StoredRefusal) as caught:
            idempotency.once(two_groups.person, "test", "key", {}, refuse)
        assert caught.value.facts == {"value": "no 900101-*******", "account": self.ACCOUNT}
        assert self._found_anywhere(two_groups.person) == []

    def _found_anywhere(self, ctx: Context) -> list[str]:
        """Tables of control in which a row shows the resident's number."""
        found = []
        for model in apps.get_app_config("control").get_models():
            table = model._meta.db_table
            with ctx.open(), connection.cursor() as cursor:
                cursor.execute(f"select count(*) from {table} t where to_jsonb(t)::text like '%-1234568%'")
                if cursor.fetchone()[0]:
                    found.append(table)
        return found
