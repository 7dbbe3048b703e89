from django.urls import path

from moa.reports.web import views_daily, views_dashboard, views_position

app_name = "reports"
urlpatterns = [
    path("today", views_dashboard.dashboard, name="dashboard"),
    path("reports/daily", views_daily.daily, name="daily"),
    path("reports/daily.pdf", views_daily.daily_pdf, name="daily_pdf"),
    path("reports/daily.xlsx", views_daily.daily_xlsx, name="daily_xlsx"),
    path("reports/daily/mailings", views_daily.mailings, name="daily_mailings"),
    path("position", views_position.position_page, name="position"),
]
