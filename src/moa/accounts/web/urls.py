from django.urls import path

from moa.accounts.web import (
    views_accounts,
    views_banks,
    views_conflict,
    views_imported,
    views_imports,
    views_manual,
    views_pointing,
    views_profiles,
    views_transactions,
    views_watches,
)

app_name = "accounts"
urlpatterns = [
    path("accounts", views_accounts.accounts_page, name="accounts"),
    path("accounts/open", views_accounts.open_page, name="open"),
    path("accounts/<int:account_id>", views_transactions.account_page, name="account"),
    path("accounts/<int:account_id>/manual", views_manual.manual_page, name="manual"),
    path("banks", views_banks.banks, name="banks"),
    path("transactions", views_transactions.transactions, name="transactions"),
    path("transactions/<slug:line_key>", views_transactions.transaction_panel, name="transaction"),
    path("imports", views_imports.imports_page, name="imports"),
    path("imports/<int:file_id>", views_imported.imported, name="imported"),
    path("imports/<int:file_id>/status", views_imports.import_status, name="import_status"),
    path("imports/<int:file_id>/raw", views_imported.import_raw, name="import_raw"),
    path("imports/<int:file_id>/errors", views_imported.import_errors, name="import_errors"),
    path("imports/profiles", views_profiles.profiles, name="profiles"),
    path("imports/profiles/new", views_profiles.profile_new, name="profile_new"),
    path("imports/profiles/sample/<int:sample_id>", views_pointing.point, name="point"),
    path("imports/profiles/<int:profile_id>", views_profiles.profile, name="profile"),
    path("imports/profiles/<int:profile_id>/retire", views_profiles.profile_retire, name="profile_retire"),
    path("imports/profiles/<int:profile_id>/read", views_profiles.profile_read, name="profile_read"),
    path("settings/watches", views_watches.watches, name="watches"),
    path("conflicts/<int:conflict_id>", views_conflict.conflict_page, name="conflict"),
]
