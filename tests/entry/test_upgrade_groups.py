"""A group made by an earlier version gets what this version's groups have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from moa.control.models import Group, Role
from moa.entry.upgrading import upgrade_groups
from moa.ledger.models import Book
from tests.control.factories import make_group

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def old_group():
    """A group whose treasurer had fewer rights, beside a role of the group's own."""
    ctx = make_group("OLD")
    with ctx.open():
        Role.objects.filter(code="treasurer").update(permissions=["control.units.view"])
        Role.objects.create(
            group_id=ctx.group_id, code="own", name="Own", names={}, permissions=["control.units.view"], is_standard=False
        )  # fmt: skip
    return ctx


def test_standard_roles_get_the_rights_of_this_version_and_own_roles_stay(old_group):
    assert upgrade_groups(at=AT) == ["Brought 1 standard roles of OLD up to date"]
    with old_group.open():
        assert "ledger.view" in Role.objects.get(code="treasurer").permissions
        assert Role.objects.get(code="own").permissions == ["control.units.view"]


def test_a_second_upgrade_finds_nothing_to_do(old_group):
    upgrade_groups(at=AT)
    assert upgrade_groups(at=AT) == []


def test_a_group_that_is_no_demo_gets_no_books(old_group):
    upgrade_groups(at=AT)
    with old_group.open():
        assert not Group.objects.get(id=old_group.group_id).is_demo
        assert not Book.objects.exists()
