"""The council of a class: its page, a pupil a screen, what is projected, its minutes."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Group, Period, Person
from preau.domains.report_cards.actions import councils as keeping
from preau.domains.report_cards.actions import writing
from preau.domains.report_cards.exports.minutes import minutes_pdf as on_paper
from preau.domains.report_cards.forms.councils import CouncilForm, PupilForm
from preau.domains.report_cards.forms.writing import conflict_sentence
from preau.domains.report_cards.models import CouncilClass
from preau.domains.report_cards.queries import councils, courses
from preau.domains.report_cards.queries.councils import PupilCard, Room, Seat
from preau.domains.report_cards.rules import access
from preau.domains.report_cards.rules.access import Kind, Passage
from preau.foundation import journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import no_pdf, pdf_file
from preau.foundation.http import page_or_block
from preau.foundation.pages import CONFLICT, TYPED_WRONG, render_form, tell_outcome

GENERAL = Passage(Kind.GENERAL, "")
SCREEN = "projection"


def _period(request: HttpRequest) -> tuple[Period, list[Period]]:
    periods = courses.periods_of(request.viewer)
    period = courses.chosen_period(periods, request.GET.get("periode"), request.viewer.today)
    if period is None:
        raise Http404
    return period, periods


def _address(name: str, group: Group, period: Period, pupil: str = "") -> str:
    page = reverse(f"report_cards:{name}", kwargs={"pk": group.pk})
    return f"{page}?periode={period.pk}{f'&eleve={pupil}' if pupil else ''}"


@opens(CouncilClass, to=access.takes_part)
@require_safe
def council(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """The council itself: when, who, what it says of the class; and where it is with each pupil."""
    return _council_page(request, group, None)


@opens(CouncilClass, to=access.runs_council)
@require_POST
def describe(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """Keep when it meets, who is there, what it says of the class."""
    return _council_page(request, group, request.POST)


def _council_page(request: HttpRequest, group: Group, data: Any) -> HttpResponse:
    viewer = request.viewer
    period, periods = _period(request)
    room = councils.room_of(viewer, group, period)
    form = CouncilForm(room.council, ZoneInfo(viewer.school.timezone), data)
    if form.is_valid():
        try:
            changed = keeping.describe(viewer, group, period, form.facts())
        except writing.CouncilClosed:
            form.add_error(None, said_closed())
        else:
            tell_outcome(request, changed, _("C’est enregistré."), _("Rien n’a changé."))
            return redirect(_address("council", group, period))
    context = {
        "group": group,
        "period": period,
        "periods": [(one.name, _address("council", group, one), one == period) for one in periods],
        "room": room,
        "form": form,
        "runs": access.runs_council(viewer, group),
        "opens_again": access.opens_again(viewer, group),
        "first": room.first_left(),
        "query": f"periode={period.pk}",
    }
    return render_form(request, "report_cards/council.html", context)


def said_closed() -> str:
    return _("Ce conseil est clos : la direction peut le rouvrir.")


@opens(CouncilClass, to=access.takes_part)
@require_safe
def pupil(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """One pupil a screen: all that is said of them, and where the general appreciation and the decision are typed."""
    viewer = request.viewer
    period, periods = _period(request)
    room = councils.room_of(viewer, group, period)
    seat = room.seat_of(request.GET.get("eleve")) or room.first_left()
    if seat is None:
        return redirect(_address("council", group, period))
    journal.record_read(viewer, "report_cards.council_read", _person(seat), subject_id=seat.pupil.pk)
    card = councils.card_of(viewer, group, _person(seat), periods, period)
    return _pupil_page(request, room, seat, card, PupilForm(room, seat, card))


def _person(seat: Seat) -> Person:
    """The pupil, without asking again what the room has read."""
    one = seat.pupil
    return Person(pk=one.pk, public_id=one.public_id, given_name=one.given_name, family_name=one.family_name)


def _pupil_page(
    request: HttpRequest, room: Room, seat: Seat, card: PupilCard, form: PupilForm, status: int = 200
) -> HttpResponse:
    context = {
        "group": room.group,
        "period": room.period,
        "room": room,
        "seat": seat,
        "before": room.beside(seat, -1),
        "after": room.beside(seat, 1),
        "card": card,
        "form": form,
        "runs": access.runs_council(request.viewer, room.group) and not room.is_over,
        "status": status,
        "query": f"periode={room.period.pk}",
    }
    return render(request, "report_cards/pupil.html", context, status=status)


@opens(CouncilClass, to=access.runs_council)
@require_POST
def decide(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """Keep what was typed of a pupil and go to another; from the page of the council, to whom it comes first."""
    viewer = request.viewer
    period, periods = _period(request)
    room = councils.room_of(viewer, group, period)
    if "texte" not in request.POST:
        first = room.seat_of(request.POST.get("aller")) or room.first_left()
        return _go(request, room, first) if first else redirect(_address("council", group, period))
    seat = room.seat_of(request.POST.get("eleve"))
    if seat is None:
        messages.error(request, _("Cet élève n’est plus dans cette classe."))
        return redirect(_address("council", group, period))
    card = councils.card_of(viewer, group, _person(seat), periods, period)
    form = PupilForm(room, seat, card, request.POST)
    status = _kept(request, group, period, _person(seat), seat, form)
    return _go(request, room, seat) if status == 200 else _pupil_page(request, room, seat, card, form, status)


def _kept(
    request: HttpRequest, group: Group, period: Period, person: Person, seat: Seat, form: PupilForm
) -> int:
    """Keep the text and the decision; 200, or the status of the page that says why not."""
    if not form.is_valid():
        return TYPED_WRONG
    viewer, values = request.viewer, form.cleaned_data
    try:
        text = writing.Text(person.pk, values["texte"], values["version"] or 0)
        writing.write(viewer, group, period, GENERAL, [text])
        # What is chosen and not validated is kept all the same, « Aucune mention » too; that nothing was chosen is no decision.
        chosen = "mention" in request.POST and (not seat.is_seen or values["mention"] != seat.distinction)
        if "valider" in request.POST or chosen:
            keeping.decide(viewer, group, period, person, values["mention"], values["decided"] or 0)
    except writing.TextConflict as refused:
        there = refused.there[person.pk]
        form.accept(version=there.version)
        form.add_error("texte", conflict_sentence(there))
    except keeping.DecisionConflict as decided:
        form.accept(decided=decided.there.version)
        facts = {
            "who": decided.there.by.formal_name,
            "word": decided.there.distinction or _("aucune mention"),
        }
        form.add_error("mention", _("%(who)s vient de choisir : %(word)s.") % facts)
    except writing.CouncilClosed:
        messages.error(request, said_closed())
    except writing.NotThere:
        messages.error(request, _("Cet élève n’est plus dans cette classe."))
    else:
        return 200
    return CONFLICT


def _go(request: HttpRequest, room: Room, seat: Seat) -> HttpResponse:
    """To the pupil who was asked for; after a decision, to the next one, and from the last to the page of the council."""
    asked = room.seat_of(request.POST.get("aller"))
    if asked is None and "valider" in request.POST:
        asked = room.beside(seat, 1)
        if asked is None:
            messages.success(request, _("C’était le dernier élève : vous pouvez clore le conseil."))
            return redirect(_address("council", room.group, room.period))
    shown = asked or seat
    keeping.show(request.viewer, room.group, room.period, _person(shown))
    return redirect(_address("pupil", room.group, room.period, shown.pupil.public_id))


@opens(CouncilClass, to=access.runs_council)
@require_POST
def close(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """The council is over; or, by the head alone, it is open again."""
    viewer = request.viewer
    period, _periods = _period(request)
    again = request.POST.get("sens") == "rouvrir"
    if again and not access.opens_again(viewer, group):
        return render(request, "403.html", status=403)
    try:
        (keeping.reopen if again else keeping.close)(viewer, group, period)
    except keeping.AlreadyDone:
        tell_outcome(request, None, "")
    else:
        sentence = (
            _("Le conseil est rouvert : ses appréciations peuvent changer.")
            if again
            else _("Le conseil est clos : ses appréciations ne changent plus.")
        )
        messages.success(request, sentence)
    return redirect(_address("council", group, period))


@opens(CouncilClass, to=access.takes_part)
@require_safe
def absences(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """What a pupil missed in the period: a part of their screen, asked for by itself."""
    viewer = request.viewer
    period, _periods = _period(request)
    room = councils.room_of(viewer, group, period)
    seat = room.seat_of(request.GET.get("eleve")) or room.first_left()
    if seat is None:
        raise Http404
    missed = councils.missed_of(viewer, period, Person(pk=seat.pupil.pk))
    context = {"missed": missed, "pupil": seat.pupil, "group": group, "query": f"periode={period.pk}"}
    return page_or_block(request, "report_cards/absences.html", block="absences", context=context)


@opens(CouncilClass, to=access.takes_part)
@require_safe
def screen(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """What a room may see, of the pupil of whom the council speaks: it follows what is typed elsewhere."""
    viewer = request.viewer
    period, periods = _period(request)
    room = councils.room_of(viewer, group, period)
    shown = room.council.shown if room.council else None
    seat = room.seat_of(shown.public_id) if shown else None
    card: PupilCard | None = None
    if shown and seat:
        card = councils.card_of(viewer, group, shown, periods, period)
    context: dict[str, Any] = {
        "group": group,
        "period": period,
        "council": room.council,
        "is_over": room.is_over,
        "card": card,
        "seat": seat,
        "here": _address("screen", group, period),
        "back": _address("council", group, period),
    }
    return page_or_block(request, "report_cards/screen.html", block=SCREEN, context=context)


def _minutes(request: HttpRequest, group: Group) -> dict[str, Any]:
    period, _periods = _period(request)
    room = councils.room_of(request.viewer, group, period)
    return {
        "school": request.viewer.school,
        "group": group,
        "period": period,
        "room": room,
        "lines": councils.minutes_of(request.viewer, room),
        "back": _address("council", group, period),
        "paper": _address("minutes_pdf", group, period),
        "has_pdf": pdf.is_possible(),
    }


@opens(CouncilClass, to=access.takes_part)
@require_safe
def minutes(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """What the council decided, pupil by pupil, to read and to print."""
    journal.record(request.viewer, "report_cards.minutes_read", group)
    return render(request, "report_cards/minutes.html", _minutes(request, group))


@opens(CouncilClass, to=access.takes_part)
@confirmed(reading=True)
@require_safe
def minutes_pdf(request: HttpRequest, group: CouncilClass) -> HttpResponse:
    """The same, on paper."""
    context = _minutes(request, group)
    if not pdf.is_possible():
        return no_pdf()
    journal.record(request.viewer, "report_cards.minutes_taken", group)
    name = slugify(f"conseil {group.name} {context['period'].name}")
    return pdf_file(name, on_paper(context))
