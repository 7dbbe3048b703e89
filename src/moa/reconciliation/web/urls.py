from django.urls import path

from moa.reconciliation.web import views_line, views_lines, views_match, views_rules, views_suspense

app_name = "reconciliation"
urlpatterns = [
    path("reconciliation", views_lines.lines_page, name="lines"),
    path("reconciliation/lines/<int:row_id>", views_line.line_page, name="line"),
    path("reconciliation/match", views_match.match_page, name="match"),
    path("reconciliation/match/sums", views_match.sums_of_chosen, name="match_sums"),
    path("reconciliation/rules", views_rules.rules_page, name="rules"),
    path("reconciliation/rules/new", views_rules.rule_page, name="new_rule"),
    path("reconciliation/rules/<str:code>", views_rules.rule_page, name="rule"),
    path("reconciliation/suspense", views_suspense.suspense_page, name="suspense"),
]
