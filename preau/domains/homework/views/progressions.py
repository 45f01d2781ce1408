"""A teacher's progressions: written once, given to a class, shifted when a lesson is lost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.domains.homework import rules
from preau.domains.homework.actions import progressions as progressions_actions
from preau.domains.homework.forms.lessons import GiveForm, ProgressionForm, StepForm
from preau.domains.homework.models import Progression, ProgressionStep
from preau.domains.homework.queries import sessions
from preau.domains.homework.queries.progressions import (
    courses_of,
    lessons_to_fill,
    progressions_of,
    records_of_course,
)
from preau.domains.timetable.models import Lesson
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, status_of

# As far as what was prepared may be shifted: a year has no more lessons of a course.
FARTHEST = 200


@opens(to=rules.keeps_records)
@require_http_methods(["GET", "POST"])
def progressions(request: HttpRequest) -> HttpResponse:
    """The viewer's progressions; a new one, empty or made of what was done with a class."""
    courses = courses_of(request.viewer)
    form = ProgressionForm(courses, request.POST or None)
    if request.method == "POST" and form.is_valid():
        title, course = form.cleaned_data["title"], form.course()
        if course:
            records = records_of_course(request.viewer, course)
            made = progressions_actions.copy_lessons(request.viewer, title, records)
        else:
            made = progressions_actions.begin_progression(request.viewer, title)
        return redirect("homework:progression", pk=made.pk)
    context = {"form": form, "progressions": list(progressions_of(request.viewer))}
    return render_form(request, "homework/progressions.html", context)


@opens(Progression, to=rules.keeps_records)
@require_http_methods(["GET", "POST"])
def progression(request: HttpRequest, known: Progression) -> HttpResponse:
    """The lessons of a progression, and one more."""
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        progressions_actions.add_step(request.viewer, known, form.typed())
        messages.success(request, _("La séance est ajoutée."))
        return redirect("homework:progression", pk=known.pk)
    return _progression_page(request, known, form, None, status_of(form))


def _progression_page(
    request: HttpRequest, known: Progression, form: StepForm, give: GiveForm | None, status: int
) -> HttpResponse:
    now = [course for course in courses_of(request.viewer) if course.is_now]
    context = {
        "progression": known,
        "steps": list(known.steps.all()),
        "form": form,
        "give": give or GiveForm(request.viewer, now),
    }
    return render(request, "homework/progression.html", context, status=status)


@opens(Progression, to=rules.keeps_records)
@require_POST
def give_progression(request: HttpRequest, known: Progression) -> HttpResponse:
    """Fill the next lessons of a class with it, as drafts."""
    now = [course for course in courses_of(request.viewer) if course.is_now]
    form = GiveForm(request.viewer, now, request.POST)
    if not form.is_valid():
        return _progression_page(request, known, StepForm(), form, TYPED_WRONG)
    lessons = lessons_to_fill(
        request.viewer, form.course(), form.cleaned_data["from_day"], known.steps.count()
    )
    filled = progressions_actions.give_progression(request.viewer, known, lessons)
    _say_filled(request, filled, known.steps.count(), len(lessons))
    return redirect("homework:progression", pk=known.pk)


def _say_filled(request: HttpRequest, filled: int, steps: int, lessons: int) -> None:
    """How many lessons were prepared, and why not all that the progression holds."""
    if not filled and not lessons:
        sentence = _("Rien n’a été rempli : cette classe n’a plus de séance vide à partir de ce jour.")
        messages.warning(request, sentence)
        return
    if not filled:
        messages.warning(
            request, _("Rien n’a été rempli : cette classe a déjà eu toutes ces séances cette année.")
        )
        return
    sentence = ngettext(
        "%(num)s séance préparée, en brouillon.", "%(num)s séances préparées, en brouillon.", filled
    )
    messages.success(request, sentence % {"num": filled})
    if filled < steps:
        left = ngettext(
            "%(num)s séance de la progression n’a pas été donnée : la classe l’a déjà eue, ou n’a plus de séance vide.",
            "%(num)s séances de la progression n’ont pas été données : la classe les a déjà eues, ou n’a plus de séance vide.",
            steps - filled,
        )
        messages.info(request, left % {"num": steps - filled})


@opens(ProgressionStep, to=rules.keeps_records)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, known: ProgressionStep) -> HttpResponse:
    """Change one lesson of a progression."""
    shown = {"content": known.content, "work": known.work, "minutes": known.minutes}
    form = StepForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        progressions_actions.change_step(request.viewer, known, form.typed())
        messages.success(request, _("La séance est modifiée."))
        return redirect("homework:progression", pk=known.progression_id)
    context = {"form": form, "step": known}
    return render_form(request, "homework/step.html", context)


@removes
@opens(ProgressionStep, to=rules.keeps_records)
@require_POST
def remove_step(request: HttpRequest, known: ProgressionStep) -> HttpResponseRedirect:
    progression_id = known.progression_id
    progressions_actions.remove_step(request.viewer, known)
    messages.success(request, _("La séance est retirée de la progression."))
    return redirect("homework:progression", pk=progression_id)


@opens(Lesson, to=rules.writes_record)
@require_POST
def shift(request: HttpRequest, lesson: Lesson) -> HttpResponseRedirect:
    """A lesson is lost: what was prepared for it and for the next ones moves one lesson later."""
    later = sessions.following(lesson, FARTHEST, request.viewer.person.pk)
    try:
        moved = progressions_actions.shift(request.viewer, [lesson, *later])
    except progressions_actions.NotEnoughLessons:
        messages.warning(
            request, _("Il ne reste pas assez de séances d’ici la fin de l’année : rien n’a bougé.")
        )
        return redirect("homework:record", pk=lesson.pk)
    sentence = ngettext("%(num)s séance décalée.", "%(num)s séances décalées.", moved)
    messages.success(request, sentence % {"num": moved} if moved else _("Rien n’était à décaler."))
    return redirect("homework:sessions")
