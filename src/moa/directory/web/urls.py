from django.urls import path

from moa.directory.web import views_calendar, views_rates

app_name = "directory"
urlpatterns = [
    path("rates", views_rates.rates, name="rates"),
    path("calendar", views_calendar.calendar, name="calendar"),
]
