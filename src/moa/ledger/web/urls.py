from django.urls import path

from moa.control.web.tables import table_view
from moa.ledger.web import (
    accounts_table,
    views_attachments,
    views_chart,
    views_closing,
    views_closing_run,
    views_entry,
    views_opening,
    views_proof,
    views_reversal,
    views_sheets,
    views_templates,
    views_voucher,
    views_vouchers,
)
from moa.ledger.web.accounts_table import ACCOUNTS
from moa.ledger.web.templates_table import TEMPLATES, settle_templates
from moa.ledger.web.vouchers_table import VOUCHERS, settle

app_name = "ledger"
urlpatterns = [
    path("ledger/vouchers", table_view(VOUCHERS, settle), name="vouchers"),
    path("ledger/vouchers/new", views_entry.new, name="voucher_new"),
    path("ledger/vouchers/keep", views_entry.keep, name="voucher_keep"),
    path("ledger/vouchers/reckon", views_entry.reckon, name="voucher_reckon"),
    path("ledger/vouchers/accounts", views_entry.accounts, name="voucher_accounts"),
    path("ledger/vouchers/row/<int:number>", views_vouchers.row, name="voucher_row"),
    path("ledger/vouchers/drafts/<int:draft_id>", views_entry.draft, name="draft"),
    path("ledger/vouchers/drafts/<int:draft_id>/attach", views_attachments.attach, name="attach"),
    path("ledger/vouchers/attachments/<int:attachment_id>", views_attachments.attachment, name="attachment"),
    path("ledger/vouchers/drafts/<int:draft_id>/<slug:what>", views_entry.act, name="draft_act"),
    path("ledger/templates", table_view(TEMPLATES, settle_templates), name="templates"),
    path("ledger/templates/new", views_templates.new_template, name="template_new"),
    path("ledger/templates/row/<int:number>", views_templates.template_row, name="template_row"),
    path("ledger/templates/of/<str:code>", views_templates.template, name="template"),
    path("books/closing", views_closing.closing, name="closing"),
    path("books/closing/run/<int:run_id>", views_closing_run.run_status, name="closing_run"),
    path("books/closing/<slug:what>", views_closing.act, name="closing_act"),
    path("books/closing/sheet/<int:seal_id>.pdf", views_closing.sheet_of_day, name="day_sheet"),
    path("books/closing/backup/<int:closing_id>.zip", views_closing.backup, name="backup"),
    path("books/proof", views_proof.proof, name="proof"),
    path("books/proof/<str:name>", views_proof.beside, name="proof_beside"),
    path("books/opening", views_opening.opening, name="opening"),
    path("books/accounts", table_view(ACCOUNTS, accounts_table.settle), name="accounts"),
    path("books/chart", views_chart.chart, name="chart"),
    path("books/chart/<slug:what>", views_chart.act, name="chart_act"),
    path("books/sheets", views_sheets.sheets, name="sheets"),
    path("books/sheets/<slug:name>", views_sheets.sheet_page, name="sheet"),
    path(
        "books/<str:book>/vouchers/<int:period>/<int:voucher_id>/reversal",
        views_reversal.reversal,
        name="reversal",
    ),
    path(
        "books/<str:book>/vouchers/<int:period>/<int:voucher_id>/attach",
        views_attachments.attach_later,
        name="attach_later",
    ),
    path(
        "books/<str:book>/vouchers/<int:period>/<int:voucher_id>", views_voucher.voucher_page, name="voucher"
    ),
]
