"""Pages of the year that a school prepares: begun, filled, compared, switched, and gone back from."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory import rules
from preau.directory.actions import switching
from preau.directory.actions import years as actions
from preau.directory.forms.years import (
    PlacingForm,
    PlannedClassForm,
    ShowFilter,
    StaffForm,
    SwitchForm,
    WholeClassForm,
    YearForm,
    choices_for,
    size_of,
)
from preau.directory.models import Group, PlannedClass, YearPlan
from preau.directory.queries import years as reads
from preau.directory.rules.years import changes_planned_class, may_undo_on, places_class, prepares_year
from preau.foundation import dates, journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_file
from preau.foundation.gone import removes
from preau.foundation.pages import CONFLICT, NOTHING_CHANGED, TYPED_WRONG, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 40
# A page of pupils holds so many choices in all: a lycée has sixty classes.
CHOICES = 700
MOVED = gettext_lazy("Ce qui était préparé a changé entre-temps : voici où vous en êtes.")


def _prepared(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view what the school prepares; when nothing is, any more, say so where it can be begun."""

    @wraps(view)
    def with_plan(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        plan = reads.plan_of(request.viewer)
        if plan is None:
            return _moved_on(request)
        try:
            return view(request, plan, *args, **kwargs)
        except actions.MovedOn:
            return _moved_on(request)

    return with_plan


def _moved_on(request: HttpRequest) -> HttpResponse:
    messages.info(request, MOVED)
    return redirect("directory:next_year")


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, context, status=status)


# Begun


@opens(to=prepares_year)
@require_http_methods(["GET", "HEAD", "POST"])
def next_year(request: HttpRequest) -> HttpResponse:
    """Where the preparation of next year stands: to begin, under way, or just switched."""
    viewer = request.viewer
    plan = reads.plan_of(viewer)
    if plan:
        if request.method == "POST":
            messages.info(request, _("C’était déjà fait."))
            return redirect("directory:next_year")
        return _overview(request, plan)
    switched = reads.last_switch(viewer)
    form = YearForm(viewer.year, request.POST or None, initial=reads.proposed_year(viewer.year))
    if form.is_valid():
        try:
            actions.begin(viewer, **form.cleaned_data)
        except actions.MovedOn:
            messages.info(request, MOVED)
        else:
            messages.success(
                request,
                _("C’est commencé, avec les classes de cette année. Rien ne change avant la bascule."),
            )
        return redirect("directory:next_year")
    context = {
        "form": form,
        "year": viewer.year,
        "switched": switched,
        "may_undo": switched is not None and may_undo_on(switched, viewer.today),
    }
    return _page(request, "directory/next_year.html", context, status_of(form))


