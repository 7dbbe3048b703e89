from django.urls import path

from moa.control.web import views_approvals, views_audit, views_signin

app_name = "control"
urlpatterns = [
    path("signin", views_signin.signin, name="signin"),
    path("signout", views_signin.signout, name="signout"),
    path("language", views_signin.language, name="language"),
    path("menu", views_signin.menu, name="menu"),
    path("approvals", views_approvals.approvals, name="approvals"),
    path("approvals/<int:request_id>", views_approvals.approval, name="approval"),
    path("approvals/<int:request_id>/decision", views_approvals.decide, name="decide"),
    path("audit", views_audit.audit, name="audit"),
]
