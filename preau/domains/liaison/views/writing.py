"""The staff: words written, followed, told again; coupons; observations."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.delivery.queries import opening_after
from preau.commons.questions.queries.answers import csv_of, questions_of, results_of
from preau.commons.questions.queries.typed import QuestionForm
from preau.directory.models import Group
from preau.domains.liaison import exports, rules
from preau.domains.liaison.actions import answering, writing
from preau.domains.liaison.forms import PrecisionForm, WordForm
from preau.domains.liaison.models import Word
from preau.domains.liaison.queries import words as queries
from preau.domains.liaison.queries.states import Channel
from preau.domains.liaison.views.choosing import (
    as_typed,
    classes_context,
    group_shown,
    group_ticked,
    kept_pupils,
    shows_class,
)
from preau.foundation import dates, journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines, pdf_file
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 30
# The rows of a following on one page: a class and more; a whole school turns pages.
ROWS = 40
# No key is longer.
LONGEST_KEY = 19
VIEWS = ("", "accord", "tous")
NOT_YOURS = gettext_lazy(
    "Vous n’écrivez plus à toutes ces classes, ou à tous ces élèves\u202f: changez les destinataires."
)


@opens(to=rules.reads_words)
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """What this member of the staff wrote, shares or, the head, follows."""
    page = page_for(request, queries.words_of(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": queries.rows_of_words(page.object_list, request.viewer),
        "writes": rules.writes_words(request.viewer),
    }
    return render(request, "liaison/words.html", context)


@opens(to=rules.reads_words)
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """What colleagues sent to this member of the staff."""
    page = page_for(request, queries.received_by_staff(request.viewer), A_PAGE)
    return render(request, "liaison/received.html", {"page_obj": page})


def _word_form(request: HttpRequest, group: Group | None, word: Word | None) -> WordForm:
    """What was typed, as it is sent; or, where another class is to be shown, as what it begins with."""
    more: dict[str, Any] = {"word": word, "group": group, "kept": kept_pupils(request)}
    if shows_class(request):
        shown: WordForm = as_typed(WordForm(request.viewer, **more), request.POST)
        return shown
    ticked = None if request.POST else group_ticked(request)
    return WordForm(request.viewer, request.POST or None, ticked=ticked, **more)


@opens(to=rules.writes_words)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new word: a draft, which nobody has received yet."""
    group = group_shown(request)
    form = _word_form(request, group, None)
    if form.is_valid():
        word = writing.write(request.viewer, form.facts(), form.cleaned_data["sent_as"])
        messages.success(request, _("Le brouillon est gardé. Personne ne l’a encore reçu."))
        return redirect("liaison:word", pk=word.pk)
    context = {"form": form, "word": None} | classes_context(request, group)
    return render_form(request, "liaison/write.html", context)


@opens(Word, to=rules.changes)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, word: Word) -> HttpResponse:
    """A draft, written anew."""
    word = queries.whole_word(word.pk)
    group = group_shown(request)
    form = _word_form(request, group, word)
    if form.is_valid():
        try:
            writing.change(request.viewer, word, form.facts())
        except writing.NotADraft:
            messages.error(request, _("Ce mot est déjà parti : ajoutez une précision."))
        else:
            messages.success(request, _("Le brouillon est changé."))
        return redirect("liaison:word", pk=word.pk)
    context = {"form": form, "word": word} | classes_context(request, group)
    return render_form(request, "liaison/write.html", context)


@opens(Word, to=rules.follows)
@require_safe
def word(request: HttpRequest, word: Word) -> HttpResponse:
    """A draft before it leaves; then what each answered."""
    return _page(request, word)


