"""The list of spaces, a new one, one's own, the home of a space, who is in it, its settings."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.spaces import rules
from preau.domains.spaces.actions import making
from preau.domains.spaces.forms import (
    AnnounceForm,
    AnswerCallForm,
    AskForm,
    GroupPartyForm,
    ListForm,
    PersonPartyForm,
    SettingsForm,
    SpaceForm,
)
from preau.domains.spaces.models import Party, Space
from preau.domains.spaces.queries import around, lists, papers, people, portfolios, talk, walls
from preau.domains.spaces.queries.hours import hours_of
from preau.domains.spaces.views.frame import framed
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import ALREADY_DONE, TYPED_WRONG, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE = 24
MOST_ANNOUNCED = 5
FULL = gettext_lazy("Cet espace a déjà autant de participants qu’il peut en avoir.")


@opens(to=rules.enters_spaces)
@require_safe
def spaces(request: HttpRequest) -> HttpResponse:
    """The spaces that one enters."""
    viewer = request.viewer
    form = ListForm(request.GET)
    chosen = form.chosen()
    page = page_for(request, lists.spaces_shown(viewer, chosen), A_PAGE)
    context = {
        "form": form,
        "rows": lists.rows_of(viewer, list(page.object_list)),
        "page_obj": page,
        "query": query_of(request),
        "filtered": bool(chosen),
        "may_make": rules.makes_spaces(viewer),
        "answers_calls": rules.answers_calls(viewer),
        "has_portfolio": rules.has_portfolio(viewer),
    }
    return render(request, "spaces/spaces.html", context)


@opens(to=rules.makes_spaces)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A project or a team."""
    form = SpaceForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            space = making.make(request.viewer, form.facts(), form.cleaned_data["sent_as"])
        except making.TooMany:
            form.add_error("people", form.too_many())
        else:
            messages.success(
                request, _("L’espace est ouvert. Ceux qui y entrent le voient dans « Espaces ».")
            )
            return redirect("spaces:space", pk=space.pk)
    return render_form(request, "spaces/create.html", {"form": form})


@opens(to=rules.enters_spaces)
@require_POST
def own(request: HttpRequest) -> HttpResponseRedirect:
    """One's own space, made at the first click."""
    return redirect("spaces:space", pk=making.make_own(request.viewer).pk)


@opens(to=rules.answers_calls)
@require_http_methods(["GET", "POST"])
def answer_call(request: HttpRequest) -> HttpResponse:
    """Bring a class to the project of another school, by the word that one was given."""
    form = AnswerCallForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            space = making.answer_call(request.viewer, form.cleaned_data["code"], form.cleaned_data["group"])
        except making.HasServed as served:
            messages.info(request, _("C’était déjà fait : votre classe est dans le projet."))
            return redirect("spaces:space", pk=served.space.pk)
        except making.NoSuchCall:
            form.add_error("code", _("Ce mot ne sert pas, ou plus : redemandez-en un à votre collègue."))
        except making.TooMany:
            form.add_error("group", FULL)
        else:
            messages.success(request, _("Votre classe est dans le projet. Vous l’animez avec vos collègues."))
            return redirect("spaces:space", pk=space.pk)
    return render_form(request, "spaces/answer_call.html", {"form": form})


@opens(Space, to=rules.enters)
@require_safe
def space(request: HttpRequest, space: Space) -> HttpResponse:
    """The home of a space: what was announced, what is asked, what is on the shelf, what is due."""
    return home(request, space)


def home(request: HttpRequest, space: Space, status: int = 200, **forms: Any) -> HttpResponse:
    viewer = request.viewer
    schools = people.number_of_schools(space)
    with_questions = rules.has_questions(viewer, space)
    asked = list(talk.questions_of(viewer, space)[: talk.MOST_BESIDE]) if with_questions else []
    written, count = papers.last_of(viewer, space)
    announced = list(talk.announcements_of(viewer, space)[: MOST_ANNOUNCED + 1])
    context = {
        "people": people.people_of(space, viewer.today),
        "schools": schools,
        "announcements": talk.announcement_rows(viewer, space, announced[:MOST_ANNOUNCED]),
        "more_announcements": len(announced) > MOST_ANNOUNCED,
        "with_questions": with_questions,
        "questions": talk.question_rows(viewer, space, asked, schools),
        "hours": hours_of(space, viewer.moment) if with_questions and space.asks else None,
        "asks": rules.asks(viewer, space),
        "shelf": walls.shelf_of(viewer, space, schools, 6),
        "documents": written,
        "documents_count": count,
        "has_documents": papers.has_documents(viewer, space),
        "works": around.works_of(viewer, space),
        "may_announce": rules.runs_now(viewer, space),
        "ends": around.ending_of(viewer, space),
    }
    context |= {
        "announce_form": forms.get("announce_form") or AnnounceForm(auto_id="id_annonce_%s"),
        "ask_form": forms.get("ask_form") or AskForm(),
    }
    return framed(request, "spaces/space.html", space, "home", context, status)


