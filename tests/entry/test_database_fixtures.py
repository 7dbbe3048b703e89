"""The ground that every database test stands on."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_a_test_works_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("moa_app",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_committing_test_leaves_behind_is_gone_for_the_next(turn, as_owner):
    as_owner.execute("select to_regclass('left_behind')")
    assert as_owner.fetchone() == (None,)
    as_owner.execute("create table left_behind ()")


def test_the_tests_run_on_a_state_folder_of_their_own(state_folder):
    from django.conf import settings

    assert state_folder == settings.STATE_DIR
    assert state_folder.parts[-1] != "var"
