"""For machines that watch: is the process alive, can it work, what does it count. None of them needs a session."""

from __future__ import annotations

import ipaddress
import secrets
from functools import cache

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from moa.entry import metrics as counted

# What a proxy adds: then the address of the connection is the proxy's, not the caller's.
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")


@require_GET
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked, for a restart would not mend it."""
    return JsonResponse({"alive": True})


@require_GET
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers, its tables are up to date, the style sheets are there; else 503, and which is not so."""
    holds = {"database": _database_answers(), "assets": _assets_are_there()}
    holds["migrations"] = holds["database"] and _is_up_to_date()
    ready = all(holds.values())
    return JsonResponse({"ready": ready, **holds}, status=200 if ready else 503)


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever shows the token; without a token set, for this machine alone. Others are not told that it is here."""
    if not may_read_metrics(request):
        raise Http404("metrics")
    return HttpResponse(counted.exposition(), content_type=counted.MEDIA_TYPE)


def may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and secrets.compare_digest(
            shown.strip().encode(), settings.METRICS_TOKEN.encode()
        )
    return _is_this_machine(request.META.get("REMOTE_ADDR", "")) and not any(
        name in request.headers for name in _FORWARDED
    )


def _is_this_machine(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            return cursor.fetchone() == (1,)
    except Exception:
        # Whatever kept it from answering, nobody should be sent here now.
        return False


def _is_up_to_date() -> bool:
    try:
        return not missing_migrations()
    except Exception:
        # A database that does not even say so, such as one that was restored without its rights.
        return False


def missing_migrations() -> list[str]:
    """What the code has and the database has not, as the application's role sees it."""
    with connection.cursor() as cursor:
        cursor.execute("select app || '.' || name from django_migrations")
        applied = {name for (name,) in cursor.fetchall()}
    return sorted(_known_migrations() - applied)


@cache
def _known_migrations() -> frozenset[str]:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(f"{app}.{name}" for app, name in loader.disk_migrations)


def _assets_are_there() -> bool:
    from moa.entry.assets import dist

    return any(dist().glob("*.css"))
