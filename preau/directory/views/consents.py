"""Pages of consents: what a pupil or a family answers, what a school asks and follows, who may appear, parents at eighteen."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.actions import consents as actions
from preau.directory.exports import consents as exports
from preau.directory.forms.consents import AccessForm, AnswerForm, AskForm, ListFilter, PaperForm
from preau.directory.models import Consent, ConsentRequest, Group, Person
from preau.directory.queries import consents as queries
from preau.directory.queries import photos
from preau.directory.queries.groups import pupils_of
from preau.directory.rules import consents as rules
from preau.directory.viewer import Viewer
from preau.foundation import downloads, journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import pdf_file
from preau.foundation.pages import render_form, status_of, tell_outcome
from preau.foundation.paging import page_for
from preau.foundation.text import natural

A_PAGE = 40
TYPED_WRONG, CONFLICT = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT
YES = Consent.Answer.YES


# Pupils and families


@opens(to=rules.has_consents)
@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """For each pupil of this seat, what is asked and what is still to answer."""
    viewer = request.viewer
    people = queries.own_people(viewer)
    context = {
        "answering": queries.asked_about(viewer, people),
        "photos": photos.pupils_to_answer_for(viewer),
        "is_own": not viewer.is_guardian,
        "is_of_age": rules.settles_family_access(viewer),
    }
    return render(request, "directory/consents.html", context)


@opens(Person, to=rules.reads_consents_of, by="public_id")
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that is asked about a pupil: what it is, what was said, and two buttons to say something else."""
    return _answered(request, person, "directory/consent.html", "directory:consent", beside=False)


@opens(Person, to=rules.asks_beside, by="public_id")
@require_http_methods(["GET", "POST"])
def consent_beside(request: HttpRequest, person: Person) -> HttpResponse:
    """The same read with a child who cannot read yet: pictures, short sentences, two large buttons."""
    return _answered(
        request, person, "directory/consent_beside.html", "directory:consent_beside", beside=True
    )


def _answered(request: HttpRequest, person: Person, page: str, name: str, *, beside: bool) -> HttpResponse:
    viewer = request.viewer
    form, status = AnswerForm(request.POST or None), HTTPStatus.OK
    if form.is_valid():
        agrees = form.cleaned_data["reponse"] == YES
        say = actions.answer_beside if beside else actions.answer
        try:
            changed = say(viewer, _asked(viewer, form.cleaned_data["demande"]), person, agrees=agrees)
        except actions.NotAsked:
            status = CONFLICT
        else:
            _say_it(request, changed=changed, agrees=agrees)
            return redirect(name, public_id=person.public_id)
    elif request.method == "POST":
        status = TYPED_WRONG
    found = queries.asked_about(viewer, [person], history=not beside)[0]
    context = {
        "person": person,
        "found": found,
        "is_own": viewer.person.pk == person.pk,
        "is_staff": viewer.is_staff,
        "status": status,
    }
    return render(request, page, context, status=status)


def _asked(viewer: Viewer, number: int) -> ConsentRequest:
    """What nobody asks this viewer is as what is asked no more. Raises NotAsked."""
    found = ConsentRequest.objects.visible_to(viewer).filter(pk=number).first()
    if found is None:
        raise actions.NotAsked
    return found


def _say_it(request: HttpRequest, *, changed: bool, agrees: bool) -> None:
    if not changed:
        messages.info(request, _("C’était déjà la réponse."))
    elif agrees:
        messages.success(request, _("C’est oui. Vous pouvez changer d’avis ici à tout moment."))
    else:
        messages.success(
            request, _("C’est non, dès maintenant. Vous pouvez changer d’avis ici à tout moment.")
        )


@opens(to=rules.settles_family_access)
@require_http_methods(["GET", "POST"])
def family_access(request: HttpRequest) -> HttpResponse:
    """A pupil of age says whether their parents go on following them here."""
    viewer = request.viewer
    form = AccessForm(request.POST or None)
    if form.is_valid():
        closes = form.cleaned_data["choix"] == "fermer"
        changed = actions.close_family(viewer) if closes else actions.open_family(viewer)
        if not changed:
            messages.info(request, _("C’était déjà votre choix."))
        elif closes:
            messages.success(request, _("Vos parents ne suivent plus votre scolarité ici, dès maintenant."))
        else:
            messages.success(request, _("Vos parents suivent de nouveau votre scolarité ici."))
        return redirect("directory:family_access")
    status = status_of(form)
    context = {"closure": queries.closure_of(viewer), "wrong": bool(form.errors)}
    return render(request, "directory/family_access.html", context, status=status)


# The school


def _told(consent_request: ConsentRequest) -> queries.RequestText | None:
    """None for what is asked no more."""
    return next(iter(queries.current([consent_request])), None)


@opens(to=rules.asks_consents)
@require_http_methods(["GET", "POST"])
def consent_requests(request: HttpRequest) -> HttpResponse:
    """What the school asks this year; and one more question."""
    viewer = request.viewer
    form = AskForm(queries.may_ask(viewer), request.POST or None)
    if form.is_valid():
        purpose, about, words = form.asked()
        try:
            asked, is_new = actions.ask(viewer, purpose, about, words)
        except actions.NotAsked:
            form.add_error(
                None, _("L’établissement n’a pas d’année scolaire en cours : rien ne peut être demandé.")
            )
        else:
            tell_outcome(
                request,
                is_new,
                _("C’est demandé. Chacun est prévenu dans les minutes qui viennent."),
                _("C’était déjà demandé, dans les mêmes mots."),
            )
            return redirect("directory:consent_request", pk=asked.pk)
    context = {"told": queries.questions_of(viewer), "form": form}
    return render_form(request, "directory/consent_requests.html", context)


