"""Sentences about persons, roles, passwords and second factors."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_PEOPLE: dict[str, tuple[Text, Text]] = {
    "last_administrator": (
        _("Nobody else could administer persons then"),
        _("Give another person the administrator's role for the whole group first"),
    ),
    "successor_missing": (
        _("Something that waits on this person has no successor yet"),
        _("Choose who takes over each of them"),
    ),
    "successor_unfit": (
        _("The person chosen may not take this over"),
        _("Choose one from the list: somebody with the right who stays"),
    ),
    "left_already": (
        _("This person has left already"),
        _("What still waits is handed over on the person's page"),
    ),
    "own_login": (_("You cannot record that you leave yourself"), _("Another administrator does it")),
    "person_name_missing": (_("A person has a name"), ""),
    "address_unfit": (_("This is no address that mail could go to"), _("For example hong@example.co.kr")),
    "reset_under_way": (
        _(
            "The reset of this person's login is under way, and its link goes to the address that was agreed on"
        ),
        _("Change the address when the reset is done or a day after it was agreed on"),
    ),
    "own_role": (
        _("You cannot give yourself a role, nor rights to a role that you hold"),
        _("Another administrator does it"),
    ),
    "role_period_empty": (_("The last day lies before the first"), ""),
    "role_not_held": (_("This role has ended already"), ""),
    "role_empty": (_("A role has a name and one right at least"), ""),
    "role_name_taken": (_("Another role has this name"), ""),
    "role_standard": (
        _("A standard role is kept up to date with the product"),
        _("Make a role of your own instead"),
    ),
    "roles_incompatible": (
        _("One person would hold two rights that must not lie in one hand"),
        _("The page of who may do what names the pairs"),
    ),
    "rights_pair_unfit": (_("A pair is two different rights"), ""),
    "rights_pair_kept": (_("These two rights are kept apart already"), ""),
    "rights_pair_reason_missing": (_("Say why these two rights are kept apart or may meet again"), ""),
    "rights_pair_reason_too_long": (_("This is longer than can be kept"), _("Shorten it")),
    "rights_pair_held": (
        _("Somebody holds both rights, today or on a later day"),
        _("Withdraw one of the roles first"),
    ),
    "right_unknown": (_("This version knows no such right"), ""),
    "invitation_accepted": (
        _("This person has set a password already"),
        _("A lost password is reset by two persons"),
    ),
    "link_worthless": (
        _("This link does not work any more"),
        _("The group's administrator can make a new one"),
    ),
    "login_taken": (_("This login is taken"), ""),
    "password_too_short": (_("The password is too short"), ""),
    "password_holds_login": (_("The password holds the login, which is the first thing that is tried"), ""),
    "password_holds_name": (_("The password holds your name, which is the first thing that is tried"), ""),
    "password_too_simple": (_("The password repeats the same few characters"), ""),
    "password_common": (_("Many people use this password, so it is tried first"), ""),
    "former_password_wrong": (_("The present password is another one"), ""),
    "second_factor_needed": (
        _("One of your roles demands a second factor, and this is the last one"),
        _("Set up another one first"),
    ),
    "passkey_refused": (_("The device's answer does not prove this passkey"), _("Try once more")),
    "too_many_passkeys": (_("There are twenty passkeys already"), _("Remove one that you do not use")),
    "no_second_factor": (_("Recovery codes stand in for a second factor, and there is none"), ""),
    "code_wrong": (_("This is not the code of now"), _("Type the next one")),
    "second_factor_refused": (_("This code does not fit"), ""),
    "second_factor_locked": (_("This step is locked for a while"), ""),
    "own_credentials": (_("You cannot ask for the reset of your own login"), _("Change it in your settings")),
    "reset_not_agreed": (
        _("No reset of this password was agreed on in the last day"),
        _("Ask for one, and another person decides"),
    ),
    "preference_unknown": (_("There is no such language or display"), ""),
}
