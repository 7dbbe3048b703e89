from django.urls import path

from moa.control.web import (
    views_approvals,
    views_audit,
    views_link,
    views_notices,
    views_people,
    views_person,
    views_roles,
    views_signin,
)

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
    path("link/<str:token>", views_link.link, name="link"),
    path("people", views_people.people, name="people"),
    path("people/invite", views_people.invite, name="invite"),
    path("people/rights", views_roles.who_may, name="who_may"),
    path("people/roles", views_roles.roles, name="roles"),
    path("people/roles/new", views_roles.new_role, name="new_role"),
    path("people/roles/<int:role_id>", views_roles.role, name="role"),
    path("people/roles/<int:role_id>/second-factor", views_roles.second_factor, name="role_second_factor"),
    path("people/<int:person_id>", views_person.person, name="person"),
    path("people/<int:person_id>/roles", views_person.give, name="give_role"),
    path("people/<int:person_id>/roles/<int:assignment_id>", views_person.withdraw, name="withdraw_role"),
    path("people/<int:person_id>/link", views_person.new_link, name="new_link"),
    path("people/<int:person_id>/leave", views_person.leave, name="leave"),
]