@opens(ConsentRequest, to=rules.follows_request)
@require_safe
def consent_request(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponse:
    """One question: how each class answers, and pupil by pupil."""
    viewer, request_text = request.viewer, _told(consent_request)
    # What is asked no more allows nothing: a « oui » beside a name would say otherwise.
    rows = queries.rows_of(viewer, consent_request) if request_text else []
    form = ListFilter(
        sorted({row.school_class for row in rows if row.school_class}, key=natural), request.GET
    )
    school_class, what = form.chosen()
    page = page_for(request, queries.chosen(rows, school_class, what), A_PAGE)
    context = {
        "asked": consent_request,
        "told": request_text,
        "counts": queries.counts_of(rows),
        "total": queries.total_of(rows),
        "form": form,
        "filtered": bool(school_class or what),
        "page_obj": page,
        "query": urlencode({"dans": school_class, "etat": what}),
        "may_remind": queries.may_remind(consent_request, viewer.moment),
        "remind_on": queries.can_be_reminded_on(consent_request),
        "pdf": pdf.is_possible(),
    }
    return render(request, "directory/consent_request.html", context)


@opens(ConsentRequest, to=rules.follows_request)
@require_POST
def remind_consents(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponseRedirect:
    """Tell again those who have not answered, once a week at most."""
    try:
        actions.remind(request.viewer, consent_request)
    except actions.TooSoon:
        messages.info(request, _("Un rappel est parti il y a moins d’une semaine."))
    except actions.NotAsked:
        messages.info(request, _("Cette autorisation n’est plus demandée."))
    else:
        messages.success(request, _("Le rappel part dans les minutes qui viennent."))
    return redirect("directory:consent_request", pk=consent_request.pk)


@opens(ConsentRequest, to=rules.follows_request)
@require_POST
def close_consents(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponseRedirect:
    """Ask it no more."""
    tell_outcome(
        request,
        actions.close(request.viewer, consent_request),
        _("Ce n’est plus demandé, et plus rien n’est autorisé par cette demande."),
    )
    return redirect("directory:consent_requests")


@opens(ConsentRequest, to=rules.follows_request)
@require_http_methods(["GET", "POST"])
def paper_consent(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponse:
    """Write down what came back on paper, and from whom."""
    viewer, status = request.viewer, HTTPStatus.OK
    wanted = (request.POST if request.method == "POST" else request.GET).get("eleve", "").replace("\0", "")
    person = Person.objects.visible_to(viewer).filter(public_id=wanted).first()
    if person is None:
        messages.info(request, _("Choisissez d’abord un élève dans la liste."))
        return redirect("directory:consent_request", pk=consent_request.pk)
    givers, state = queries.givers_of(consent_request, person, viewer.today)
    form = PaperForm(givers, request.POST or None)
    if form.is_valid():
        agrees = form.cleaned_data["reponse"] == YES
        try:
            changed = actions.note(viewer, consent_request, person, form.giver, agrees=agrees)
        except actions.NotAsked:
            status = CONFLICT
        else:
            tell_outcome(
                request, changed, _("C’est noté. La personne en est prévenue."), _("C’était déjà sa réponse.")
            )
            return redirect("directory:consent_request", pk=consent_request.pk)
    context = {
        "asked": consent_request,
        "told": _told(consent_request),
        "person": person,
        "givers": givers,
        "state": queries.SAID[state],
        "form": form,
        "status": status,
    }
    return render(request, "directory/paper_consent.html", context, status=status_of(form, status))


@opens(ConsentRequest, to=rules.follows_request)
@confirmed()
@require_POST
def export_consents(
    request: HttpRequest, consent_request: ConsentRequest
) -> StreamingHttpResponse | HttpResponseRedirect:
    """Who agrees, for a spreadsheet."""
    viewer = request.viewer
    if _told(consent_request) is None:
        messages.info(request, _("Cette autorisation n’est plus demandée."))
        return redirect("directory:consent_request", pk=consent_request.pk)
    rows = queries.rows_of(viewer, consent_request)
    journal.record(viewer, "directory.consents_exported", consent_request, rows=len(rows))
    header = [_("Nom"), _("Prénom"), _("Classe"), _("Réponse"), _("À joindre sur papier")]
    return downloads.csv_file(
        f"autorisations-{consent_request.pk}-{viewer.today:%Y-%m-%d}", header, queries.csv_lines(rows)
    )


@opens(ConsentRequest, to=rules.follows_request)
@confirmed()
@require_POST
def consent_papers(request: HttpRequest, consent_request: ConsentRequest) -> HttpResponse:
    """The forms to hand to those whom only paper reaches."""
    request_text = _told(consent_request)
    if request_text is None:
        messages.info(request, _("Cette autorisation n’est plus demandée."))
        return redirect("directory:consent_request", pk=consent_request.pk)
    rows = queries.chosen(queries.rows_of(request.viewer, consent_request), "", "papier")
    if not rows or not pdf.is_possible():
        messages.info(request, _("Aucun papier à imprimer : tout le monde peut répondre ici."))
        return redirect("directory:consent_request", pk=consent_request.pk)
    journal.record(request.viewer, "directory.consents_printed", consent_request, rows=len(rows))
    return pdf_file(f"autorisations-{consent_request.pk}", exports.papers(request_text, rows))


@opens(Group, to=rules.reads_group_consents)
@require_safe
def group_consents(request: HttpRequest, group: Group) -> HttpResponse:
    """Who of a class may appear in what the school publishes: yes or no, never why."""
    viewer = request.viewer
    page = page_for(request, pupils_of(viewer, group), A_PAGE)
    request_texts, rows = queries.appearing(viewer, group, page.object_list)
    context = {"group": group, "told": request_texts, "rows": rows, "page_obj": page}
    return render(request, "directory/group_consents.html", context)
