"""Who approves what (위임전결 규정): the policies in force, what is proposed, and the grades of persons."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.access import may, require
from moa.control.approval_route import bands_of, policies_in_force
from moa.control.approval_subjects import label_of, registered_subjects
from moa.control.approvers import ranks_of
from moa.control.context import Context
from moa.control.models import ApprovalGrade, ApprovalPolicy, ApprovalRequest, Person
from moa.control.operations.change_policy import CHANGE, SUBJECT, NewPolicy, propose_policy
from moa.control.operations.set_grades import CHANGE as CHANGE_GRADES
from moa.control.operations.set_grades import add_grade, give_grade
from moa.control.queries import list_units, unit_names
from moa.control.web.forms_policies import BANDS, GiveGradeForm, GradeForm, PolicyForm, read_bands
from moa.control.web.page import page
from moa.control.web.policy_rights import may_see_policies
from moa.control.web.views_approvals import sentence_of
from moa.kernel.errors import DomainError, Forbidden, NotFound

_NO_STEP = {"grade": "", "review": "visual"}


@require_GET
@page()
def policies(request: HttpRequest, ctx: Context) -> HttpResponse:
    _may_see(ctx)
    return _list(request, ctx)


def _may_see(ctx: Context) -> None:
    if not may_see_policies(ctx):
        require(ctx, CHANGE)


def _list(
    request: HttpRequest, ctx: Context, *, grade_form: GradeForm | None = None,
    give_form: GiveGradeForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    kinds = ApprovalPolicy.objects.order_by("subject_type").values_list("subject_type", flat=True).distinct()
    present = [policy for kind in kinds for policy in policies_in_force(ctx, kind).values() if policy.bands]
    later = ApprovalPolicy.objects.filter(valid_from__gt=ctx.today).order_by("valid_from", "id")
    grades = _grades(ctx)
    people = _people()
    ranks = ranks_of(ctx, [int(number) for number, _name in people])
    by_rank: dict[int, list[str]] = {}
    for number, name in people:
        by_rank.setdefault(ranks.get(int(number), 0), []).append(name)
    values: dict[str, Any] = {
        "policies": _rows(ctx, present), "later": _rows(ctx, list(later)),
        "proposed": ApprovalRequest.objects.filter(subject_type=SUBJECT, state="open").order_by("id"),
        "grades": [(grade, by_rank.get(grade.rank, [])) for grade in grades],
        "may_change": may(ctx, CHANGE), "may_grade": may(ctx, CHANGE_GRADES), "label_of": label_of,
        "grade_form": grade_form or GradeForm(prefix="grade"),
        "give_form": give_form or _give_form(ctx), "here": "policies",
    }  # fmt: skip
    return render(request, "control/policies.html", values, status=status)


def _rows(ctx: Context, found: list[ApprovalPolicy]) -> list[dict[str, Any]]:
    units = unit_names(ctx, {one.unit_id for one in found if one.unit_id is not None})
    names = {grade.code: grade.names.get(ctx.language) or grade.name for grade in _grades(ctx)}
    return [
        {
            "policy": one, "label": label_of(one.subject_type), "unit": units.get(one.unit_id or 0, ""),
            "bands": [
                {"up_to_minor": rule.up_to_minor,
                 "steps": [(names.get(step["grade"], step["grade"]), step["review"]) for step in band["steps"]]}
                for band, rule in zip(one.bands, bands_of(one), strict=True)
            ],
        }
        for one in sorted(found, key=lambda one: (one.subject_type, one.unit_id or 0, one.currency))
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(CHANGE)
def new_policy(request: HttpRequest, ctx: Context) -> HttpResponse:
    """A new policy, or with `from` the next version of one that is in force."""
    former = _former(request)
    choices: dict[str, Any] = {
        "subjects": sorted(
            ((kind, label_of(kind)) for kind in registered_subjects()), key=lambda one: one[1]
        ),
        "units": [("", _("Whole group")), *((str(unit.id), unit.name) for unit in list_units(ctx))],
    }
    if request.method != "POST":
        start = {"valid_from": ctx.today, "includes_lower": "yes"} | (_head(former) if former else {})
        form = PolicyForm(initial=start, **choices)
        return _form(request, ctx, form, former.bands if former else [])
    form = PolicyForm(request.POST, **choices)
    bands = [] if request.POST.get("end") else read_bands(request.POST)
    if not form.is_valid():
        return _form(request, ctx, form, bands, status=422)
    if not bands and not request.POST.get("end"):
        form.add_error(None, _("Each band needs a step and a known grade; the last one has no upper end"))
        return _form(request, ctx, form, bands, status=422)
    given = form.cleaned_data
    new = NewPolicy(
        given["subject_type"], int(given["unit"]) if given["unit"] else None, given["currency"], bands,
        given["includes_lower"] == "yes", given["valid_from"], given["decide_within_days"],
    )  # fmt: skip
    try:
        with ctx.open():
            filed = propose_policy(ctx, new=new)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        form.add_error(None, policy_words(refusal))
        return _form(request, ctx, form, bands, status=422)
    return HttpResponseRedirect(reverse("control:approval", args=[filed.id]))


def policy_words(refusal: DomainError) -> str:
    """What is wrong with a policy, as far as it can be told apart."""
    words = {
        "grade_unknown": _("There is no such grade"),
        "last_band_has_no_end": _("Only the last band has no upper end, and it has none"),
        "bands_not_ascending": _("The bands do not ascend"),
        "bands_without_currency": _("Bands need a currency"),
        "higher_band_lower_grade": _("A higher band has a lower grade than the one before it"),
        "amount_unreadable": _("The upper end of a band cannot be read as an amount of the currency"),
        "currency_unknown": _("There is no such currency"),
        "starts_before_today": _("A policy is in force from today or later"),
    }
    return words.get(str(refusal.facts.get("problem", "")), "") or sentence_of(refusal)


def _former(request: HttpRequest) -> ApprovalPolicy | None:
    asked = request.GET.get("from", "")
    return (
        ApprovalPolicy.objects.filter(id=int(asked)).first()
        if asked.isdecimal() and len(asked) < 19
        else None
    )


def _head(policy: ApprovalPolicy) -> dict[str, Any]:
    return {
        "subject_type": policy.subject_type, "unit": str(policy.unit_id or ""), "currency": policy.currency,
        "includes_lower": "yes" if policy.includes_lower else "no", "decide_within_days": policy.decide_within_days,
    }  # fmt: skip


def _form(
    request: HttpRequest, ctx: Context, form: PolicyForm, bands: list[dict[str, Any]], *, status: int = 200
) -> HttpResponse:
    rows: list[dict[str, Any]] = []
    for number in range(1, BANDS + 1):
        band: dict[str, Any] = bands[number - 1] if number <= len(bands) else {"up_to": "", "steps": []}
        steps = [{"grade": step["grade"] or "any", "review": step["review"]} for step in band["steps"][:2]]
        rows.append(
            {"number": number, "up_to": band["up_to"], "steps": steps + [_NO_STEP] * (2 - len(steps))}
        )
    grades = [(grade.code, grade.names.get(ctx.language) or grade.name) for grade in _grades(ctx)]
    values = {"form": form, "rows": rows, "grades": [("any", _("Any grade")), *grades], "here": "policies"}
    return render(request, "control/policy_new.html", values, status=status)


@require_POST
@page(CHANGE_GRADES)
def new_grade(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = GradeForm(request.POST, prefix="grade")
    if form.is_valid():
        try:
            with ctx.open():
                add_grade(ctx, **form.cleaned_data)
            return HttpResponseRedirect(reverse("control:policies"))
        except Forbidden:
            raise
        except DomainError as refusal:
            form.add_error(None, sentence_of(refusal))
    return _list(request, ctx, grade_form=form, status=422)


@require_POST
@page(CHANGE_GRADES)
def grade_of_person(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = _give_form(ctx, request.POST)
    if form.is_valid():
        try:
            with ctx.open():
                person, grade = int(form.cleaned_data["person"]), form.cleaned_data["grade"]
                give_grade(ctx, person, grade_code=grade, valid_from=ctx.today)
            return HttpResponseRedirect(reverse("control:policies"))
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            form.add_error(None, sentence_of(refusal))
    return _list(request, ctx, give_form=form, status=422)


def _give_form(ctx: Context, given: Any = None) -> GiveGradeForm:
    grades = [(grade.code, grade.names.get(ctx.language) or grade.name) for grade in _grades(ctx)]
    return GiveGradeForm(given, prefix="give", people=_people(), grades=[("", _("none")), *grades])


def _grades(ctx: Context) -> list[ApprovalGrade]:
    return list(ApprovalGrade.objects.order_by("rank"))


def _people() -> list[tuple[str, str]]:
    found = Person.objects.filter(kind=Person.PERSON, left_on=None).order_by("name", "id")
    return [(str(one.id), one.name) for one in found]
