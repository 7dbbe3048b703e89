"""What a command does before it uses the models: the database runs, then Django is set up."""

from __future__ import annotations

import atexit
import os


def setup_django(*, with_database: bool = True) -> None:
    """Django is ready and its database answers. Calling it twice is harmless.

    The database comes first, because settings read the passwords that its first start writes.

    Raises: LauncherError.
    """
    from moa.entry.database import ensure_database

    if with_database:
        ensure_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moa.entry.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
        atexit.register(close_connections)


def close_connections() -> None:
    """Give connections back and end the pool's threads, so that a command ends at once and without a warning."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        pool_closer = getattr(connection, "close_pool", None)
        if pool_closer is not None:
            pool_closer()
