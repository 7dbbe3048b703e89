from django.urls import path

from moa.control.web.tables import table_view
from moa.reconciliation.web import (
    rules_table,
    views_line,
    views_lines,
    views_match,
    views_rules,
    views_suspense,
)
from moa.reconciliation.web.lines_table import LINES
from moa.reconciliation.web.rules_table import RULES
from moa.reconciliation.web.suspense_table import SUSPENSE, settle

app_name = "reconciliation"
urlpatterns = [
    path("reconciliation", table_view(LINES, views_lines.settle), name="lines"),
    path("reconciliation/run", views_lines.run, name="run"),
    path("reconciliation/lines/<int:row_id>", views_line.line_page, name="line"),
    path("reconciliation/lines/<int:row_id>/suspense", views_line.change_item, name="suspense_item"),
    path("reconciliation/match", views_match.match_page, name="match"),
    path("reconciliation/match/sums", views_match.sums_of_chosen, name="match_sums"),
    path("reconciliation/rules", table_view(RULES, rules_table.settle), name="rules"),
    path("reconciliation/rules/new", views_rules.rule_page, name="new_rule"),
    path("reconciliation/rules/<str:code>", views_rules.rule_page, name="rule"),
    path("reconciliation/suspense/assign", views_suspense.assign, name="suspense_assign"),
    path("reconciliation/suspense", table_view(SUSPENSE, settle), name="suspense"),
]
