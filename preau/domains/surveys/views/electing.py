"""The election of delegates: candidates, vote, booth, count, minutes; who is delegate."""

import secrets
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.surveys import exports, rules
from preau.domains.surveys.actions import voting
from preau.domains.surveys.forms import (
    BallotForm,
    CandidacyForm,
    CodeForm,
    ElectionForm,
    ParentForm,
    RefusalForm,
)
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Round
from preau.domains.surveys.queries import elections as queries
from preau.foundation import pdf, throttle
from preau.foundation.access import anyone, opens
from preau.foundation.downloads import printed
from preau.foundation.gone import removes
from preau.foundation.http import client_address
from preau.foundation.pages import TYPED_WRONG, refusals, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 30
CLASSES = 8
BEGUN = {voting.NotNow: gettext_lazy("Le vote a commencé : les candidatures ne changent plus.")}
# Wrong codes from one device, and from all those behind one address, which may be a whole school.
MOST, MOST_OF_ADDRESS, WINDOW = 20, 200, timedelta(minutes=10)


@opens(to=rules.reads_elections)
@require_safe
def elections(request: HttpRequest) -> HttpResponse:
    """Those that one holds, or that of one's class."""
    page = page_for(request, queries.elections_of(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "opens": rules.opens_elections(request.viewer),
        "asks": rules.asks(request.viewer),
        "is_staff": request.viewer.is_staff,
    }
    return render(request, "surveys/elections.html", context)


@opens(to=rules.opens_elections)
@require_http_methods(["GET", "POST"])
def open_election(request: HttpRequest) -> HttpResponse:
    """Open the election of one class."""
    form = ElectionForm(request.viewer, request.POST or None)
    if form.is_valid():
        made, is_new = voting.open_election(request.viewer, form.cleaned_data["group"])
        tell_outcome(
            request,
            is_new,
            _("L’élection est ouverte : les élèves se présentent."),
            _("Elle était déjà ouverte."),
        )
        return redirect("surveys:election", pk=made.pk)
    return render_form(request, "surveys/open_election.html", {"form": form})


@opens(Election, to=rules.sees)
@require_safe
def election(request: HttpRequest, election: Election) -> HttpResponse:
    """Candidates, turn-out, and the count once a round is closed."""
    context = _context(request, election)
    return render(request, "surveys/election.html", context | {"refusals": _refusals(context)})


def _refusal(pk: int, data: Any = None) -> RefusalForm:
    """That of one candidacy among those of a page."""
    return RefusalForm(data, auto_id=f"revoir-{pk}-%s")


def _refusals(context: dict[str, Any]) -> dict[int, RefusalForm]:
    pks = [one.candidate.pk for one in context["candidates"]] if context["comes"] else []
    return {pk: _refusal(pk) for pk in pks}


def _context(request: HttpRequest, election: Election) -> dict[str, Any]:
    election = Election.objects.select_related("group", "school", "opened_by").get(pk=election.pk)
    viewer, rounds = request.viewer, queries.rounds_of(election)
    holds = rules.holds(viewer, election)
    comes = holds and election.state == Election.State.CANDIDATES
    candidates = queries.candidates_of(viewer, election, rounds)
    line = queries.own_line(viewer, election)
    stand = any(
        one.candidate.state == Candidate.State.ACCEPTED and one.candidate.agreed for one in candidates
    )
    return {
        "election": election,
        "nobody_stands": election.state == Election.State.CANDIDATES and not stand,
        "holds": holds,
        "comes": comes,
        "left_out": {one.pk: one for one in queries.not_ready(election, viewer.today)} if comes else {},
        "rounds": [
            (one, queries.points_of(one, candidates) if not one.round.is_open else []) for one in rounds
        ],
        "candidates": candidates,
        "own": next(
            (one.candidate for one in candidates if one.candidate.pupil_id == viewer.person.pk), None
        ),
        "elector": line,
        "may_stand": rules.is_elector(viewer) and election.state == Election.State.CANDIDATES,
        "elected": [one.candidate.pupil.full_name for one in candidates if one.candidate.elected_in],
        "proposed": [
            one.candidate
            for one in candidates
            if election.state == Election.State.CANDIDATES
            and rules.is_named_substitute(viewer, one.candidate)
        ],
    }


@opens(Election, to=rules.sees)
@require_http_methods(["GET", "POST"])
def stand(request: HttpRequest, election: Election) -> HttpResponse:
    """A pupil stands with a substitute; an adult types it for them."""
    election = Election.objects.select_related("group").get(pk=election.pk)
    own = Candidate.objects.filter(election=election, pupil=request.viewer.person.pk).first()
    form = CandidacyForm(request.viewer, election, request.POST or None, own=own)
    if form.is_valid():
        data = form.cleaned_data
        facts = voting.Candidacy(
            data.get("pupil") or request.viewer.person, data["substitute"], data["words"]
        )
        mistakes = {
            voting.NotNow: _("Les candidatures sont closes."),
            voting.NotOfTheClass: _("Titulaire et suppléant sont deux élèves de la classe."),
            voting.Engaged: _(
                "L’un des deux se présente déjà, ou a accepté d’être suppléant\u202f: une seule candidature chacun."
            ),
            voting.SameWords: _(
                "Cette candidature est à revoir\u202f: changez vos mots, ou votre suppléant."
            ),
        }
        with refusals(request, mistakes):
            done = voting.stand(request.viewer, election, facts)
            sentence = (
                _("La candidature est notée.")
                if form.own is None
                else _("Votre candidature est envoyée : un adulte la lit.")
            )
            tell_outcome(request, done, sentence, _("C’était déjà noté ainsi."))
        return redirect("surveys:election", pk=election.pk)
    refusal = own.refusal if own else ""
    context = {"form": form, "election": election, "refusal": refusal}
    return render_form(request, "surveys/stand.html", context)


@opens(Candidate, to=rules.decides)
@require_POST
def decide(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Accept a candidacy, or send it back and say why."""
    accepted, form = request.POST.get("decision") == "accepter", _refusal(candidate.pk, request.POST)
    if not accepted and not form.is_valid():
        context = _context(request, candidate.election)
        context["refusals"] = {**_refusals(context), candidate.pk: form}
        return render(request, "surveys/election.html", context, status=TYPED_WRONG)
    why = "" if accepted else form.cleaned_data["why"]
    with refusals(request, BEGUN | {voting.Changed: _("La candidature a changé\u202f: relisez-la.")}):
        done = voting.decide(
            request.viewer, candidate, accepted=accepted, read=request.POST.get("lu", ""), why=why
        )
        sentence = (
            _("La candidature est acceptée.") if accepted else _("L’élève est prévenu\u202f: il la revoit.")
        )
        tell_outcome(request, done, sentence, _("C’était déjà décidé."))
    return redirect("surveys:election", pk=candidate.election_id)


@removes
@opens(Candidate, to=rules.withdraws)
@require_POST
def withdraw(request: HttpRequest, candidate: Candidate) -> HttpResponseRedirect:
    """A pupil stands no more."""
    with refusals(request, BEGUN):
        done = voting.withdraw(request.viewer, candidate)
        tell_outcome(request, done, _("Votre candidature est retirée."), _("Elle l’était déjà."))
    return redirect("surveys:election", pk=candidate.election_id)


@opens(Candidate, to=rules.is_named_substitute)
@require_POST
def answer_as_substitute(request: HttpRequest, candidate: Candidate) -> HttpResponseRedirect:
    """Whoever is named as substitute says yes, or no."""
    agrees = request.POST.get("accord") == "oui"
    gesture = voting.agree if agrees else voting.step_aside
    engaged = {voting.Engaged: _("Vous vous présentez déjà\u202f: une seule candidature chacun.")}
    changed = {voting.Changed: _("Cette candidature a changé\u202f: un autre élève est proposé.")}
    with refusals(request, BEGUN | engaged, changed):
        done = gesture(request.viewer, candidate)
        sentence = (
            _("C’est noté\u202f: vous acceptez la suppléance.")
            if agrees
            else _("C’est noté\u202f: vous la refusez.")
        )
        tell_outcome(request, done, sentence, _("C’était déjà noté ainsi."))
    return redirect("surveys:election", pk=candidate.election_id)


@opens(Election, to=rules.holds)
@require_POST
def open_round(request: HttpRequest, election: Election) -> HttpResponseRedirect:
    """Voting opens."""
    mistakes = {
        voting.StillWaiting: _("Une candidature attend votre lecture : acceptez-la, ou faites-la revoir."),
        voting.LeftOut: _(
            "Une candidature n’est pas prête\u202f: regardez la liste, puis ouvrez le vote sans elle."
        ),
        voting.NobodyStands: _("Il n’y a pas de candidat."),
        voting.NotNow: _("Cette élection est terminée."),
    }
    with refusals(request, mistakes):
        done = voting.open_round(request.viewer, election, without=request.POST.get("sans") == "oui")
        tell_outcome(request, done, _("Le vote est ouvert."), _("Il l’était déjà."))
    return redirect("surveys:election", pk=election.pk)


@opens(Election, to=rules.holds)
@require_http_methods(["GET", "POST"])
def close_round(request: HttpRequest, election: Election) -> HttpResponse:
    """Voting is closed, and counted twice; first a page says how many have not voted, since no round opens again."""
    election = Election.objects.select_related("group").get(pk=election.pk)
    if request.method != "POST":
        round_ = queries.open_round(election)
        if round_ is None:
            messages.info(request, _("Aucun vote n’est ouvert."))
            return redirect("surveys:election", pk=election.pk)
        turnout = queries.turnout_of(round_, request.viewer.today)
        return render(request, "surveys/close_round.html", {"election": election, "turnout": turnout})
    mistakes = {
        voting.TooFew: _(
            "Moins de cinq élèves ont voté\u202f: le résultat dirait pour qui. Le vote reste ouvert."
        ),
        voting.NotTheSame: _("Les deux dépouillements ne disent pas la même chose : rien n’est proclamé."),
    }
    with refusals(request, mistakes):
        done = voting.close_round(request.viewer, election)
        tell_outcome(
            request, done, _("Le tour est clos et dépouillé deux fois."), _("Aucun vote n’est ouvert.")
        )
    return redirect("surveys:election", pk=election.pk)


@opens(Elector, to=rules.votes)
@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, elector: Elector) -> HttpResponse:
    """A pupil's own ballot."""
    elector = Elector.objects.select_related("round", "round__election", "round__election__group").get(
        pk=elector.pk
    )
    election = elector.round.election
    standing = queries.standing(election, request.viewer.today)
    form = BallotForm(standing, request.POST if request.method == "POST" else None)
    is_open = elector.round.is_open and not elector.has_voted
    if request.method == "POST" and (form.is_valid() or not is_open):
        mistakes = {
            voting.NotNow: _("Le vote est clos. Rien n’a été envoyé."),
            voting.NotOfTheClass: _("Vous n’êtes plus dans cette classe : vous ne votez pas ici."),
        }
        with refusals(request, mistakes):
            done = is_open and voting.vote(request.viewer, elector, form.chosen)
            tell_outcome(
                request,
                done,
                _("Votre bulletin est dans l’urne."),
                _("Le vote est clos, ou vous avez déjà voté\u202f: un bulletin ne se change pas."),
            )
        return redirect("surveys:election", pk=election.pk)
    context = {
        "form": form,
        "election": election,
        "round": elector.round,
        "is_open": is_open,
        "has_voted": elector.has_voted,
        "candidates": standing,
    }
    return render(request, "surveys/vote.html", context, status=status_of(form))


@opens(to=anyone)
@require_http_methods(["GET", "POST"])
def booth(request: HttpRequest) -> HttpResponse:
    """The device of the class, on which nobody has signed in: a code, a ballot, then the next pupil."""
    if request.method != "POST":
        return render(request, "surveys/booth.html", {"form": CodeForm()})
    form = CodeForm(request.POST)
    if not form.is_valid():
        return render(request, "surveys/booth.html", {"form": form}, status=TYPED_WRONG)
    code = form.cleaned_data["code"]
    if (wait := _to_wait(request)) > 0:
        sentence = ngettext(
            "Trop de codes ont été essayés ici. Attendez %(num)s minute, puis recommencez.",
            "Trop de codes ont été essayés ici. Attendez %(num)s minutes, puis recommencez.",
            wait,
        )
        form.add_error("code", sentence % {"num": wait})
        return render(request, "surveys/booth.html", {"form": form}, status=TYPED_WRONG)
    elector = queries.elector_of_code(code)
    if elector is None and _was_shown(request, code):
        messages.info(request, _("Ce code a servi, ou le vote est clos. Rien n’a été ajouté. Au suivant."))
        return redirect("surveys:booth")
    if elector is None:
        for parts, _most in _windows(request):
            throttle.hit("surveys.booth", *parts, window=WINDOW)
        form.add_error(
            "code", _("Ce code ne sert pas, ou a déjà servi. Demandez à l’adulte qui organise le vote.")
        )
        return render(request, "surveys/booth.html", {"form": form}, status=TYPED_WRONG)
    return _ballot_at_booth(request, elector, code)


def _windows(request: HttpRequest) -> list[tuple[tuple[str, ...], int]]:
    """What wrong codes are counted by, and how many: one pupil who types anything stops their device, not the school behind its address."""
    address = client_address(request)
    device = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    return [((address, "device", device), MOST), ((address,), MOST_OF_ADDRESS)]


def _to_wait(request: HttpRequest) -> int:
    """How many minutes; 0 when one may try."""
    waits = [
        throttle.ends_in("surveys.booth", *parts)
        for parts, most in _windows(request)
        if throttle.tries("surveys.booth", *parts) >= most
    ]
    return -(-max(waits) // 60) if waits else 0


def _shown(code: str) -> str:
    """The mark of a ballot that was shown for this code: the second click of a device that holds it is no guess."""
    return signing.Signer(salt="preau.surveys.booth").signature(code)


def _was_shown(request: HttpRequest, code: str) -> bool:
    """Did this page come with the ballot of that code?"""
    return secrets.compare_digest(request.POST.get("shown", "").encode(), _shown(code).encode())


def _ballot_at_booth(request: HttpRequest, elector: Elector, code: str) -> HttpResponse:
    election = elector.round.election
    today = timezone.localdate(timezone=ZoneInfo(election.school.timezone))
    standing = queries.standing(election, today)
    ballot = BallotForm(standing, request.POST if "voter" in request.POST else None)
    if ballot.is_valid():
        closed = _("Le vote est clos, ou ce code a déjà servi. Rien n’a été envoyé.")
        with refusals(request, dict.fromkeys([voting.NotNow, voting.NotOfTheClass], closed)):
            done = voting.vote_by_code(code, ballot.chosen)
            tell_outcome(
                request,
                done,
                _("Le bulletin est dans l’urne. Au suivant."),
                _("Ce code vient de servir. Rien n’a été ajouté."),
            )
        return redirect("surveys:booth")
    context = {
        "form": ballot,
        "code": code,
        "shown": _shown(code),
        "election": election,
        "round": elector.round,
        "candidates": standing,
    }
    return render(request, "surveys/booth_ballot.html", context, status=status_of(ballot))


@opens(Election, to=rules.holds)
@require_POST
def codes(request: HttpRequest, election: Election) -> HttpResponse:
    """The slips of those who have not voted: one code each, to be cut and handed out."""
    round_ = Round.objects.filter(election=election, closed_at=None).select_related("election__group").first()
    if round_ is None:
        messages.error(request, _("Aucun vote n’est ouvert."))
        return redirect("surveys:election", pk=election.pk)
    try:
        drawn = voting.draw_codes(request.viewer, round_)
    except voting.NotNow:
        messages.error(request, _("Aucun vote n’est ouvert."))
        return redirect("surveys:election", pk=election.pk)
    address = request.build_absolute_uri(reverse("surveys:booth"))
    return printed(exports.codes_page(round_, drawn, address), f"codes-{election.pk}")


@opens(Election, to=rules.holds)
@require_safe
def minutes(request: HttpRequest, election: Election) -> HttpResponse:
    """The minutes: the roll, the votes, who is elected, the digest of each count."""
    return printed(
        pdf.page_of("surveys/minutes_pdf.html", _context(request, election)),
        f"proces-verbal-{election.pk}",
    )


# Delegates


@opens(to=rules.reads_delegates)
@require_safe
def delegates(request: HttpRequest) -> HttpResponse:
    """Class by class, who speaks for it."""
    page = page_for(request, queries.classes_with_delegates(request.viewer), CLASSES)
    context = {
        "page_obj": page,
        "classes": queries.delegates_of(request.viewer, page.object_list),
        "is_staff": request.viewer.is_staff,
        "names": rules.names_delegates(request.viewer),
        "asks": rules.asks(request.viewer),
        "elects": rules.reads_elections(request.viewer),
    }
    return render(request, "surveys/delegates.html", context)


@opens(to=rules.names_delegates)
@require_http_methods(["GET", "POST"])
def name_parent(request: HttpRequest) -> HttpResponse:
    """The head types a representative of the parents of a class."""
    viewer = request.viewer
    chosen = ElectionForm(viewer, request.POST or request.GET)
    group = chosen.cleaned_data.get("group") if chosen.is_valid() else None
    form = ParentForm(viewer, group, request.POST or None)
    if group is not None and form.is_valid():
        with refusals(request, {voting.NotOfTheClass: _("Ce parent n’a pas d’enfant dans la classe.")}):
            done = voting.name_parent(viewer, group, form.cleaned_data["person"])
            tell_outcome(request, done, _("C’est noté."), _("C’était déjà noté."))
        return redirect("surveys:delegates")
    context = {"form": form, "group": group, "groups": list(queries.classes_for(viewer))}
    return render_form(request, "surveys/name_parent.html", context)


@opens(Delegate, to=rules.ends_delegate)
@require_POST
def end_delegate(request: HttpRequest, delegate: Delegate) -> HttpResponseRedirect:
    """Somebody speaks for the class no more."""
    done = voting.end_delegate(request.viewer, delegate)
    tell_outcome(request, done, _("Ce mandat est terminé."), _("Il l’était déjà."))
    return redirect("surveys:delegates")
