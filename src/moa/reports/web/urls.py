from django.urls import path

from moa.reports.web import views_dashboard, views_position

app_name = "reports"
urlpatterns = [
    path("", views_dashboard.dashboard, name="dashboard"),
    path("position", views_position.position_page, name="position"),
]
