"""When a session ends: some hours after signing in, and sooner when nobody asked for anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib.auth import logout
from django.http import HttpRequest

from moa.control.rules import session_end
from moa.control.sessions import SEEN, SINCE

_SINCE, _SEEN = SINCE, SEEN
# In the session of a person whose role demands a second factor, until there is one.
SET_UP = "moa_set_up"
# The moment of the last request is written at most this often, so that reading pages writes no row.
_WRITTEN_EVERY = timedelta(minutes=1)


def begin_session(request: HttpRequest, at: datetime) -> None:
    """Called right after signing in, when the session's key is new."""
    request.session[_SINCE] = request.session[_SEEN] = int(at.timestamp())


def end_if_over(request: HttpRequest, at: datetime) -> datetime | None:
    """The moment at which this session ended, when it has; it is removed. Otherwise it was seen now."""
    since, seen = request.session.get(_SINCE), request.session.get(_SEEN)
    if since is None or seen is None:
        begin_session(request, at)
        return None
    end = session_end(_moment(since), _moment(seen))
    if end <= at:
        logout(request)
        return end
    if at - _moment(seen) >= _WRITTEN_EVERY:
        request.session[_SEEN] = int(at.timestamp())
    return None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
