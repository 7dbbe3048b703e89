"""What is wrong and how to mend it, for the codes of approvals: policies, steps, deputies, re-keying, batches."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_APPROVALS: dict[str, tuple[Text, Text]] = {
    "maker_is_checker": (
        _("Who made it does not decide on it"),
        _("Another person with the right to approve decides"),
    ),
    "move_not_allowed": (
        _("It stands elsewhere meanwhile, and this can no longer be done"),
        _("Look at where it stands now"),
    ),
    "content_changed": (
        _("The content changed after it was shown"),
        _("Read it again, then decide"),
    ),
    "request_already_open": (
        _("It waits for a decision already"),
        _("Wait for the decision, or take the request back first"),
    ),
    "reason_missing": (
        _("A reason is missing"),
        _("Say in a few words why"),
    ),
    "nobody_can_approve": (
        _("Nobody is there who could give one of the approvals that the policy asks for"),
        _("Give a person the grade, the right and the limit, or change the policy"),
    ),
    "no_rate_for_limit": (
        _("No rate says how much this is against the limits of the approvers"),
        _("Enter the day's rate of the currency first"),
    ),
    "not_an_approver": (
        _("This step waits for other persons"),
        _("Those named in the approval line decide, or their deputies"),
    ),
    "above_approval_limit": (
        _("The amount is above the limit of your role"),
        _("A person with a higher limit decides"),
    ),
    "signed_already": (
        _("You, or your deputy, have signed this request already"),
        _("Another person gives the next approval"),
    ),
    "rekey_needed": (
        _("This step is reviewed by typing the decisive fields again"),
        _("Type them from the paper, then approve"),
    ),
    "policy_invalid": (
        _("The policy cannot hold as it is written"),
        _("Each band needs a step and a known grade; the last one has no upper end"),
    ),
    "grade_unfit": (
        _("A grade has a code without spaces, a name, and a rank from 1"),
        _("Correct the grade"),
    ),
    "grade_exists": (
        _("There is a grade with this code or this rank already"),
        _("Choose another code and rank"),
    ),
    "delegation_invalid": (
        _("This deputy cannot be named"),
        _("Both hold the right to approve, the days are to come, and there is one deputy at a time"),
    ),
    "approval_on_hold": (
        _("There are reasons to hold it"),
        _("Clear them first; each says who does and how"),
    ),
    "nothing_to_rekey": (
        _("Nothing has to be typed again here"),
        _("Review it by eye"),
    ),
    "remark_empty": (
        _("The question or answer is empty"),
        _("Write a few words"),
    ),
    "question_answered": (
        _("The question was answered already"),
        _("Wait for another one"),
    ),
    "batch_empty": (
        _("Nothing was chosen, or more than 200 requests"),
        _("Choose from 1 to 200 requests"),
    ),
    "batch_changed": (
        _("Something changed after the sums were shown"),
        _("Look at the sums again"),
    ),
    "batch_refused": (
        _("One of the requests cannot be approved together with others"),
        _("Look at it alone"),
    ),
    "second_person_needed": (
        _("A policy asks for a second person"),
        _("Send it for approval"),
    ),
    "maker_gone": (
        _("Who asked for it has left meanwhile"),
        _("Return it; somebody else can ask for it again"),
    ),
}
