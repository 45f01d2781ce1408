"""Pages of the settings of a school, and the page where everyone reads them."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.actions import settings as actions
from preau.directory.forms.settings import (
    ClosureForm,
    HoursForm,
    IdentityForm,
    PaletteForm,
    PeriodForm,
    ServiceForm,
    ZoneForm,
)
from preau.directory.models import Closure, Period, School
from preau.directory.queries.settings import (
    closures_of,
    levels_of,
    pages_of,
    periods_of,
    presentation_of,
    services_of,
)
from preau.directory.rules import powers
from preau.directory.rules.settings import runs_planned_year, runs_settings, sees_school
from preau.directory.words import Palette, Zone
from preau.foundation import pictures, uploads
from preau.foundation.access import opens
from preau.foundation.fields import PictureForm
from preau.foundation.gone import removes
from preau.foundation.pages import NOTHING_CHANGED, TYPED_WRONG, render_form, tell_outcome

LOGO_SIDE = 512
# The address of a logo changes with it: a browser may keep it, on the shelf of this person alone.
A_DAY = "private, max-age=86400"


def _page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    return render_form(request, template, {"form": form, "school": request.viewer.school, **context})


@opens(to=runs_settings)
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Everything that a school may settle by itself."""
    context = {"pages": pages_of(request.viewer), "school": request.viewer.school}
    return render(request, "directory/settings.html", context)


@opens(School, to=sees_school, by="public_id")
@require_safe
def school(request: HttpRequest, school: School) -> HttpResponse:
    """A school as its people and families read it: contacts, hours, terms, closures to come."""
    context = {
        "shown": presentation_of(school, request.viewer.today),
        "may_change": request.viewer.school_id == school.pk and runs_settings(request.viewer),
        "may_read_powers": request.viewer.school_id == school.pk and powers.reads_powers(request.viewer),
    }
    return render(request, "directory/school.html", context)


@opens(School, to=sees_school, by="public_id", before_proof=True)
@require_safe
def logo(request: HttpRequest, school: School) -> FileResponse:
    return pictures.served(school.logo, cache=A_DAY)


@opens(to=runs_settings)
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """The name and the contacts of the school."""
    form = IdentityForm.of(request.viewer.school, request.POST or None)
    if form.is_valid():
        changed = actions.change_identity(request.viewer, form.cleaned_data)
        tell_outcome(request, changed, _("Le nom et les contacts sont enregistrés."), NOTHING_CHANGED)
        return redirect("directory:settings")
    return _page(request, "directory/identity.html", form)


@opens(to=runs_settings)
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """The colours of the school, and its logo."""
    form = PaletteForm(request.POST or None, initial={"palette": request.viewer.school.palette})
    if form.is_valid():
        changed = actions.change_palette(request.viewer, form.cleaned_data["palette"])
        tell_outcome(
            request, changed, _("Les couleurs de l’établissement sont enregistrées."), NOTHING_CHANGED
        )
        return redirect("directory:look")
    return _page(request, "directory/look.html", form, logo_form=PictureForm(), palettes=Palette.choices)


@opens(to=runs_settings)
@require_POST
def take_logo(request: HttpRequest) -> HttpResponse:
    """A new logo, redrawn."""
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            picture = pictures.redrawn(form.cleaned_data["picture"], LOGO_SIDE)
        except uploads.UploadRefused as refusal:
            form.add_error("picture", str(refusal))
        else:
            actions.take_logo(request.viewer, picture)
            messages.success(request, _("Le logo est enregistré."))
            return redirect("directory:look")
    palette = PaletteForm(initial={"palette": request.viewer.school.palette})
    context = {
        "form": palette,
        "logo_form": form,
        "palettes": Palette.choices,
        "school": request.viewer.school,
    }
    return render(request, "directory/look.html", context, status=TYPED_WRONG)


@opens(to=runs_settings)
@require_POST
def remove_logo(request: HttpRequest) -> HttpResponseRedirect:
    actions.remove_logo(request.viewer)
    messages.success(request, _("Le logo est retiré."))
    return redirect("directory:look")


@opens(to=runs_settings)
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """The hours of the school day."""
    school = request.viewer.school
    form = HoursForm(
        request.POST or None, initial={"opens_at": school.opens_at, "closes_at": school.closes_at}
    )
    if form.is_valid():
        changed = actions.change_hours(request.viewer, **form.cleaned_data)
        tell_outcome(request, changed, _("Les horaires sont enregistrés."), NOTHING_CHANGED)
        return redirect("directory:settings")
    return _page(request, "directory/hours.html", form)


