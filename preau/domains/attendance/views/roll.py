"""The roll of a lesson."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.domains.attendance import rules
from preau.domains.attendance.actions import rolls
from preau.domains.attendance.forms import RollForm, RollLine, sending_in
from preau.domains.attendance.models import UNCALLED, Status
from preau.domains.attendance.queries import registers, seating
from preau.domains.attendance.views.device import clock_of, moments_of
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import row_at_hand
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, TYPED_WRONG


@opens(Lesson, to=rules.can_call_register)
@require_http_methods(["GET", "POST"])
def roll(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Call the roll of a lesson: all present at first, nothing exists until it is validated."""
    if not rules.roll_is_open(lesson, timezone.now()):
        return _roll_page(request, lesson, None)
    if request.method == "GET":
        return _roll_page(request, lesson, RollForm(registers.register_of(lesson)))
    # A roll that waited on a device for the network was made at its own moment.
    sending = sending_in(request.POST)
    over = lesson.ends <= (sending.made_at if sending else timezone.now())
    form = RollForm.sent(request.POST, over=over)
    if form is None or not form.is_valid():
        form = RollForm(registers.register_of(lesson), request.POST, over=over)
    if not form.is_valid():
        return _roll_page(request, lesson, form, TYPED_WRONG)
    try:
        rolls.validate_roll(request.viewer, lesson, form.marks, sending)
    except rolls.RollConflict as conflict:
        form = RollForm(registers.register_of(lesson), request.POST)
        form.add_conflicts(conflict.conflicts)
        return _roll_page(request, lesson, form, CONFLICT)
    messages.success(request, " ".join([_("L’appel est enregistré."), *_learnt(request, lesson, form.marks)]))
    return redirect("/")


def _learnt(request: HttpRequest, lesson: Lesson, marks: Sequence[rolls.Mark]) -> Iterator[str]:
    """What families learn of what has just been validated: of absences that were noted before, nothing more."""
    before = registers.seen_of(Status.ABSENT, None)
    absent = [mark.pupil_id for mark in marks if mark.status == Status.ABSENT]
    new = [mark.pupil_id for mark in marks if mark.status == Status.ABSENT and mark.seen != before]
    if not absent:
        yield _("Personne ne manque.")
    elif new:
        yield from _who_is_told(new, registers.families_told(lesson, new, request.viewer.today))
    if any(mark.seen == before and mark.status not in {Status.ABSENT, UNCALLED} for mark in marks):
        yield _(
            "La famille à qui l’absence avait été dite en apprend la correction ; une autre ne reçoit rien."
        )


def _who_is_told(absent: list[int], pupils: set[int]) -> Iterator[str]:
    """Of an absence that is announced or exempt, nothing is said; of another, its letter waits some minutes."""
    if not pupils:
        yield _("Aucune famille n’est à prévenir.")
        return
    if pupils.issuperset(absent):
        yield _("Les familles des élèves absents sont prévenues.")
    else:
        yield _("Les familles sont prévenues, sauf pour une absence annoncée ou une dispense.")
    wait = settings.ABSENCE_LETTERS_WAIT
    if wait:
        words = _("Le courriel part dans %(minutes)s : si un élève arrive d’ici là, corrigez l’appel.")
        yield words % {"minutes": dates.minutes(wait)}


@dataclass(frozen=True)
class Part:
    """Lines of the roll under each other, or each at its place in the room."""

    lines: list[RollLine]
    title: str = ""
    spots: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    aisles: tuple[int, ...] = ()

    def at(self, pupil: int) -> str:
        """The classes that put a pupil at a place: styles are in sheets only."""
        row, column = self.spots[pupil]
        return f"at-r{row} at-c{column}" + (" at-aisle" if column in self.aisles else "")


def _parts(lines: list[RollLine], layout: seating.Layout | None, missed: list[RollLine]) -> list[Part]:
    """The form is the same: a list begins with those who missed the lesson before, a plan reads it row by row from the board and ends
    with those who have no place."""
    if layout is None:
        others = [line for line in lines if line not in missed]
        if not missed or not others:
            return [Part(lines)]
        return [Part(missed, _("Absents au cours précédent")), Part(others, _("Les autres élèves"))]
    seated = [line for line in lines if line.row.pupil_id in layout.spots]
    seated.sort(key=lambda line: layout.spots[line.row.pupil_id])
    rest = [line for line in lines if line.row.pupil_id not in layout.spots]
    parts = [Part(seated, spots=layout.spots, aisles=layout.aisles)]
    return [*parts, Part(rest, _("Sans place"))] if rest else parts


def _laid_out(request: HttpRequest, lesson: Lesson) -> tuple[seating.Layout | None, list[seating.Layout]]:
    """The plan that the address asks for, else the most fitting; and the others (one query)."""
    known = seating.layouts_for(request.viewer, lesson)
    wanted = next((layout for layout in known if str(layout.pk) == request.GET.get("plan")), None)
    chosen = wanted or next(iter(known), None)
    return chosen, [layout for layout in known if layout is not chosen]


def _roll_page(
    request: HttpRequest, lesson: Lesson, form: RollForm | None, status: int = 200
) -> HttpResponse:
    row = row_at_hand(lesson)
    call = registers.call_of(lesson)
    lines = form.lines() if form else []
    # Whoever missed the lesson before may still be away: never below the fold, « Présent » without anyone looking.
    missed = [line for line in lines if line.row.was_absent_before] if call is None else []
    wants_plan = request.user.preferences.get("roll") == "plan"
    layout, others = _laid_out(request, lesson) if wants_plan and lines else (None, [])
    counts = {value: sum(line.status == value for line in lines) for value in Status.values}
    context = {"lesson": row, "call": call, "lines": lines, "counts": counts, "is_open": form is not None}
    context["device"] = clock_of(request.viewer) | moments_of(lesson)
    context |= {
        "layout": layout,
        "others": others,
        "wants_plan": wants_plan,
        "parts": _parts(lines, layout, missed),
    }
    context |= {"missed": missed, "today": request.viewer.today, "is_over": lesson.ends <= timezone.now()}
    context["groups"] = [{"pk": pk, "name": name} for pk, name in zip(row.group_ids, row.groups, strict=True)]
    late = [line.row.pupil_id for line in lines if line.row.status == Status.LATE]
    context["let_in"] = registers.latecomers_let_in(lesson.pk, late)
    pairs = ((line.row.list_name, line.row.whispered) for line in lines)
    context["uncalled"] = sum(line.row.is_uncalled for line in lines)
    context["helped"] = [(name, [note.words for note in notes]) for name, notes in pairs if notes]
    context["has_errors"] = bool(form and form.errors)
    context["wrong"] = [line for line in lines if line.error]
    return render(request, "attendance/roll.html", context, status=status)
