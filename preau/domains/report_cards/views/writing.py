"""Where one writes: the list of what is to be written, the appreciations of a class, one of them while it is typed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Group, Period
from preau.domains.report_cards.actions import writing as keeping
from preau.domains.report_cards.forms.writing import TextForm, TextsForm, conflict_sentence, sentence_of
from preau.domains.report_cards.queries import courses, proofreading, writing
from preau.domains.report_cards.rules import access, texts
from preau.domains.report_cards.rules.access import Kind, Passage
from preau.domains.report_cards.rules.livret import makes_livret
from preau.foundation import dates, journal
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, TYPED_WRONG

CLOSED = 423


def said_closed() -> str:
    return _("Le conseil de cette classe est clos : cette appréciation ne change plus.")


def said_elsewhere() -> str:
    return _("Cet élève n’est pas dans cette classe pendant cette période.")


@opens(to=access.takes_part)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What one has to write, course by course; for who reads every class or leads one, the state of each."""
    viewer = request.viewer
    periods = courses.periods_of(viewer)
    period = courses.chosen_period(periods, request.GET.get("periode"), request.viewer.today)
    tasks = courses.tasks_of(viewer, period) if period and viewer.holds(access.Role.TEACHER) else []
    leads = any(one.passage.kind == Kind.GENERAL for one in tasks)
    reads = access.reads_every(viewer) or leads
    context = {
        "period": period,
        "periods": [(one.name, f"?periode={one.pk}", one == period) for one in periods],
        "tasks": tasks,
        "classes": courses.class_rows(viewer, period) if period and reads else [],
        "settles": access.settles(viewer),
        "makes_livret": makes_livret(viewer),
        "to_answer": proofreading.to_answer(viewer, period).count() if period else 0,
        "runs_campaign": bool(period) and access.runs_campaign(viewer),
        "writes_life": viewer.holds(access.Role.SCHOOL_LIFE),
        "general": courses.GENERAL,
        "life": courses.SCHOOL_LIFE,
    }
    return render(request, "report_cards/index.html", context)


def _place(request: HttpRequest, group: Group) -> tuple[Period, Period | None, Passage, list[Passage]]:
    """The period and the passage of an address; 404 where there is nothing of it to read."""
    viewer = request.viewer
    periods = courses.periods_of(viewer)
    period = courses.chosen_period(periods, request.GET.get("periode"), request.viewer.today)
    passages = courses.passages_of(viewer, group)
    passage = courses.passage_in(passages, viewer, request.GET.get("matiere"), request.GET.get("sur"))
    if period is None or passage is None:
        raise Http404
    return period, courses.before(periods, period), passage, passages


def address(group: Group, passage: Passage, period: Period) -> str:
    """The page of a passage."""
    page = reverse("report_cards:write", kwargs={"pk": group.pk})
    return f"{page}?{courses.address_of(passage)}&periode={period.pk}"


@opens(Group, to=access.reads_group)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, group: Group) -> HttpResponse:
    """The appreciations of a class: a text a pupil, kept as they are typed, or all at once."""
    viewer = request.viewer
    period, former, passage, passages = _place(request, group)
    writes = access.writes(viewer, group, passage)
    if request.method == "POST" and not writes:
        return render(request, "403.html", status=403)
    sheet = writing.sheet_of(viewer, group, passage, period, former, writes=writes)
    form = TextsForm(sheet, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = _kept(request, group, period, passage, form)
        if status == 200:
            return redirect(address(group, passage, period))
    elif not writes:
        journal.record(viewer, "report_cards.class_read", group, period=period.pk)
    context = {
        "group": group,
        "period": period,
        "passage": passage,
        "links": _links(group, period, passage, passages),
        "sheet": sheet,
        "form": form,
        "writes": writes and not sheet.all_closed,
        "status": status,
        "places": texts.PLACES,
        "query": f"{courses.address_of(passage)}&periode={period.pk}",
        "council": access.reads_council(viewer, group),
        "proofreads": passage.kind != Kind.GENERAL and not passage.own and access.proofreads(viewer, group),
        "says_matter": passage.kind == Kind.SUBJECT,
    }
    return render(request, "report_cards/write.html", context, status=status)


def _links(group: Group, period: Period, chosen: Passage, passages: list[Passage]) -> list[Any]:
    """What else is written of this class, one touch away."""
    return [(one.label, address(group, one, period), one == chosen) for one in passages]


def _kept(request: HttpRequest, group: Group, period: Period, passage: Passage, form: TextsForm) -> int:
    """Keep what the form holds; 200, or the status of the page that says why not."""
    if not form.is_valid():
        return TYPED_WRONG
    try:
        by_pupil = keeping.write(request.viewer, group, period, passage, form.texts())
    except keeping.TextConflict as refused:
        form.refuse(refused.there)
        return CONFLICT
    except keeping.CouncilClosed:
        messages.error(request, said_closed())
        return CONFLICT
    except keeping.NotThere:
        messages.error(request, said_elsewhere())
        return CONFLICT
    count = sum(bool(row and row.text) for row in by_pupil.values())
    sentence = ngettext(
        "%(num)s appréciation est enregistrée.", "%(num)s appréciations sont enregistrées.", count
    )
    messages.success(request, sentence % {"num": count})
    return 200


@opens(Group, to=access.reads_group)
@require_POST
def save(request: HttpRequest, group: Group) -> JsonResponse:
    """Keep one text while it is typed: `eleve` (public id), `texte`, `version` that the page had shown (0: none).

    200 `{version, saved_at, text}`; 409 `{theirs, version, sentence}`; 403, 422 and 423 (the council is over) `{sentence}`. Nothing is
    written but with 200.
    """
    viewer = request.viewer
    period, _former, passage, _passages = _place(request, group)
    if not access.writes(viewer, group, passage):
        return _refused(_("Cette appréciation n’est pas à vous."), 403)
    form = TextForm(request.POST)
    pupil = writing.pupil_named(viewer, group, form.cleaned_data["eleve"]) if form.is_valid() else None
    if pupil is None:
        return _refused(said_elsewhere(), TYPED_WRONG)
    text = keeping.Text(pupil.pk, form.cleaned_data["texte"], form.cleaned_data["version"])
    try:
        row = keeping.write(viewer, group, period, passage, [text])[pupil.pk]
    except keeping.TextConflict as conflict:
        there = conflict.there[pupil.pk]
        refusal = {"theirs": there.text, "version": there.version, "sentence": conflict_sentence(there)}
        return JsonResponse(refusal, status=CONFLICT)
    except (texts.TooLong, keeping.NotThere, keeping.CouncilClosed) as refused:
        return _refused(*_why(refused))
    payload = {
        "version": row.version if row else 0,
        "text": row.text if row else "",
        "saved_at": dates.hour(timezone.now()),
    }
    return JsonResponse(payload)


def _why(refused: Exception) -> tuple[str, int]:
    """The sentence and the status of what was not kept."""
    if isinstance(refused, texts.TooLong):
        return sentence_of(refused), TYPED_WRONG
    return (
        (said_closed(), CLOSED)
        if isinstance(refused, keeping.CouncilClosed)
        else (said_elsewhere(), TYPED_WRONG)
    )


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status)