# Periods


@opens(to=runs_planned_year)
@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    context = {"periods": periods_of(request.viewer), "year": request.viewer.year}
    return render(request, "directory/periods.html", context)


@opens(to=runs_planned_year)
@require_http_methods(["GET", "POST"])
def create_period(request: HttpRequest) -> HttpResponse:
    return _period(request, PeriodForm(request.viewer.year, None, request.POST or None))


@opens(Period, to=runs_planned_year)
@require_http_methods(["GET", "POST"])
def change_period(request: HttpRequest, period: Period) -> HttpResponse:
    return _period(request, PeriodForm(period.year, period, request.POST or None))


def _period(request: HttpRequest, form: PeriodForm) -> HttpResponse:
    if form.is_valid():
        try:
            actions.save_period(request.viewer, form.typed())
        except actions.Overlapping:
            form.add_error("starts", _("Une autre période porte ce nom, ou occupe déjà ces jours."))
        else:
            messages.success(request, _("La période est enregistrée."))
            return redirect("directory:periods")
    return _page(request, "directory/period.html", form, period=form.period)


@removes
@opens(Period, to=runs_planned_year)
@require_POST
def remove_period(request: HttpRequest, period: Period) -> HttpResponseRedirect:
    try:
        actions.remove_period(request.viewer, period)
    except actions.PeriodUsed:
        messages.error(request, _("Des notes sont dans cette période : elle ne peut pas être retirée."))
    else:
        messages.success(request, _("La période est retirée."))
    return redirect("directory:periods")


# Holidays


@opens(to=runs_planned_year)
@require_http_methods(["GET", "POST"])
def closures(request: HttpRequest) -> HttpResponse:
    """The days without lessons of the year; add some."""
    form = ClosureForm(request.viewer, request.POST or None)
    if form.is_valid():
        actions.add_closure(request.viewer, form.typed())
        messages.success(request, _("La fermeture est enregistrée : les séances de ces jours sont retirées."))
        return redirect("directory:closures")
    found = closures_of(request.viewer)
    zone = dict(Zone.choices).get(request.viewer.school.holiday_zone, "")
    return _page(
        request, "directory/closures.html", form, closures=found, today=request.viewer.today, zone=zone
    )


@removes
@opens(Closure, to=runs_planned_year)
@require_POST
def remove_closure(request: HttpRequest, closure: Closure) -> HttpResponseRedirect:
    actions.remove_closure(request.viewer, closure)
    messages.success(request, _("Ces jours sont ouverts : les séances de la semaine y reviennent."))
    return redirect("directory:closures")


@opens(to=runs_planned_year)
@require_http_methods(["GET", "POST"])
def zone(request: HttpRequest) -> HttpResponse:
    """Choose a holidays zone; what it would change is shown before."""
    viewer = request.viewer
    asked = request.POST if request.method == "POST" else request.GET
    form = ZoneForm(asked if "zone" in asked else None, initial={"zone": viewer.school.holiday_zone})
    if request.method == "POST" and form.is_valid():
        changed = actions.change_zone(viewer, form.cleaned_data["zone"])
        tell_outcome(
            request,
            changed.gone or changed.new,
            _("Les vacances à venir sont celles de la nouvelle zone."),
            NOTHING_CHANGED,
        )
        return redirect("directory:closures")
    preview = None
    if form.is_valid() and form.cleaned_data["zone"] != viewer.school.holiday_zone:
        preview = actions.calendar_in(viewer.school, form.cleaned_data["zone"], viewer.today)
    chosen = form.cleaned_data.get("zone", "") if form.is_bound else ""
    return _page(
        request,
        "directory/zone.html",
        form,
        preview=preview,
        chosen=chosen,
        label=dict(Zone.choices).get(chosen),
    )


# Services


@opens(to=runs_settings)
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """What the school has opened and closed."""
    school = request.viewer.school
    return render(request, "directory/services.html", {"rows": services_of(school), "school": school})


@opens(to=runs_settings)
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, key: str) -> HttpResponse:
    """Open or close one service, for everybody or for some levels, and name its entries in the menu."""
    school = request.viewer.school
    row = next((service for service in services_of(school) if service.service.key == key), None)
    if row is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = ServiceForm(row, levels_of(request.viewer), sent)
    if form.is_valid():
        changed = actions.change_service(request.viewer, key, form.said())
        tell_outcome(request, changed, _("Le service est enregistré."), NOTHING_CHANGED)
        return redirect("directory:services")
    return _page(request, "directory/service.html", form, row=row)
