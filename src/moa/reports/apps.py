from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "moa.reports"
    label = "reports"
