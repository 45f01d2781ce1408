"""« Ajouter à une séance »: a resource or a scenario goes into one of the teacher's next lessons, in two clicks."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.directory.viewer import Viewer
from preau.domains.homework import rules
from preau.domains.homework.actions import putting
from preau.domains.homework.forms.putting import WORK, PutForm, public_page
from preau.domains.homework.queries import sessions as sessions_queries
from preau.domains.timetable.models import Lesson
from preau.foundation.access import opens
from preau.foundation.pages import render_form

# The lessons proposed: those of three weeks, so many at most.
AHEAD, MOST = timedelta(days=21), 12


def _coming(viewer: Viewer) -> list[sessions_queries.Session]:
    found = sessions_queries.sessions_of(viewer, viewer.today, viewer.today + AHEAD)
    return [session for session in found if not session.is_cancelled and session.lesson.ends > session.now][
        :MOST
    ]


@opens(to=rules.keeps_records)
@require_http_methods(["GET", "POST"])
def put(request: HttpRequest) -> HttpResponse:
    """The next lessons of the viewer, each with its button; neither the address nor the title is trusted."""
    viewer = request.viewer
    asked = request.POST.get("adresse") or request.GET.get("adresse", "")
    if not asked and request.method == "GET":
        return render(request, "homework/put_nothing.html")
    address = public_page(asked)
    if not address:
        raise Http404
    sessions = _coming(viewer)
    shown = {"adresse": address, "titre": request.GET.get("titre", "")[:160]}
    form = PutForm(sessions, request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        lesson = Lesson.objects.visible_to(viewer).filter(pk=form.cleaned_data["seance"]).first()
        if lesson is None or not rules.writes_record(viewer, lesson):
            raise Http404
        sentence = _put(viewer, lesson, form)
        if sentence:
            messages.success(request, sentence)
            # Its page says what families read, and when.
            return redirect("homework:record", pk=lesson.pk)
    context = {"form": form, "sessions": sessions, "address": address, "today": viewer.today}
    return render_form(request, "homework/put.html", context)


def _put(viewer: Viewer, lesson: Lesson, form: PutForm) -> str:
    """What was done, in words; nothing where it could not be, which the form then says."""
    address, title = form.cleaned_data["adresse"], form.cleaned_data["titre"]
    if form.cleaned_data["place"] == WORK:
        following = sessions_queries.following(lesson, 1, viewer.person.pk)
        if not following:
            form.add_error(
                "place", _("Cette séance n’en a pas de suivante : mettez le lien dans son contenu.")
            )
            return ""
        work = putting.put_work(viewer, lesson, address, title, following[0].day, following[0])
        draft, sentence = work.record.is_draft, _("Le travail est donné.")
    else:
        record, changed = putting.put_link(viewer, lesson, address, title)
        draft = record.is_draft
        sentence = _("Le lien est dans la séance.") if changed else _("Le lien y était déjà.")
    more = _("La séance est en brouillon : publiez-la pour que les élèves le voient.") if draft else ""
    return f"{sentence} {more}".strip()
