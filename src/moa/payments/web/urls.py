from django.urls import path

from moa.control.web.tables import table_view
from moa.payments.web import (
    views_bundle,
    views_distance,
    views_evidence,
    views_form,
    views_limits,
    views_order,
    views_papers,
    views_series,
)
from moa.payments.web.bundles_table import BUNDLES
from moa.payments.web.bundles_table import settle as settle_bundles
from moa.payments.web.orders_table import ORDERS, settle
from moa.payments.web.series_table import SERIES
from moa.payments.web.series_table import settle as settle_series
from moa.payments.web.unknowns_table import UNKNOWNS
from moa.payments.web.unknowns_table import settle as settle_unknowns

app_name = "payments"
urlpatterns = [
    path("payments", table_view(ORDERS, settle), name="orders"),
    path("payments/new", views_form.new, name="new"),
    path("payments/reckon", views_form.reckon, name="reckon"),
    path("payments/unknowns", table_view(UNKNOWNS, settle_unknowns), name="unknowns"),
    path("payments/attempts/<int:attempt_id>", views_evidence.evidence, name="evidence"),
    path(
        "payments/attempts/<int:attempt_id>/documents/<int:document_id>",
        views_evidence.evidence_document,
        name="evidence_document",
    ),
    path("payments/attempts/<int:attempt_id>/ask", views_evidence.ask, name="ask"),
    path("payments/limits", views_limits.limits, name="limits"),
    path("payments/bundles", table_view(BUNDLES, settle_bundles), name="bundles"),
    path("payments/bundles/new", views_bundle.new, name="bundle_new"),
    path("payments/bundles/rows/<int:row_id>", views_bundle.row, name="bundle_row"),
    path("payments/bundles/drafts/<int:draft_id>", views_bundle.draft, name="bundle_draft"),
    path("payments/bundles/drafts/<int:draft_id>/discard", views_bundle.discard, name="bundle_discard"),
    path("payments/bundles/reckon", views_bundle.reckon, name="bundle_reckon"),
    path("payments/bundles/<int:bundle_id>", views_bundle.one, name="bundle"),
    path("payments/bundles/<int:bundle_id>/withdraw", views_bundle.withdraw, name="bundle_withdraw"),
    path("payments/series", table_view(SERIES, settle_series), name="series"),
    path("payments/series/new", views_series.new, name="series_new"),
    path("payments/series/reckon", views_series.reckon, name="series_reckon"),
    path("payments/series/<int:series_id>", views_series.one, name="series_one"),
    path("payments/series/<int:series_id>/cancel", views_series.cancel, name="series_cancel"),
    path("payments/distance", views_distance.distance, name="distance"),
    path("payments/<int:order_id>", views_order.order, name="order"),
    path("payments/<int:order_id>/order.pdf", views_papers.order_paper, name="order_paper"),
    path("payments/<int:order_id>/confirmation.pdf", views_papers.confirmation, name="confirmation"),
    path("payments/<int:order_id>/resend", views_order.resend, name="resend"),
    path("payments/<int:order_id>/withdraw", views_order.withdraw, name="withdraw"),
]
