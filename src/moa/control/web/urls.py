from django.urls import path

from moa.control.web import views_signin

app_name = "control"
urlpatterns = [
    path("signin", views_signin.signin, name="signin"),
    path("signout", views_signin.signout, name="signout"),
    path("language", views_signin.language, name="language"),
    path("menu", views_signin.menu, name="menu"),
]
