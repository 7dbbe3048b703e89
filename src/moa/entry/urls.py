"""Every page by its address; each context owns its own list."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from moa.entry import error_pages, first_page, probes
from moa.entry.api import docs_page, front
from moa.entry.api.application import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", first_page.first_page),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("", include("moa.control.web.urls")),
    path("", include("moa.directory.web.urls")),
    path("", include("moa.ledger.web.urls")),
    path("", include("moa.accounts.web.urls")),
    path("", include("moa.channels.web.urls")),
    path("", include("moa.reconciliation.web.urls")),
    path("", include("moa.payments.web.urls")),
    path("", include("moa.reports.web.urls")),
    path("api/v1/docs", docs_page.docs, name="api_docs"),
    path("api", front.front, name="api_front"),
    path("api/", front.front, name="api_front_slash"),
    path("api/v1", front.front, name="api_version"),
    path("api/v1/", front.front, name="api_version_slash"),
    path("api/v1/", api.urls),
]
handler400 = error_pages.bad_request
handler403 = error_pages.forbidden
handler404 = error_pages.not_found
handler500 = error_pages.failed