@opens(Space, to=papers.has_documents)
@require_safe
def documents(request: HttpRequest, space: Space) -> HttpResponse:
    """What is written together in it, the last changed first."""
    viewer = request.viewer
    page = page_for(request, papers.all_of(viewer, space), A_PAGE)
    context = {
        "rows": papers.rows_of(viewer, page.object_list),
        "page_obj": page,
        "begins": papers.begins(viewer, space),
        "opens_on": space.opens if space.opens and viewer.today < space.opens else None,
        "place": f"{papers.KIND}-{space.pk}",
    }
    return framed(request, "spaces/documents.html", space, "documents", context)


@opens(Space, to=rules.enters)
@require_safe
def members(request: HttpRequest, space: Space) -> HttpResponse:
    """Who is in it, and as what."""
    return _members(request, space)


def _members(
    request: HttpRequest,
    space: Space,
    group_form: GroupPartyForm | None = None,
    person_form: PersonPartyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    keeps = rules.has_parties(viewer, space)
    context = {
        "people": people.people_of(space, viewer.today),
        "parties": people.party_rows(viewer, space),
        "pupils": people.pupil_names(viewer, space),
        "portfolios": portfolios.shown_in(viewer, space),
        "keeps": keeps,
        "calls": rules.calls_schools(viewer, space),
        "group_form": (group_form or GroupPartyForm(viewer))
        if keeps and space.kind == Space.Kind.PROJECT
        else None,
        "person_form": (person_form or PersonPartyForm(viewer)) if keeps else None,
    }
    return framed(request, "spaces/members.html", space, "members", context, status)


@opens(Space, to=rules.brings_groups)
@require_POST
def add_group(request: HttpRequest, space: Space) -> HttpResponse:
    form = GroupPartyForm(request.viewer, request.POST)
    if form.is_valid():
        try:
            done = making.add_party(
                request.viewer, space, form.cleaned_data["power"], group=form.cleaned_data["group"]
            )
        except making.TooMany:
            form.add_error("group", FULL)
        else:
            tell_outcome(request, done, _("La classe est dans l’espace."))
            return redirect("spaces:members", pk=space.pk)
    return _members(request, space, group_form=form, status=TYPED_WRONG)


@opens(Space, to=rules.has_parties)
@require_POST
def add_person(request: HttpRequest, space: Space) -> HttpResponse:
    form = PersonPartyForm(request.viewer, request.POST)
    if form.is_valid():
        try:
            done = making.add_party(
                request.viewer, space, form.cleaned_data["power"], person=form.cleaned_data["person"]
            )
        except making.TooMany:
            form.add_error("person", FULL)
        else:
            tell_outcome(request, done, _("La personne est dans l’espace, et prévenue."))
            return redirect("spaces:members", pk=space.pk)
    return _members(request, space, person_form=form, status=TYPED_WRONG)


@removes
@opens(Party, to=rules.ends_party)
@require_POST
def end_party(request: HttpRequest, party: Party) -> HttpResponseRedirect:
    """Somebody, or a class, leaves."""
    over = party.left_at is not None
    done = not over and making.end_party(request.viewer, party)
    alone = _("Il faut que quelqu’un anime l’espace.")
    tell_outcome(request, done, _("C’est fait : ils n’y entrent plus."), ALREADY_DONE if over else alone)
    still = Space.objects.visible_to(request.viewer).filter(pk=party.space_id).exists()
    return redirect("spaces:members", pk=party.space_id) if still else redirect("spaces:spaces")


@opens(Space, to=rules.calls_schools)
@require_POST
def call_school(request: HttpRequest, space: Space) -> HttpResponseRedirect:
    """A word for a teacher of another school, shown once."""
    code = making.call_school(request.viewer, space)
    sentence = _(
        "Le mot à donner à votre collègue : %(code)s. Il sert une fois, pendant sept jours, à la page « Espaces », « Répondre à une invitation ». Notez-le : il ne sera plus montré."
    )
    messages.success(request, sentence % {"code": code})
    return redirect("spaces:members", pk=space.pk)


@opens(Space, to=rules.settles_space)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, space: Space) -> HttpResponse:
    """Its dates, what pupils may do, when questions reach whoever runs it."""
    form = SettingsForm(space, request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = making.settle(request.viewer, space, form.facts(), form.hours())
        tell_outcome(request, done, _("Les réglages sont enregistrés."), _("Rien n’a changé."))
        return redirect("spaces:settings", pk=space.pk)
    return framed(request, "spaces/settings.html", space, "settings", {"form": form}, status_of(form))


@opens(Space, to=rules.settles_space)
@require_POST
def archive(request: HttpRequest, space: Space) -> HttpResponseRedirect:
    done = making.archive(request.viewer, space)
    tell_outcome(request, done, _("L’espace est archivé : on le lit encore, on n’y écrit plus."))
    return redirect("spaces:space", pk=space.pk)


@opens(Space, to=rules.settles_space)
@require_POST
def reopen(request: HttpRequest, space: Space) -> HttpResponseRedirect:
    tell_outcome(request, making.reopen(request.viewer, space), _("L’espace est rouvert."))
    return redirect("spaces:space", pk=space.pk)
