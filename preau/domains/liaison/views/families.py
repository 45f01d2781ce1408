"""Families and pupils: the notebook, a word to read and sign, its proof. The staff: what they received, coupons, observations."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.asking.queries.typed import GroupFilter, draft_form
from preau.commons.questions.queries.answers import answered, own_response, questions_of
from preau.commons.questions.queries.typed import ResponseForm
from preau.directory.models import Person
from preau.domains.liaison import rules
from preau.domains.liaison.actions import answering, remarking
from preau.domains.liaison.actions.answering import Said
from preau.domains.liaison.forms import NO, YES, AnswerForm, CouponForm, RemarkForm
from preau.domains.liaison.models import Recipient, Remark, Word
from preau.domains.liaison.queries import book as queries
from preau.domains.liaison.queries import languages, reading
from preau.domains.liaison.queries.words import groups_for
from preau.foundation import pdf
from preau.foundation.access import opens
from preau.foundation.downloads import printed
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, refusals, render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE, WORDS = 30, 40


@opens(to=rules.has_notebook)
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """The notebook of one child, or of all."""
    viewer = request.viewer
    children = (
        list(Person.objects.filter(pk__in=viewer.own_pupils()).order_by("given_name", "pk"))
        if viewer.is_guardian
        else []
    )
    child = next((one for one in children if one.public_id == request.GET.get("enfant")), None)
    if len(children) == 1:
        child = children[0]
    page = page_for(request, queries.words_received(viewer, child), WORDS)
    context = {
        "book": queries.book_of(viewer, child, page.object_list),
        "page_obj": page,
        "children": children,
        "child": child,
        "several": len(children) > 1 and child is None,
    }
    return render(request, "liaison/book.html", context)


@opens(Recipient, to=rules.opens_copy)
@require_safe
def read(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    """One word, as its reader opens it: it is then read. Whoever follows it sees what a family reads."""
    if rules.receives(request.viewer, recipient):
        answering.note_read(request.viewer, recipient)
    return _page(request, recipient)


def _page(
    request: HttpRequest, recipient: Recipient, form: ResponseForm | None = None, status: int = 200
) -> HttpResponse:
    entry = queries.entry_of(recipient, request.viewer)
    word, asked, answers, receives = entry.word, [], [], rules.receives(request.viewer, recipient)
    if word.questionnaire is not None:
        asked = questions_of(word.questionnaire)
        subject = entry.recipient.pupil or entry.recipient.person
        known = own_response(word.questionnaire, subject, entry.recipient.person)
        form = form or ResponseForm(asked, answers=known.answers if known else None)
        answers = answered(asked, known.answers) if known and known.digest else []
    context = {
        "entry": entry,
        "shown": reading.digest_of_lines(reading.lines_shown(word, asked, entry.precisions)),
        "word": word,
        "mine": queries.answer_of(recipient),
        "form": form,
        "said": answers,
        "is_staff": request.viewer.is_staff,
        "receives": receives,
        "beside": languages.beside(entry, request.viewer) if receives else languages.Beside(),
    }
    return render(request, "liaison/read.html", context, status=status)


def _questions_typed(request: HttpRequest, entry: queries.Entry) -> ResponseForm | None:
    """The answers to the questions of a word. To refuse, or to go on later, none of them is needed."""
    if entry.word.questionnaire is None:
        return None
    free = "plus-tard" in request.POST or request.POST.get("said") == NO
    return ResponseForm(questions_of(entry.word.questionnaire), request.POST, is_draft=free)


def _kept_for_later(request: HttpRequest, entry: queries.Entry, form: ResponseForm) -> HttpResponse:
    over = _("Votre réponse n’est plus attendue pour ce mot.")
    with refusals(request, dict.fromkeys([answering.NotAwaited, answering.TooLate], over)):
        answering.keep_for_later(request.viewer, entry.recipient, form.answers)
        messages.success(request, _("C’est gardé. Rien n’est encore envoyé."))
    return redirect("liaison:read", pk=entry.recipient.pk)


@opens(Recipient, to=rules.receives)
@require_POST
def sign(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    """Sign, refuse, say that one has read; or keep for later what was begun."""
    entry = queries.entry_of(recipient, request.viewer)
    form = _questions_typed(request, entry)
    if form is not None and not form.is_valid():
        return _page(request, recipient, form, TYPED_WRONG)
    if form is not None and "plus-tard" in request.POST:
        return _kept_for_later(request, entry, form)
    button = AnswerForm(request.POST)
    if not button.is_valid():
        messages.error(request, _("Répondez avec l’un des boutons."))
        return _page(request, recipient, form, TYPED_WRONG)
    reply = Said(
        button.cleaned_data["said"] == YES, form.answers if form else None, request.POST.get("lu", "")
    )
    try:
        done = answering.answer(request.viewer, recipient, reply)
    except answering.Changed:
        messages.error(request, _("Une précision a été ajoutée\u202f: relisez avant de signer."))
        return _page(request, recipient, form, TYPED_WRONG)
    except answering.TooLate:
        messages.error(request, _("La date est passée. Écrivez ou téléphonez à l’établissement."))
    except answering.NotAwaited:
        messages.error(request, _("Votre réponse n’est plus attendue pour ce mot."))
    else:
        tell_outcome(request, done, *_outcomes(entry.word, reply))
    return redirect("liaison:read", pk=recipient.pk)


def _outcomes(word: Word, reply: Said) -> tuple[str, str]:
    """What is said of an answer, and of the same one once more."""
    if word.is_information:
        return _("Votre lecture est confirmée."), _("Elle l’était déjà.")
    if reply.is_yes:
        return _("C’est signé. Votre preuve est sur cette page."), _("C’était déjà signé ainsi.")
    return _("Votre refus est noté. La preuve est sur cette page."), _("Votre refus était déjà noté.")


@opens(Recipient, to=rules.reads_proof)
@require_safe
def proof(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    """Who answered what, when, how, about which text: on paper."""
    entry = queries.entry_of(recipient, request.viewer)
    asked = reading.asked_of_word(entry.word)
    context = {
        "entry": entry,
        "word": entry.word,
        "recipient": entry.recipient,
        "history": [
            (answer, reading.lines_of_answer(answer, entry.word, asked, entry.precisions))
            for answer in queries.history_of(recipient)
        ],
        "sent": reading.lines_shown(entry.word, asked, ()),
    }
    return printed(pdf.page_of("liaison/proof_pdf.html", context), f"preuve-{recipient.pk}")


# Coupons


@opens(to=rules.writes_words)
@require_http_methods(["GET", "POST"])
def coupon(request: HttpRequest) -> HttpResponse:
    """The code of a sheet that came back: it leads to what is to be typed in."""
    form = CouponForm(request.POST or None)
    if form.is_valid():
        found = (
            Recipient.objects.visible_to(request.viewer)
            .filter(code=form.cleaned_data["coupon"])
            .exclude(person=request.viewer.person.pk)
            .first()
        )
        if found is not None and rules.drives(request.viewer, found.word):
            return redirect("liaison:enter", pk=found.pk)
        form.add_error("coupon", _("Aucun coupon de vos mots ne porte ce code."))
    return render_form(request, "liaison/coupon.html", {"form": form})


@opens(Recipient, to=rules.enters)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    """Type in what a coupon says, of the person whose it is."""
    entry = queries.entry_of(recipient, request.viewer)
    asked = questions_of(entry.word.questionnaire)
    # A sheet comes back as it was filled in: what is missing on it is missing here.
    form = ResponseForm(asked, request.POST or None, is_draft=True) if asked else None
    if request.method == "POST" and (form is None or form.is_valid()):
        button = AnswerForm(request.POST)
        if button.is_valid():
            reply = Said(button.cleaned_data["said"] == YES, form.answers if form else None)
            over = _("La réponse de cette personne n’est pas attendue pour ce mot.")
            with refusals(request, {answering.NotAwaited: over}):
                done = answering.enter(request.viewer, recipient, reply)
                tell_outcome(request, done, _("La réponse est saisie."), _("Elle l’était déjà."))
            return redirect("liaison:word", pk=recipient.word_id)
        messages.error(request, _("Choisissez la réponse écrite sur le coupon."))
    wrong = request.method == "POST"
    context = {"entry": entry, "word": entry.word, "form": form, "known": queries.answer_of(recipient)}
    return render(request, "liaison/enter.html", context, status=TYPED_WRONG if wrong else 200)


# Observations and encouragements


@opens(to=rules.reads_words)
@require_safe
def remarks(request: HttpRequest) -> HttpResponse:
    """What this member of the staff wrote; head, school life and secretary, what everybody did."""
    rows = Remark.objects.visible_to(request.viewer).select_related("pupil", "by")
    page = page_for(request, rows.order_by("-day", "-pk"), A_PAGE)
    context = {"page_obj": page, "writes": rules.writes_remarks(request.viewer), "viewer": request.viewer}
    return render(request, "liaison/remarks.html", context)


@opens(to=rules.writes_remarks)
@require_http_methods(["GET", "POST"])
def remark(request: HttpRequest) -> HttpResponse:
    """One line for several pupils of a class, in one gesture."""
    viewer = request.viewer
    groups = groups_for(viewer)
    group = GroupFilter(groups, request.POST or request.GET).chosen().get("classe") or groups.first()
    form = draft_form(request.POST, partial(RemarkForm, viewer, group))
    if form.is_valid():
        data = form.cleaned_data
        number = remarking.remark(viewer, list(data["pupils"]), data["kind"], data["text"], data["sent_as"])
        sentence = ngettext("C’est écrit pour %(num)s élève.", "C’est écrit pour %(num)s élèves.", number)
        tell_outcome(request, number > 0, sentence % {"num": number}, _("C’était déjà écrit."))
        return redirect("liaison:remarks")
    context = {"form": form, "group": group, "groups_shown": groups}
    return render_form(request, "liaison/remark.html", context)


@removes
@opens(Remark, to=rules.wrote)
@require_POST
def remove_remark(request: HttpRequest, remark: Remark) -> HttpResponseRedirect:
    """Its author takes it back."""
    tell_outcome(
        request,
        remarking.remove(request.viewer, remark),
        _("La ligne est retirée du carnet."),
        _("Elle l’était déjà."),
    )
    return redirect("liaison:remarks")
