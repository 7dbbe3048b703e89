from django.urls import path

from moa.ledger.web import views_closing, views_sheets, views_voucher

app_name = "ledger"
urlpatterns = [
    path("books/closing", views_closing.closing, name="closing"),
    path("books/closing/<slug:what>", views_closing.act, name="closing_act"),
    path("books/closing/sheet/<int:seal_id>.pdf", views_closing.sheet_of_day, name="day_sheet"),
    path("books/closing/backup/<int:closing_id>.zip", views_closing.backup, name="backup"),
    path("books/sheets", views_sheets.sheets, name="sheets"),
    path("books/sheets/<slug:name>", views_sheets.sheet_page, name="sheet"),
    path(
        "books/<str:book>/vouchers/<int:period>/<int:voucher_id>", views_voucher.voucher_page, name="voucher"
    ),
]
