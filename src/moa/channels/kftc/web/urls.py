from django.urls import path

from moa.channels.kftc.web import views_check

# Under the name of the channels, whose own list takes these in.
urlpatterns = [path("kftc", views_check.check_page, name="kftc")]
