"""Bulletins: those of a class, made and given on a day; one of them, as the school, the pupil and the family read it."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Period
from preau.domains.report_cards.actions import cards as keeping
from preau.domains.report_cards.forms.cards import PublicationForm
from preau.domains.report_cards.models import CardBatch, CouncilClass, ReportCard
from preau.domains.report_cards.queries import cards, councils, courses
from preau.domains.report_cards.rules import access
from preau.foundation import dates, journal
from preau.foundation.access import opens
from preau.foundation.http import page_or_block
from preau.foundation.pages import status_of
from preau.foundation.text import elided

# A day without an hour begins for families after breakfast.
IN_THE_MORNING = time(8)
SHOWN = 6


def _period(request: HttpRequest) -> tuple[Period, list[Period]]:
    periods = courses.periods_of(request.viewer)
    period = courses.chosen_period(periods, request.GET.get("periode"))
    if period is None:
        raise Http404
    return period, periods


def _address(group: CouncilClass, period: Period) -> str:
    return f"{reverse('report_cards:cards', kwargs={'pk': group.pk})}?periode={period.pk}"


@opens(CouncilClass, to=access.takes_part)
@require_safe
def class_cards(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """The bulletins of a class: what is made, from when families read it."""
    form = PublicationForm(request.viewer.today)
    context = _class_context(request, group, form)
    return page_or_block(request, "report_cards/cards.html", block="progress", context=context)


def _class_context(request: HttpRequest, group: CouncilClass, form: PublicationForm) -> dict[str, Any]:
    viewer = request.viewer
    period, periods = _period(request)
    room = councils.room_of(viewer, group, period)
    rows = cards.card_rows(viewer, room)
    batch = cards.batch_of(viewer, group, period)
    return {
        "group": group,
        "period": period,
        "periods": [(one.name, _address(group, one), one == period) for one in periods],
        "room": room,
        "rows": rows,
        "made": sum(row.card is not None for row in rows),
        "waiting": sum(bool(row.card and not row.is_read(viewer.moment)) for row in rows),
        "batch": batch,
        "goes_on": batch is not None and batch.state == CardBatch.State.MAKING,
        "form": form,
        "makes": access.makes_cards(viewer, group),
        "publishes": access.publishes_cards(viewer, group),
        "query": f"periode={period.pk}",
        "here": _address(group, period),
        "now": viewer.moment,
    }


@opens(CouncilClass, to=access.makes_cards)
@require_POST
def prepare(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """Ask for the bulletins of a class: a task makes them."""
    period, _periods = _period(request)
    try:
        keeping.ask_cards(request.viewer, group, period)
    except keeping.NotHeld:
        messages.error(request, said_not_held())
    else:
        messages.success(
            request, _("C’est en préparation. Vous serez prévenu quand les bulletins seront là.")
        )
    return redirect(_address(group, period))


def said_not_held() -> str:
    return _("Le conseil de cette classe n’est pas clos : ses appréciations peuvent encore changer.")


@opens(CouncilClass, to=access.publishes_cards)
@require_POST
def publish(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """Give the bulletins of a class to families, from a day on."""
    viewer = request.viewer
    period, _periods = _period(request)
    form = PublicationForm(viewer.today, request.POST)
    if not form.is_valid():
        context = _class_context(request, group, form)
        return render(request, "report_cards/cards.html", context, status=status_of(form))
    day = form.cleaned_data["day"]
    zone = ZoneInfo(viewer.school.timezone)
    at = viewer.moment if day == viewer.today else datetime.combine(day, IN_THE_MORNING, zone)
    try:
        count = keeping.publish_cards(viewer, group, period, at)
    except keeping.NotHeld:
        messages.error(request, said_not_held())
    except keeping.NothingToPublish:
        messages.info(request, _("Aucun bulletin n’attend : préparez-les d’abord."))
    else:
        said = ngettext(
            "%(num)s bulletin sera lu par sa famille : %(when)s.",
            "%(num)s bulletins seront lus par leurs familles : %(when)s.",
            count,
        )
        messages.success(request, said % {"num": count, "when": dates.day_and_hour(at)})
    return redirect(_address(group, period))


@opens(to=access.follows)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The bulletins of a pupil, or of the children of a family."""
    context = {"cards": cards.own_cards(request.viewer), "several": request.viewer.follows_several}
    return render(request, "report_cards/own.html", context)


@opens(ReportCard, to=access.reads_card)
@require_safe
def card(request: HttpRequest, card: ReportCard) -> HttpResponse:
    """One bulletin, as it was made."""
    viewer = request.viewer
    if viewer.is_staff:
        journal.record_read(viewer, "report_cards.card_read", card, subject_id=card.pupil_id)
    versions = cards.versions_of(viewer, card)
    subjects = cards.subjects_of(card.content)
    back, name = reverse("report_cards:own"), {"name": card.content["given_name"]}
    if viewer.is_staff:
        back = f"{reverse('report_cards:cards', kwargs={'pk': card.group_id})}?periode={card.period_id}"
    context = {
        "card": card,
        "said": card.content,
        "subjects": subjects[:SHOWN],
        "others": subjects[SHOWN:],
        "versions": versions if len(versions) > 1 else [],
        "title": elided(_("Bulletin de %(name)s"), name) % name,
        "newest": versions[0] if versions else card,
        "back": back,
        "back_label": _("Bulletins"),
        "now": viewer.moment,
    }
    return render(request, "report_cards/card.html", context)
