from django.urls import path

from moa.control.web import views_approvals, views_audit, views_notices, views_signin

app_name = "control"
urlpatterns = [
    path("signin", views_signin.signin, name="signin"),
    path("signout", views_signin.signout, name="signout"),
    path("language", views_signin.language, name="language"),
    path("menu", views_signin.menu, name="menu"),
    path("approvals", views_approvals.approvals, name="approvals"),
    path("approvals/<int:request_id>", views_approvals.approval, name="approval"),
    path("approvals/<int:request_id>/decision", views_approvals.decide, name="decide"),
    path("notices", views_notices.notices, name="notices"),
    path("notices/count", views_notices.notice_count, name="notice_count"),
    path("notices/mark", views_notices.mark, name="notices_mark"),
    path("notices/<int:notice_id>/open", views_notices.open_notice, name="notice_open"),
    path("notices/mails", views_notices.mails, name="mails"),
    path("notices/mails/<int:mail_id>/again", views_notices.mail_again, name="mail_again"),
    path("settings/notices", views_notices.notice_settings, name="notice_settings"),
    path("audit", views_audit.audit, name="audit"),
]
