from django.urls import path

from moa.channels.kftc.web.urls import urlpatterns as kftc
from moa.channels.web import views_lines
from moa.channels.web.messages_table import MESSAGES
from moa.control.web.tables import table_view

app_name = "channels"
urlpatterns = [
    *kftc,
    path("lines", views_lines.lines, name="lines"),
    path("lines/set-up", views_lines.set_up, name="set_up_line"),
    path("lines/set-up-http", views_lines.set_up_http, name="set_up_http_line"),
    path("lines/messages", table_view(MESSAGES), name="messages"),
    path("lines/<str:bank>/test", views_lines.test, name="test_line"),
    path("lines/<str:bank>/revoke", views_lines.revoke, name="revoke_token"),
]
