"""One group never sees another's rows, whatever the query forgets; and the guards that watch over it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from moa.control.context import Context
from moa.control.models import Assignment, AuditLine, Group, Person, Role, Unit
from moa.control.rowsecurity import EXEMPT, GROUP
from tests.control import row_security_findings as findings
from tests.control.factories import TwoGroups, make_group, make_unit


def _one(query: str, parameters: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def _attempt(query: str, parameters: list[Any] | None = None) -> int:
    """Run raw SQL in a savepoint; the number of rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.rowcount


class TestReading:
    def test_a_query_without_a_filter_sees_its_own_group_only(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open():
            assert set(Unit.objects.values_list("code", flat=True)) == {two_groups.company.code}
            assert set(Person.objects.values_list("group_id", flat=True)) == {two_groups.one.group_id}
            assert list(Group.objects.values_list("id", flat=True)) == [two_groups.one.group_id]

    @pytest.mark.parametrize(
        "model",
        [m for m in apps.get_models() if m._meta.app_label == "control" and m._meta.db_table not in EXEMPT],
    )
    def test_raw_sql_sees_its_own_group_only(self, two_groups: TwoGroups, model: Any) -> None:
        column = "id" if model is Group else "group_id"
        with two_groups.person.open():
            foreign = f"select count(*) from {model._meta.db_table} where {column} = %s"
            assert _one(foreign, [two_groups.other.group_id]) == 0

    def test_no_group_set_means_no_rows(self, two_groups: TwoGroups) -> None:
        assert Unit.objects.count() == 0
        assert Person.objects.count() == 0
        assert AuditLine.objects.count() == 0

    def test_a_foreign_id_is_as_good_as_absent(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open():
            assert Unit.objects.filter(id=two_groups.foreign_company.id).first() is None


class TestWriting:
    def test_a_row_for_another_group_is_refused(self, two_groups: TwoGroups) -> None:
        statement = (
            "insert into control_unit (group_id, kind, code, name, names, country, valid_from)"
            " values (%s, 'company', 'X', 'X', '{}', 'KR', '2020-01-01')"
        )
        with two_groups.person.open(), pytest.raises(DatabaseError, match="row-level security"):
            _attempt(statement, [two_groups.other.group_id])

    def test_without_a_group_nothing_can_be_written(self, two_groups: TwoGroups) -> None:
        with pytest.raises(DatabaseError, match="row-level security"):
            Unit.objects.create(
                group_id=two_groups.one.group_id, kind="company", code="X", name="X", valid_from="2020-01-01"
            )

    def test_updating_and_removing_all_rows_touches_the_own_group_only(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open():
            assert _attempt("update control_unit set name = 'mine'") == 1
            assert _attempt("delete from control_assignment") > 0
            assert Assignment.objects.count() == 0
        with two_groups.stranger.open():
            assert Unit.objects.filter(name="mine").count() == 0
            assert Assignment.objects.filter(person_id=two_groups.stranger.actor.person_id).count() == 1

    def test_a_row_cannot_be_given_to_another_group(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open(), pytest.raises(DatabaseError, match="row-level security"):
            _attempt("update control_role set group_id = %s", [two_groups.other.group_id])

    def test_a_reference_to_another_groups_row_is_refused(self, two_groups: TwoGroups) -> None:
        with pytest.raises(IntegrityError, match="unit_id_same_group"), two_groups.person.open():
            role = Role.objects.get(code="clerk")
            Assignment.objects.create(
                group_id=two_groups.one.group_id, person_id=two_groups.person.actor.person_id, role_id=role.id,
                unit_id=two_groups.foreign_company.id, valid_from=two_groups.one.today,
            )  # fmt: skip

    def test_a_login_for_another_groups_person_is_refused(self, two_groups: TwoGroups) -> None:
        statement = (
            "insert into control_identity (login, password, group_id, person_id, os_user, is_active, is_demo,"
            " failed_count) values ('thief', '', %s, %s, '', true, false, 0)"
        )
        with (
            two_groups.person.open(),
            pytest.raises(IntegrityError, match="identity_of_a_person_of_the_group"),
        ):
            _attempt(statement, [two_groups.one.group_id, two_groups.stranger.actor.person_id])


class TestContexts:
    def test_a_nested_context_puts_the_former_group_back(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open():
            with two_groups.stranger.open():
                assert Group.objects.get().id == two_groups.other.group_id
            assert Group.objects.get().id == two_groups.one.group_id
            assert _one("select current_setting('moa.person_id')") == str(two_groups.person.actor.person_id)
        assert Group.objects.count() == 0

    def test_a_nested_context_that_fails_puts_the_former_group_back(self, two_groups: TwoGroups) -> None:
        with two_groups.person.open():
            with pytest.raises(ZeroDivisionError), two_groups.stranger.open():
                _ = 1 // 0
            assert Group.objects.get().id == two_groups.one.group_id

    def test_what_fails_leaves_nothing(self, two_groups: TwoGroups) -> None:
        with pytest.raises(ZeroDivisionError), two_groups.person.open():
            Unit.objects.update(name="half done")
            _ = 1 // 0
        with two_groups.person.open():
            assert Unit.objects.get().name == two_groups.company.name

    def test_the_pool_gives_no_group_to_the_next_borrower(self, transactional_db: None) -> None:
        ctx = make_group()
        make_unit(ctx)
        connection.close()
        assert Unit.objects.count() == 0


class TestTheDatabaseAsAWhole:
    """What a policy alone does not hold. That every table has one is in tests/architecture."""

    def test_every_reference_of_a_model_is_held_by_the_database(self, as_owner: Any) -> None:
        assert findings.reference_columns_without_constraint(as_owner) == []

    def test_unique_keys_carry_the_group(self, as_owner: Any) -> None:
        assert findings.unique_keys_across_groups(as_owner) == []

    def test_functions_with_the_owners_rights_are_known_and_cannot_be_led_astray(self, as_owner: Any) -> None:
        # A new one belongs here only when it asks for the group itself, or gives nothing of a group away.
        assert findings.definer_functions(as_owner) == [
            "accounts_check_lines", "accounts_find_words", "accounts_make_month", "ledger_book_entries", "ledger_check_attachment",
            "ledger_check_closed_year", "ledger_check_closing_run", "ledger_check_closings", "ledger_check_day", "ledger_check_day_facts", "ledger_check_draft", "ledger_check_keys", "ledger_check_period_closing",
            "ledger_check_period_figures", "ledger_check_seal", "ledger_check_sealed_line", "ledger_check_standing_order",
            "ledger_check_template", "ledger_check_vouchers", "ledger_make_balances", "ledger_make_period", "ledger_move_held",
            "moa_check_assignment", "moa_check_audit_lines", "moa_check_decision", "moa_check_delegation", "moa_check_policy",
            "moa_check_request_state", "moa_check_rights_pair", "moa_check_route", "moa_check_unit",
            "moa_dead_token", "moa_demo_logins", "moa_groups", "moa_machine_token", "moa_record_row_change",
            "payments_check_attempt", "payments_check_bundle", "payments_check_bundle_draft", "payments_check_held", "payments_check_limit",
            "payments_check_occurrence", "payments_check_order", "payments_check_series",
            "reconciliation_check_lines", "reconciliation_check_link", "reconciliation_check_match", "reconciliation_check_rule",
            "reconciliation_check_undone",
        ]  # fmt: skip
        assert findings.definer_functions_that_can_be_led_astray(as_owner) == []
        assert findings.definer_functions_open_to_all(as_owner) == []

    @pytest.mark.parametrize(
        ("offender", "finder", "named"),
        [
            (
                "alter table control_document add constraint same_file unique (sha256)",
                findings.unique_keys_across_groups,
                ["control_document: same_file ['sha256']"],
            ),
            (
                "alter table control_document drop constraint control_document_person_id_same_group",
                findings.reference_columns_without_constraint,
                ["control_document.person_id"],
            ),
            (
                "create function peep() returns bigint language sql security definer set search_path = public as"
                " 'select count(*) from control_unit'",
                findings.definer_functions_that_can_be_led_astray,
                ["peep"],
            ),
            (
                "create function peep() returns bigint language sql security definer as 'select 1::bigint'",
                findings.definer_functions_open_to_all,
                ["peep"],
            ),
        ],
    )
    def test_a_sample_that_breaks_the_rule_is_found(
        self, as_owner: Any, offender: str, finder: Any, named: list[str]
    ) -> None:
        as_owner.execute("begin")
        try:
            as_owner.execute(offender)
            assert finder(as_owner) == named
        finally:
            as_owner.execute("rollback")

    def test_no_partition_of_ours_can_be_reached_but_through_its_parent(
        self, transactional_db: None, as_owner: Any, as_app: Any
    ) -> None:
        as_app.execute("select accounts_make_month('2026-11-15')")
        leaf = as_app.fetchone()[0]
        as_owner.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent::regclass::text !~ '_pkey$'"
        )
        leaves = [name for (name,) in as_owner.fetchall() if name.startswith("accounts_transaction")]
        assert leaf in leaves
        for name in leaves:
            for privilege in ("select", "insert", "update", "delete", "truncate"):
                as_owner.execute("select has_table_privilege('moa_app', %s::regclass, %s)", [name, privilege])
                assert as_owner.fetchone() == (False,), (name, privilege)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_app.execute(f"select * from {leaf}")

    def test_a_partition_read_directly_shows_nothing_of_another_group(
        self, transactional_db: None, as_owner: Any, as_app: Any
    ) -> None:
        policy = f"using (group_id = {GROUP}) with check (group_id = {GROUP})"
        as_owner.execute("create table month (id bigint, group_id bigint) partition by range (id)")
        as_owner.execute("create table month_1 partition of month for values from (0) to (10)")
        for table in ("month", "month_1"):
            as_owner.execute(f"alter table {table} enable row level security")
            as_owner.execute(f"create policy same_group on {table} {policy}")
        as_owner.execute("insert into month values (1, 77)")
        as_owner.execute("grant select on month to moa_app")
        as_app.execute("select set_config('moa.group_id', '77', false)")
        # As our partitions are: without a grant of their own. And with one, the policy still holds.
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_app.execute("select * from month_1")
        as_owner.execute("grant select on month_1 to moa_app")
        for group, seen in (("", 0), ("78", 0), ("77", 1)):
            as_app.execute("select set_config('moa.group_id', %s, false)", [group])
            for table in ("month", "month_1"):
                as_app.execute(f"select count(*) from {table}")
                assert as_app.fetchone() == (seen,), (group, table)


def test_a_context_costs_little(two_groups: TwoGroups, django_assert_num_queries: Any) -> None:
    """Outside a transaction a Context is one statement between begin and commit; nested it reads the former too."""
    ctx: Context = two_groups.person
    with django_assert_num_queries(3), ctx.open():  # what is prepared on the driver is not counted
        pass