def _page(
    request: HttpRequest,
    word: Word,
    adding: QuestionForm | None = None,
    completing: PrecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if word.is_draft:
        return _draft_page(request, queries.whole_word(word.pk), adding, status)
    word, shared = queries.with_names(word, request.viewer)
    what = request.GET.get("reponses", "")
    context: dict[str, Any] = {
        "word": word,
        "groups": list(word.groups.order_by("kind", "name").values_list("name", flat=True)),
        "shared": shared,
        "precisions": list(word.precisions.order_by("pk")),
        "form": completing or PrecisionForm(),
        "what": what if what in VIEWS else "",
        "today": request.viewer.today,
    }
    if word.is_for_staff:
        rows = queries.staff_following(word)
        context |= {"rows": rows, "read": sum(row.at is not None for row in rows)}
        return render(request, "liaison/staff_word.html", context, status=status)
    found = queries.following(word, request.viewer.today)
    context |= {
        "found": found,
        "page_obj": page_for(request, found.chosen(context["what"]), ROWS),
        "reminder": _reminder(request, word, found),
        "newcomers": queries.number_arrived(word, request.viewer.today) if word.is_open else 0,
    }
    return render(request, "liaison/word.html", context, status=status)


def _reminder(request: HttpRequest, word: Word, found: queries.Following) -> str:
    """What the button says: how many families, and when it leaves; nothing when there is nobody to remind."""
    number = len(found.to_remind)
    if not number or not word.takes_answers(timezone.now()):
        return ""
    at = opening_after(request.viewer.school, timezone.now())
    said = ngettext("Relancer %(num)s famille", "Relancer %(num)s familles", number) % {"num": number}
    if at is None:
        return said
    return _("%(what)s, départ %(when)s") % {"what": said, "when": dates.day_and_hour(at)}


def _draft_page(request: HttpRequest, word: Word, adding: QuestionForm | None, status: int) -> HttpResponse:
    asked = questions_of(word.questionnaire) if word.questionnaire else []
    copies = queries.copies_meant(word, request.viewer.today)
    context = {
        "word": word,
        "groups": list(word.groups.order_by("kind", "name").values_list("name", flat=True)),
        "questions": asked,
        "adding": adding or QuestionForm(asked),
        "pupils": len({copy.pupil_id for copy in copies if copy.pupil_id}),
        "people": len({copy.person_id for copy in copies}),
        "on_paper": sum(copy.channel != Channel.HERE and copy.part != "own" for copy in copies),
        "changes": rules.changes(request.viewer, word),
    }
    return render(request, "liaison/draft.html", context, status=status)


@opens(Word, to=rules.changes)
@require_POST
def add_question(request: HttpRequest, word: Word) -> HttpResponse:
    """One more question below a draft."""
    word = queries.whole_word(word.pk)
    known = questions_of(word.questionnaire) if word.questionnaire else []
    form = QuestionForm(known, request.POST)
    if not form.is_valid():
        return _page(request, word, adding=form, status=status_of(form))
    try:
        writing.add_question(request.viewer, word, form.facts())
    except writing.NotADraft:
        messages.error(request, _("Ce mot est déjà parti : ses questions restent."))
    else:
        messages.success(request, _("La question est ajoutée."))
    return redirect("liaison:word", pk=word.pk)


@removes
@opens(Word, to=rules.changes)
@require_POST
def remove_question(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """Take a question away from a draft."""
    word = queries.whole_word(word.pk)
    key = request.POST.get("question", "")
    if key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY:
        try:
            done = writing.remove_question(request.viewer, word, int(key))
        except writing.NotADraft:
            messages.error(request, _("Ce mot est déjà parti\u202f: ses questions restent."))
        else:
            tell_outcome(request, done, _("La question est retirée."), _("Elle l’était déjà."))
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.sends)
@require_POST
def send(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """It leaves."""
    try:
        number = writing.send(request.viewer, word)
    except writing.NotADraft:
        messages.info(request, _("Ce mot est déjà parti."))
    except writing.Late:
        messages.error(request, _("La date de réponse est passée\u202f: changez-la."))
    except writing.NotYours:
        messages.error(request, NOT_YOURS)
    except writing.Nobody:
        messages.error(request, _("Personne ne recevrait ce mot : choisissez une classe ou des élèves."))
    else:
        said = ngettext("Le mot part vers %(num)s personne.", "Le mot part vers %(num)s personnes.", number)
        messages.success(request, said % {"num": number})
    return redirect("liaison:word", pk=word.pk)


@removes
@opens(Word, to=rules.changes)
@require_POST
def remove(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """Throw a draft away."""
    tell_outcome(
        request,
        writing.remove(request.viewer, word),
        _("Le brouillon est supprimé."),
        _("Ce mot est parti : il se termine, il ne s’efface pas."),
    )
    return redirect("liaison:words")


@opens(Word, to=rules.drives)
@require_POST
def precise(request: HttpRequest, word: Word) -> HttpResponse:
    """Add something, with its day."""
    form = PrecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, word, completing=form, status=TYPED_WRONG)
    done = writing.add_precision(request.viewer, word, form.cleaned_data["text"])
    tell_outcome(request, done, _("La précision est ajoutée."), _("Elle y était déjà."))
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.drives)
@require_POST
def remind(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """Tell again those who have not answered, and them alone."""
    try:
        made = writing.remind(request.viewer, word)
    except writing.Late:
        messages.error(
            request, _("La date de réponse est passée\u202f: on ne relance plus. Un coupon se saisit encore.")
        )
    except writing.TooSoon:
        messages.info(
            request, _("Une relance est déjà partie aujourd’hui. La prochaine est possible demain.")
        )
    except writing.Nobody:
        messages.info(request, _("Il n’y a personne à relancer."))
    else:
        said = ngettext("%(num)s personne est relancée.", "%(num)s personnes sont relancées.", made.number)
        messages.success(request, said % {"num": made.number})
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.drives)
@require_POST
def send_to_newcomers(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """To those who came into the list since."""
    try:
        number = writing.send_to_newcomers(request.viewer, word)
    except writing.NotYours:
        messages.error(request, NOT_YOURS)
        return redirect("liaison:word", pk=word.pk)
    said = ngettext("Le mot part vers %(num)s personne.", "Le mot part vers %(num)s personnes.", number)
    tell_outcome(request, number > 0, said % {"num": number}, _("Personne n’est arrivé depuis."))
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.drives)
@require_POST
def close(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """No answer is awaited any more."""
    done = writing.close(request.viewer, word)
    tell_outcome(request, done, _("Le mot est terminé : plus rien n’est attendu."), _("Il l’était déjà."))
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.drives)
@require_POST
def coupons(request: HttpRequest, word: Word) -> HttpResponse:
    """The sheets of those who are reached by paper alone, or of everybody who has not answered (« tous »)."""
    word = queries.whole_word(word.pk)
    rows = queries.following(word, request.viewer.today).rows
    everybody = request.POST.get("pour") == "tous"
    keys = [copy.pk for row in rows for copy in (row.awaited if everybody else row.by_coupon)]
    if not keys:
        messages.info(request, _("Aucun coupon à imprimer."))
        return redirect("liaison:word", pk=word.pk)
    answering.print_coupons(request.viewer, word, keys)
    copies = list(
        word.recipients.filter(pk__in=keys)
        .select_related("person", "pupil")
        .order_by("pupil__search_name", "pk")
    )
    asked = questions_of(word.questionnaire) if word.questionnaire else []
    return printed(exports.coupons_page(word, copies, asked), f"coupons-{word.pk}")


def printed(page: str, name: str) -> HttpResponse:
    """A PDF, or the page to print where the machine makes none."""
    return pdf_file(name, exports.pdf_of(page)) if pdf.is_possible() else HttpResponse(page)


@opens(Word, to=rules.drives)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest, word: Word) -> StreamingHttpResponse:
    """What each answered, for a spreadsheet."""
    journal.record(request.viewer, "liaison.exported", word)
    found = queries.following(queries.whole_word(word.pk), request.viewer.today)
    return csv_lines(f"carnet-{word.pk}", exports.following_csv(found))


@opens(Word, to=rules.drives)
@require_safe
def results(request: HttpRequest, word: Word) -> HttpResponse:
    """What was answered to the questions of a word."""
    word = queries.whole_word(word.pk)
    found = []
    if word.questionnaire:
        following = queries.following(word, request.viewer.today)
        counted = None if word.is_for_staff else queries.responses_counted(following)
        found = results_of(word.questionnaire, counted)
    return render(request, "liaison/results.html", {"word": word, "results": found})


@opens(Word, to=rules.drives)
@confirmed(reading=True)
@require_safe
def results_file(request: HttpRequest, word: Word) -> HttpResponse:
    """The same, person by person, for a spreadsheet."""
    word = queries.whole_word(word.pk)
    if word.questionnaire is None:
        return redirect("liaison:results", pk=word.pk)
    journal.record(request.viewer, "liaison.exported", word)
    return csv_lines(f"reponses-{word.pk}", csv_of(word.questionnaire))
