from django.urls import path

from moa.channels.kftc.web import views_check

app_name = "channels"
urlpatterns = [path("kftc", views_check.check_page, name="kftc")]
