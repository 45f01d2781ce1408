"""Events: those that a person sees, one of them, and what is done with it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.rules.settings import runs_planned_year
from preau.directory.viewer import Viewer
from preau.domains.events import exports, rules
from preau.domains.events.actions import answering as answering_actions
from preau.domains.events.actions import keeping
from preau.domains.events.forms import AnswerForm, CancelForm, ClosingForm, EventForm, FilterForm, SchoolForm
from preau.domains.events.models import Event
from preau.domains.events.queries import lists, one, public
from preau.foundation import dates, journal
from preau.foundation.access import anyone, confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.gone import removes
from preau.foundation.pages import CONFLICT, TYPED_WRONG, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for, query_of
from preau.foundation.prepared import Lines

A_PAGE = 20
NO_CLOSING: dict[str, Any] = {"closed": None, "standing": [], "told": None}


@opens(to=rules.reads_events)
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The events that the viewer sees: to come, past, drafts."""
    form = FilterForm(request.viewer, request.GET)
    chosen = form.chosen()
    page = page_for(request, lists.events_matching(request.viewer, chosen), A_PAGE)
    rows = lists.rows_of(page.object_list)
    context = {
        # Which other classes are meant is the staff's to read.
        "form": form,
        "rows": lists.with_groups(rows) if request.viewer.is_staff else rows,
        "others": lists.of_other_houses(request.viewer, chosen) if page.number == 1 else [],
        "page_obj": page,
        "query": query_of(request),
        "filtered": bool(chosen),
        "may_create": rules.creates_events(request.viewer),
        "may_close": rules.closes_school(request.viewer),
        "is_guardian": request.viewer.is_guardian,
    }
    return render(request, "events/events.html", context)


@opens(to=anyone)
@require_safe
def open_days(request: HttpRequest) -> HttpResponse:
    """Is there school today and tomorrow? Of the school that a visitor names."""
    form = SchoolForm(request.GET)
    words = form.chosen().get("q", "")
    schools, more = public.schools_named(words)
    context = {
        "form": form,
        "words": words,
        "schools": public.open_schools(schools, timezone.now()),
        "more": more,
    }
    return render(request, "events/open_days.html", context)