def _overview(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    today = request.viewer.today
    totals, (unplaced, unplaced_left) = reads.totals_of(plan, today), reads.without_class(plan, today)
    page = page_for(request, reads.classes_of(plan.from_year_id), A_PAGE)
    rows = reads.class_rows(plan, today, page.object_list)
    classes = list(plan.classes.all()) if totals.undecided else []
    context = {
        "plan": plan,
        "totals": totals,
        "staff": reads.leaving_staff(plan, today).count(),
        "page_obj": page,
        "rows": rows,
        # Once everything plain is proposed, what is left is for somebody to say.
        "may_propose": any(
            row.undecided and actions.proposal_for(row, classes, plan.school.kind) for row in rows
        ),
        "unplaced": unplaced,
        "unplaced_left": unplaced_left,
        "opened_by_files": request.viewer.year.pk != plan.from_year_id,
    }
    return _page(request, "directory/year_plan.html", context)


@opens(to=prepares_year)
@require_http_methods(["GET", "POST"])
@_prepared
def year_dates(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """Name and days of next year."""
    shown = {"name": plan.name, "starts": plan.starts, "ends": plan.ends}
    form = YearForm(plan.from_year, request.POST or None, initial=shown)
    if form.is_valid():
        tell_outcome(
            request,
            actions.change_dates(request.viewer, **form.cleaned_data),
            _("Les dates sont enregistrées."),
            NOTHING_CHANGED,
        )
        return redirect("directory:next_year")
    return _page(
        request,
        "directory/year_dates.html",
        {"form": form, "plan": plan},
        status_of(form),
    )


@opens(to=prepares_year)
@require_POST
def give_up_year(request: HttpRequest) -> HttpResponse:
    """Throw away what is prepared."""
    tell_outcome(
        request,
        actions.give_up(request.viewer),
        _("La préparation est abandonnée. Rien n’a changé dans l’année en cours."),
    )
    return redirect("directory:next_year")


# Classes


@opens(to=prepares_year)
@require_safe
@_prepared
def year_classes(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """The classes of next year."""
    rows = reads.planned_rows(plan, request.viewer.today)
    page = page_for(request, rows, A_PAGE)
    return _page(
        request, "directory/year_classes.html", {"plan": plan, "page_obj": page, "rows": page.object_list}
    )


@opens(to=prepares_year)
@require_http_methods(["GET", "POST"])
@_prepared
def add_year_class(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    return _class_form(request, plan, None)


@opens(PlannedClass, to=changes_planned_class)
@require_http_methods(["GET", "POST"])
def year_class(request: HttpRequest, planned: PlannedClass) -> HttpResponseBase:
    """One class of next year: its name, its teachers, and the pupils placed in it."""
    return _prepared(_class_form)(request, planned)


def _class_form(request: HttpRequest, plan: YearPlan, planned: PlannedClass | None) -> HttpResponse:
    form = PlannedClassForm(plan, planned, request.POST or None)
    if form.is_valid():
        try:
            changed = actions.save_class(request.viewer, planned, **form.cleaned_data)
        except actions.NameTaken:
            form.add_error("name", _("Une autre classe de la rentrée porte déjà ce nom."))
        else:
            tell_outcome(request, changed, _("La classe est enregistrée."), NOTHING_CHANGED)
            return redirect("directory:year_classes")
    context: dict[str, Any] = {"form": form, "plan": plan, "planned": planned, "rows": []}
    if planned:
        shown = reads.pupils_shown(plan, reads.Show.MOVES, request.viewer.today, planned)
        context["page_obj"] = page_for(request, shown, A_PAGE)
        context["rows"] = context["page_obj"].object_list
    return _page(request, "directory/year_class.html", context, status_of(form))


@removes
@opens(PlannedClass, to=changes_planned_class)
@require_POST
def remove_year_class(request: HttpRequest, planned: PlannedClass) -> HttpResponse:
    try:
        actions.remove_class(request.viewer, planned)
    except actions.MovedOn:
        messages.info(request, _("C’était déjà fait."))
    else:
        messages.success(request, _("La classe est retirée ; ses élèves sont de nouveau à décider."))
    return redirect("directory:year_classes")


@opens(to=prepares_year)
@require_POST
@_prepared
def keep_teams(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """Every class keeps the teachers of this year's class of the same name."""
    count = actions.keep_teams(request.viewer)
    sentence = ngettext("%(num)s équipe est reconduite.", "%(num)s équipes sont reconduites.", count)
    tell_outcome(request, count, sentence % {"num": count}, NOTHING_CHANGED)
    return redirect("directory:year_classes")


# Pupils


@opens(to=prepares_year)
@require_safe
@_prepared
def year_pupils(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """Pupils by what becomes of them."""
    show = ShowFilter(request.GET).chosen()
    page = page_for(request, reads.pupils_shown(plan, show, request.viewer.today), A_PAGE)
    context = {
        "plan": plan,
        "show": show,
        "shown": reads.SHOWN,
        "page_obj": page,
        "rows": page.object_list,
        "query": urlencode({"qui": show}),
    }
    return _page(request, "directory/year_pupils.html", context)


@opens(to=rules.exports_directory)
@confirmed()
@require_POST
@_prepared
def export_year_pupils(request: HttpRequest, plan: YearPlan) -> HttpResponseBase:
    """The list for a spreadsheet. The journal says who took it away, and how many rows."""
    viewer, show = request.viewer, ShowFilter(request.POST).chosen()
    rows = list(reads.lines_shown(plan, show, viewer.today))
    journal.record(viewer, "directory.year_exported", plan, table=show.value, rows=len(rows))
    header = [_("Nom"), _("Prénom"), _("Cette année"), _("À la rentrée"), _("Où")]
    return csv_file(f"rentree-{show.value}-{viewer.today:%Y-%m-%d}", header, rows)


@opens(Group, to=places_class)
@require_http_methods(["GET", "POST"])
def year_placing(request: HttpRequest, group: Group) -> HttpResponseBase:
    """Where the pupils of one class go: all together, then one by one."""
    return _prepared(_placing)(request, group)


@opens(to=prepares_year)
@require_http_methods(["GET", "POST"])
@_prepared
def year_unplaced(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """The same for the pupils who are in no class this year."""
    return _placing(request, plan, None)


def _placing(request: HttpRequest, plan: YearPlan, group: Group | None) -> HttpResponse:
    viewer, classes = request.viewer, list(plan.classes.all())
    options = choices_for(group, classes)
    each = max(10, min(A_PAGE, CHOICES // (size_of(options) + 4)))
    page = page_for(request, reads.in_class(reads.learning_in(plan, viewer.today), group), each)
    pupils = list(page.object_list)
    known = plan.placements.of_pupils().filter(person__in=pupils).select_related("target")
    proposal = actions.proposal_for(group, classes, plan.school.kind) if group else None
    whole_sent = request.POST if "classe_entiere" in request.POST else None
    whole = WholeClassForm(options, whole_sent, proposal.value if proposal else "")
    if whole_sent and whole.is_valid():
        count = actions.place_rest(viewer, group, whole.choice())
        sentence = ngettext("%(num)s élève est placé.", "%(num)s élèves sont placés.", count) % {"num": count}
        tell_outcome(request, count, sentence, NOTHING_CHANGED)
        return redirect(request.path)
    sent = request.POST if request.method == "POST" and not whole_sent else None
    form = PlacingForm(pupils, {row.person_id: row for row in known}, options, sent)
    status = 200
    if form.is_valid():
        try:
            count = actions.place(viewer, form.chosen(), form.seen())
        except actions.ChangedSince as changed:
            status = CONFLICT
            form.tell_changes(changed.now)
        else:
            sentence = ngettext("%(num)s élève a changé.", "%(num)s élèves ont changé.", count) % {
                "num": count
            }
            tell_outcome(request, count, sentence, NOTHING_CHANGED)
            following = f"?page={page.number}" if page.number > 1 else ""
            return redirect(request.path + following)
    elif form.errors or whole.errors:
        status = TYPED_WRONG
    context = {
        "plan": plan,
        "group": group,
        "form": form,
        "whole": whole,
        "page_obj": page,
        "undecided": reads.in_class(reads.undecided_of(plan, viewer.today), group).count(),
    }
    return _page(request, "directory/year_placing.html", context, status)


@opens(to=prepares_year)
@require_POST
@_prepared
def propose_year(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """Place whoever is to decide where the class that follows is plain."""
    count = actions.propose(request.viewer)
    sentence = ngettext("%(num)s élève est placé.", "%(num)s élèves sont placés.", count) % {"num": count}
    tell_outcome(
        request,
        count,
        sentence,
        _("Préau n’a pas de classe évidente à proposer : choisissez-la classe par classe."),
    )
    return redirect("directory:next_year")


# Staff


@opens(to=prepares_year)
@require_http_methods(["GET", "HEAD", "POST"])
@_prepared
def year_staff(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """Who leaves with this year, among those who work in the school."""
    viewer = request.viewer
    alone = request.GET.get("montrer") == "sans-classe"
    everyone = reads.staff_of(plan, viewer.today)
    form = StaffForm(everyone.exclude(pk=viewer.person.pk), request.POST or None)
    if form.is_valid():
        try:
            count = actions.plan_staff(viewer, form.cleaned_data["personnes"], leave=form.leaves)
        except actions.LastKeeper:
            form.add_error("personnes", _("Plus personne ne tiendrait l’annuaire : il en faut un."))
        else:
            tell_outcome(request, count, _("C’est noté."), NOTHING_CHANGED)
            return redirect("directory:year_staff")
    shown = reads.teachers_without_class(plan, viewer.today) if alone else everyone
    page = page_for(request, shown, A_PAGE)
    people = list(page.object_list)
    context = {
        "plan": plan,
        "form": form,
        "page_obj": page,
        "rows": people,
        "functions": reads.functions_in(plan, people, viewer.today),
        "alone": alone,
        "query": "montrer=sans-classe" if alone else "",
    }
    return _page(request, "directory/year_staff.html", context, status_of(form))


# Compared


@opens(to=prepares_year)
@require_safe
@_prepared
def year_compare(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """This year beside the next."""
    today = request.viewer.today
    here, there = reads.counted_classes(plan, today), reads.planned_rows(plan, today)
    page = page_for(request, there, A_PAGE)
    context = {
        "plan": plan,
        "totals": reads.totals_of(plan, today),
        "levels": reads.level_rows(here, there),
        "largest": max((one.pupils for one in here), default=0),
        "page_obj": page,
        "rows": page.object_list,
        "teachers": reads.teachers_without_class(plan, today).count(),
    }
    return _page(request, "directory/year_compare.html", context)


# Switched


@opens(to=prepares_year)
@require_http_methods(["GET", "POST"])
@_prepared
def switch_year(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """Choose the day on which next year takes the place of this one: today, or later."""
    viewer = request.viewer
    totals = reads.totals_of(plan, viewer.today)
    form = SwitchForm(plan, viewer.today, totals.undecided, request.POST or None)
    if form.is_valid():
        day, alone = form.cleaned_data["day"], form.cleaned_data["leave_undecided"]
        if day > viewer.today:
            changed = actions.choose_day(viewer, day, leave_undecided=alone)
            tell_outcome(
                request,
                changed,
                _("C’est prévu : la bascule se fera %(day)s.") % {"day": dates.day(day)},
                NOTHING_CHANGED,
            )
            return redirect("directory:next_year")
        try:
            switching.switch(plan, day, viewer, leave_undecided=alone)
        except switching.NotReady as refusal:
            form.add_error(None, _not_ready(refusal.why))
        else:
            messages.success(request, _("C’est fait : l’année %(year)s est commencée.") % {"year": plan.name})
            return redirect("directory:next_year")
    staff = reads.leaving_staff(plan, viewer.today).count()
    context = {"plan": plan, "form": form, "totals": totals, "staff": staff}
    return _page(request, "directory/year_switch.html", context, status_of(form))


def _not_ready(why: str) -> str:
    return {
        "early": _("Ce jour ne convient pas : la nouvelle année ne commence pas avant août."),
        "undecided": _("Des élèves sont à décider : placez-les, ou laissez-les sans classe."),
        "keepers": _(
            "Plus personne ne tiendrait l’annuaire : une personne de la direction ou du secrétariat doit rester."
        ),
        "empty": _("L’année à venir n’a aucune classe."),
        "year": _("L’année en cours a changé depuis : abandonnez cette préparation, et recommencez-la."),
    }[why]


@opens(to=prepares_year)
@require_POST
@_prepared
def forget_switch(request: HttpRequest, plan: YearPlan) -> HttpResponse:
    """No switch by itself any more."""
    tell_outcome(request, actions.forget_day(request.viewer), _("La bascule n’est plus prévue."))
    return redirect("directory:next_year")


@opens(to=prepares_year)
@require_POST
def undo_switch(request: HttpRequest) -> HttpResponse:
    """Go back to the year before."""
    switched = reads.last_switch(request.viewer)
    try:
        done = switched is not None and switching.undo(request.viewer, switched)
    except switching.CannotUndo as refusal:
        messages.error(request, _cannot_undo(refusal.why))
        return redirect("directory:next_year")
    tell_outcome(request, done, _("L’année précédente est de nouveau en cours, comme avant la bascule."))
    return redirect("directory:next_year")


def _cannot_undo(why: str) -> str:
    return {
        "late": _("Les quinze jours sont passés : la bascule est définitive."),
        "delivered": _(
            "Des fichiers officiels ont été appliqués depuis : on ne peut plus revenir en arrière."
        ),
        "used": _(
            "La nouvelle année a déjà servi (cours, groupes ou périodes) : on ne peut plus revenir en arrière."
        ),
        "again": _("Une autre rentrée est déjà en préparation : abandonnez-la d’abord."),
    }[why]
