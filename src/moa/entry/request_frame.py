"""What stands around every request: an id that leads from the caller's log to ours and to the audit trail, its line in
the log, its place in the metrics."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from moa.control.log_facts import logged
from moa.control.web.form_letters import watch_letters
from moa.entry import metrics

logger = logging.getLogger("moa.request")
# With a letter, for an account number must not become one: the id stands in the log as it came.
_REQUEST_ID = re.compile(r"(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9._-]{8,64}")
# Asked every few seconds by machines; they say nothing about use.
PROBES = {"healthz", "readyz", "metrics"}
# No page asks for anything of the device but a passkey.
_SHUT = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_OWN = ("publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _SHUT), *(f"{name}=(self)" for name in _OWN)])


class RequestFrame:
    """The outermost middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request_id = request_id_of(request)
        request.request_id = request_id  # type: ignore[attr-defined]
        watch_letters(request)
        with logged(request=request_id):
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
            seconds = time.perf_counter() - began
            route = route_of(request)
            if route not in PROBES:
                metrics.count_request(request.method or "", route, response.status_code, seconds)
                facts = {
                    "method": request.method,
                    "route": route,
                    "status": response.status_code,
                    "ms": round(seconds * 1000, 1),
                }
                logger.info("request", extra={"facts": facts})
        return response


def request_id_of(request: HttpRequest) -> str:
    """The caller's own id; one that is no id is replaced, so that nobody writes into logs what he likes."""
    given = request.headers.get("X-Request-Id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex[:16]


def route_of(request: HttpRequest) -> str:
    """The page's name, never its address: addresses hold numbers of rows and secrets of links."""
    match = request.resolver_match
    return (match.view_name or "first_page") if match is not None else "none"