@opens(to=rules.creates_events)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Plan an event: a draft, or told at once."""
    first = {"first_day": dates.parse(request.GET.get("jour"), request.viewer.today)}
    form = EventForm(request.viewer, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        event = keeping.create(request.viewer, form.planned(), form.cleaned_data["sent_as"])
        if "publier" in request.POST:
            keeping.publish(request.viewer, event)
            messages.success(request, _("L’événement est publié. Ceux qu’il concerne sont prévenus."))
        else:
            messages.success(request, _("Le brouillon est gardé. Personne n’est encore prévenu."))
        return redirect("events:event", pk=event.pk)
    return render_form(request, "events/edit.html", {"form": form, "event": None})


@opens(to=rules.closes_school)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close at noon, or for a day: lessons, canteen, transport and who is told; what it does is shown first, or it is done at once."""
    fallback = one.day_to_close(request.viewer, timezone.now())
    first = {"first_day": dates.parse(request.GET.get("jour"), fallback)}
    form = ClosingForm(request.viewer, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        planned = form.planned()
        event = keeping.create(request.viewer, planned, form.cleaned_data["sent_as"])
        # A second click says what the first did; what was typed since is not written by this page.
        done = event.state == Event.State.PUBLISHED and planned.is_said_by(event)
        if event.is_draft and not _closes_at_once(request, event):
            return redirect("events:event", pk=event.pk)
        if keeping.publish(request.viewer, event) or done:
            messages.success(request, f"{_('C’est fait.')} {_said_of(one.closed_by(event), event)}")
        else:
            messages.error(request, _("Cette fermeture existe déjà, telle qu’elle était : changez-la ici."))
        return redirect("events:event", pk=event.pk)
    context = {"form": form, "event": None, "settles": runs_planned_year(request.viewer)}
    return render_form(request, "events/closing.html", context)


def _closes_at_once(request: HttpRequest, event: Event) -> bool:
    """Was it asked, and is there something to close? Where no lesson takes place, people are not told before the page has said so."""
    return "fermer" in request.POST and not (event.stops_lessons and not keeping.lessons_at_stake(event))


def _said_of(closed: one.Closed, event: Event) -> str:
    """How many lessons went, and whether people are told."""
    if not event.stops_lessons:
        lessons = _("Les cours sont maintenus.")
    else:
        words = ngettext("%(num)s cours est annulé.", "%(num)s cours sont annulés.", closed.cancelled)
        none = _("Aucun cours n’est annulé.") if closed.kept else _("Aucun cours n’avait lieu à ces heures.")
        lessons = words % {"num": closed.cancelled} if closed.cancelled else none
    sentences = {
        Event.Tells.EVERYONE: _("Personnels, élèves et familles sont prévenus."),
        Event.Tells.STAFF: _("Les personnels sont prévenus."),
        Event.Tells.NOBODY: _("Personne n’est prévenu : les pages le disent."),
    }
    return f"{lessons} {sentences[Event.Tells(event.tells)]}"


@opens(Event, to=rules.reads_events)
@require_safe
def event(request: HttpRequest, event: Event) -> HttpResponse:
    """One event: when, where, for whom, its history; and for whoever keeps it, the answers."""
    return _page(request, event)


def _of_closing(viewer: Viewer, event: Event) -> dict[str, Any]:
    """What a closing will do before it does it, and what it has done: the same lists."""
    going = keeping.lessons_at_stake(event) if event.is_draft else []
    return {
        "closed": one.closed_by(event, going),
        "standing": [] if event.is_cancelled else one.standing_in(viewer, event),
        "told": one.told_by(event) if event.is_draft else None,
    }


def _page(
    request: HttpRequest,
    event: Event,
    answering: AnswerForm | None = None,
    cancelling: CancelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    keeps, is_over = rules.keeps_event(viewer, event), event.ends <= timezone.now()
    context: dict[str, Any] = {
        "event": event,
        "groups": one.group_names(event) if event.audience == Event.Audience.GROUPS else [],
        "history": [] if event.is_draft else one.history_of(event, with_names=viewer.is_staff),
        "keeps": keeps,
        **(_of_closing(viewer, event) if keeps and event.is_closing else NO_CLOSING),
        "is_over": is_over,
        "form": cancelling or CancelForm(),
        "answering": None,
    }
    if rules.may_answer(viewer, event) and event.state == Event.State.PUBLISHED and not is_over:
        context["answering"] = answering or AnswerForm(initial={"answer": one.own_answer(viewer, event)})
    if keeps and (event.asks_answer or event.audience == Event.Audience.PEOPLE):
        answers, lines = one.number_of_answers(event), one.answers_of(event)
        # Counting who answered what has counted the lines of the list.
        people = Paginator(Lines(lambda: answers.lines, lambda a, z: list(lines[a:z])), A_PAGE)
        context |= {"answers": answers, "people": people.get_page(request.GET.get("page"))}
    return render(request, "events/event.html", context, status=status)


@opens(Event, to=rules.keeps_event)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, event: Event) -> HttpResponse:
    """Write an event anew: those who knew are told what was before."""
    closes = event.is_closing and event.audience in {Event.Audience.EVERYONE, Event.Audience.GROUPS}
    kind = ClosingForm if closes and rules.closes_school(request.viewer) else EventForm
    form, status = kind(request.viewer, request.POST or None, event=event), 200
    if request.method == "POST" and form.is_valid():
        try:
            keeping.change(request.viewer, event, form.planned(), form.cleaned_data["revision"] or 0)
        except keeping.ChangedMeanwhile:
            sentence = _(
                "Quelqu’un a changé cet événement pendant que vous écriviez. Rouvrez-le pour voir ce qu’il dit."
            )
            form.add_error(None, sentence)
            status = CONFLICT
        else:
            messages.success(request, _("L’événement est changé."))
            return redirect("events:event", pk=event.pk)
    status = status_of(form) if status == 200 else status
    page = "events/closing.html" if isinstance(form, ClosingForm) else "events/edit.html"
    return render(request, page, {"form": form, "event": event}, status=status)


def _done(
    request: HttpRequest, event: Event, done: bool, sentence: str, otherwise: str
) -> HttpResponseRedirect:
    tell_outcome(request, done, sentence, otherwise)
    return redirect("events:event", pk=event.pk)


@opens(Event, to=rules.keeps_event)
@require_POST
def publish(request: HttpRequest, event: Event) -> HttpResponseRedirect:
    if "sans_prevenir" in request.POST:
        keeping.keep_quiet(request.viewer, event)
        event.refresh_from_db()
    done = keeping.publish(request.viewer, event)
    if done and event.is_closing:
        sentence = _said_of(one.closed_by(event), event)
        return _done(request, event, done, f"{_('C’est fait.')} {sentence}", "")
    return _done(
        request,
        event,
        done,
        _("L’événement est publié. Ceux qu’il concerne sont prévenus."),
        _("C’était déjà publié."),
    )


@opens(Event, to=rules.keeps_event)
@require_POST
def cancel(request: HttpRequest, event: Event) -> HttpResponse:
    """It will not happen."""
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, event, cancelling=form, status=TYPED_WRONG)
    done = keeping.cancel(request.viewer, event, form.cleaned_data["why"])
    return _done(
        request,
        event,
        done,
        _("C’est annulé. %(back)s") % {"back": _("Ceux qui le savaient sont prévenus.")}
        if not event.is_closing
        else _(
            "La fermeture est annulée : les cours reprennent leur place, et ceux qui le savaient sont prévenus."
        ),
        _("Rien à annuler."),
    )


@opens(Event, to=rules.keeps_event)
@require_POST
def restore(request: HttpRequest, event: Event) -> HttpResponseRedirect:
    done = keeping.restore(request.viewer, event)
    return _done(
        request,
        event,
        done,
        _("L’événement est rétabli. Ceux qui le savaient sont prévenus."),
        _("Rien à rétablir."),
    )


@removes
@opens(Event, to=rules.keeps_event)
@require_POST
def remove(request: HttpRequest, event: Event) -> HttpResponseRedirect:
    """Throw a draft away."""
    if not keeping.remove(request.viewer, event):
        messages.error(request, _("Cet événement a été publié : il s’annule, il ne s’efface pas."))
        return redirect("events:event", pk=event.pk)
    messages.success(request, _("Le brouillon est supprimé."))
    return redirect("events:events")


@opens(Event, to=rules.may_answer)
@require_POST
def answer(request: HttpRequest, event: Event) -> HttpResponse:
    """Say whether one comes."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, event, form, status=TYPED_WRONG)
    try:
        answering_actions.answer(request.viewer, event, form.cleaned_data["answer"])
    except answering_actions.NotAsked:
        messages.info(request, _("Aucune réponse n’est plus demandée."))
    else:
        messages.success(request, _("Votre réponse est gardée. Vous pouvez la changer jusqu’au jour dit."))
    return redirect("events:event", pk=event.pk)


@opens(Event, to=rules.keeps_event)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest, event: Event) -> StreamingHttpResponse:
    """The answers, for a spreadsheet."""
    journal.record(request.viewer, "events.exported", event)
    return csv_lines(f"reponses-{event.first_day:%Y-%m-%d}", exports.answers_csv(event))
