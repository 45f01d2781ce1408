"""Bulletins: those of a class, made and given on a day; one of them, as the school, the pupil and the family read it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Period
from preau.domains.report_cards.actions import cards as keeping
from preau.domains.report_cards.exports.statements import statements_pdf
from preau.domains.report_cards.forms.cards import PapersForm, PublicationForm
from preau.domains.report_cards.models import CardBatch, CouncilClass, ReportCard
from preau.domains.report_cards.queries import cards, councils, courses
from preau.domains.report_cards.queries.statements import Statement, statements_of
from preau.domains.report_cards.queries.writing import Pupil, pupils_of
from preau.domains.report_cards.rules import access
from preau.foundation import dates, journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import no_pdf, pdf_file
from preau.foundation.http import page_or_block
from preau.foundation.pages import status_of
from preau.foundation.text import elided

# A day without an hour begins for families after breakfast.
IN_THE_MORNING = time(8)
SHOWN = 6
Kind = CardBatch.Kind


def _period(request: HttpRequest) -> tuple[Period, list[Period]]:
    periods = courses.periods_of(request.viewer)
    period = courses.chosen_period(periods, request.GET.get("periode"), request.viewer.today)
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
    batches = cards.batches_of(viewer, group, period)
    batch = batches.get(Kind.CARDS)
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
        "papers": [(kind, batches.get(kind)) for kind in (Kind.PRINT, Kind.MARKS)],
        "follows": any(one.state == CardBatch.State.MAKING for one in batches.values()),
        "has_pdf": pdf.is_possible(),
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
    asked = PapersForm(request.POST)
    if not asked.is_valid():
        raise Http404
    try:
        keeping.ask_cards(request.viewer, group, period, asked.cleaned_data["papiers"] or Kind.CARDS)
    except keeping.NotHeld:
        messages.error(request, said_not_held())
    except keeping.AnotherGoesOn:
        messages.info(request, _("D’autres documents de cette classe se préparent : redemandez ensuite."))
    except keeping.NothingToPrint:
        messages.error(request, _("Aucun bulletin de cette classe n’est encore préparé."))
    else:
        messages.success(request, _("C’est en préparation. Vous serez prévenu quand ce sera là."))
    return redirect(_address(group, period))


def said_not_held() -> str:
    return _("Le conseil de cette classe n’est pas clos : ses appréciations peuvent encore changer.")


def _statement(request: HttpRequest, group: CouncilClass) -> tuple[Period, Statement, Sequence[Pupil]]:
    """The statement of one pupil of the class, the first where none of it is named; 404 where there is nobody."""
    period, periods = _period(request)
    asked = request.GET.get("eleve", "")
    pupils, _learning = pupils_of(request.viewer, group, period)
    known = [one.public_id for one in pupils]
    if not known:
        raise Http404
    found = statements_of(
        request.viewer, group, period, periods, asked if asked in known else known[0], pupils
    )
    return period, next(found), pupils


@opens(CouncilClass, to=access.takes_part)
@require_safe
def statement(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """What a pupil has on this day, mark by mark."""
    period, one, pupils = _statement(request, group)
    journal.record_read(request.viewer, "report_cards.statement_read", group, subject_id=one.pupil.pk)
    context = {
        "group": group,
        "one": one,
        "pupils": [(row.name, row.public_id) for row in pupils],
        "query": f"periode={period.pk}",
        "has_pdf": pdf.is_possible(),
    }
    return render(request, "report_cards/statement.html", context)


@opens(CouncilClass, to=access.takes_part)
@confirmed(reading=True)
@require_safe
def statement_pdf(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """The same on paper."""
    if not pdf.is_possible():
        return no_pdf()
    _known, one, _others = _statement(request, group)
    journal.record_read(request.viewer, "report_cards.statement_read", group, subject_id=one.pupil.pk)
    title = _("Relevé de notes, %(name)s") % {"name": one.pupil.full_name}
    name = slugify(f"releve {one.pupil.full_name}")
    return pdf_file(name, statements_pdf(request.viewer.school, title, [one]))


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
        sentence = ngettext(
            "%(num)s bulletin sera lu par sa famille : %(when)s.",
            "%(num)s bulletins seront lus par leurs familles : %(when)s.",
            count,
        )
        messages.success(request, sentence % {"num": count, "when": dates.day_and_hour(at)})
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
        "moved": cards.marks_came_since(viewer, card),
    }
    return render(request, "report_cards/card.html", context)
