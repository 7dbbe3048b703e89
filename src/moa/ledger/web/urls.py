from django.urls import path

from moa.ledger.web import views_sheets, views_voucher

app_name = "ledger"
urlpatterns = [
    path("books/sheets", views_sheets.sheets, name="sheets"),
    path("books/sheets/<slug:name>", views_sheets.sheet_page, name="sheet"),
    path(
        "books/<str:book>/vouchers/<int:period>/<int:voucher_id>", views_voucher.voucher_page, name="voucher"
    ),
]
