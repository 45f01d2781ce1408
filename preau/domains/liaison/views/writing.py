"""The staff: words written, followed, told again; coupons; observations."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.asking import actions as asking
from preau.commons.asking.queries import arrivals, reminders
from preau.commons.asking.queries.typed import GroupFilter, draft_form
from preau.commons.questions.queries.answers import csv_of, questions_of, results_of
from preau.commons.questions.queries.typed import QuestionForm
from preau.directory.models import Person
from preau.domains.liaison import exports, rules
from preau.domains.liaison.actions import answering, writing
from preau.domains.liaison.forms import PrecisionForm, ProlongForm, WordForm
from preau.domains.liaison.models import Word
from preau.domains.liaison.queries import record
from preau.domains.liaison.queries import words as queries
from preau.domains.liaison.queries.states import Channel
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines, printed
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, keys_of, refusals, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE, LONGEST_PUBLIC_ID = 30, 24
# The rows of a following on one page: each may hold two answers, with their proofs.
ROWS, STAFF_ROWS = 25, 60
# The disagreements that are named beside the rows: the others are in the list.
DISAGREEMENTS_SHOWN = 5
QUESTIONS_STAY = gettext_lazy("Ce mot est déjà parti : ses questions restent.")
VIEWS = ("", "accord", "tous")
NOT_YOURS = gettext_lazy(
    "Vous n’écrivez plus à toutes ces classes, ou à tous ces élèves\u202f: changez les destinataires."
)


@opens(to=rules.reads_words)
@require_safe
def words(request: HttpRequest) -> HttpResponse:
    """What this member of the staff wrote, shares or, the head, follows; of a pupil, what was written to the family."""
    pupil = _pupil_of_link(request)
    if pupil is not None:
        return _words_about(request, pupil)
    page = page_for(request, queries.words_of(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": queries.rows_of_words(page.object_list, request.viewer),
        "writes": rules.writes_words(request.viewer),
    }
    return render(request, "liaison/words.html", context)


def _words_about(request: HttpRequest, pupil: Person) -> HttpResponse:
    """The words themselves, to those who follow the pupil."""
    viewer = request.viewer
    page = page_for(request, record.words_to_family(viewer, pupil), A_PAGE)
    journal.record_read(viewer, "liaison.words_read", pupil, subject_id=pupil.pk)
    keys = [word.pk for word in page.object_list]
    context = {
        "pupil": pupil,
        "page_obj": page,
        "followed": set(Word.objects.followed_by(viewer).filter(pk__in=keys).values_list("pk", flat=True)),
        "query": query_of(request),
    }
    return render(request, "liaison/of_pupil.html", context)


@opens(to=rules.reads_words)
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """What colleagues sent to this member of the staff."""
    page = page_for(request, queries.received_by_staff(request.viewer), A_PAGE)
    return render(request, "liaison/received.html", {"page_obj": page})


def _pupil_of_link(request: HttpRequest) -> Person | None:
    """The pupil of the link that was followed, if this person writes to their family (one query, where there is one)."""
    asked = request.GET.get("eleve", "")[:LONGEST_PUBLIC_ID]
    if not asked or not asked.isprintable():
        return None
    return queries.pupils_for(request.viewer).filter(public_id=asked).first()


def _draft(request: HttpRequest, word: Word | None) -> dict[str, Any]:
    """The form of a draft, and the class whose pupils it shows."""
    groups = queries.groups_for(request.viewer)
    chosen = GroupFilter(groups, request.POST or request.GET).chosen()
    group, ticked = chosen.get("classe"), None if request.POST else chosen.get("groupe")
    make = partial(WordForm, request.viewer, word=word, group=group, ticked=ticked)
    pupil = None if request.POST or word else _pupil_of_link(request)
    if pupil is not None:
        make = partial(make, kept=[pupil.pk], initial={"pupils": [pupil.pk]})
    form = draft_form(request.POST, make)
    return {"form": form, "word": word, "group": group, "groups_shown": groups}


@opens(to=rules.writes_words)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new word: a draft, which nobody has received yet."""
    context = _draft(request, None)
    form = context["form"]
    if form.is_valid():
        word = writing.write(request.viewer, form.facts(), form.cleaned_data["sent_as"])
        messages.success(request, _("Le brouillon est gardé. Personne ne l’a encore reçu."))
        return redirect("liaison:word", pk=word.pk)
    return render_form(request, "liaison/write.html", context)


@opens(Word, to=rules.changes)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, word: Word) -> HttpResponse:
    """A draft, written anew."""
    word = queries.whole_word(word.pk)
    context = _draft(request, word)
    form = context["form"]
    if form.is_valid():
        with refusals(request, {asking.NotADraft: _("Ce mot est déjà parti : ajoutez une précision.")}):
            writing.change(request.viewer, word, form.facts())
            messages.success(request, _("Le brouillon est changé."))
        return redirect("liaison:word", pk=word.pk)
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
    later: ProlongForm | None = None,
) -> HttpResponse:
    if word.is_draft:
        return _draft_page(request, queries.whole_word(word.pk), adding, status)
    word, shared = queries.with_names(word, request.viewer)
    what = request.GET.get("reponses", "")
    context: dict[str, Any] = {
        "word": word,
        "groups": list(word.groups.order_by("kind", "rank", "name").values_list("name", flat=True)),
        "shared": shared,
        "precisions": list(word.precisions.order_by("pk")),
        "form": completing or PrecisionForm(),
        "later": later or ProlongForm(word),
        "what": what if what in VIEWS else "",
        "today": request.viewer.today,
    }
    page, template = (
        (_staff_page, "liaison/staff_word.html")
        if word.is_for_staff
        else (_families_page, "liaison/word.html")
    )
    return render(request, template, context | page(request, word, context["what"]), status=status)


def _staff_page(request: HttpRequest, word: Word, _what: str) -> dict[str, Any]:
    rows = queries.staff_following(word)
    return {
        "number": len(rows),
        "page_obj": page_for(request, rows, STAFF_ROWS),
        "read": sum(row.at is not None for row in rows),
    }


def _families_page(request: HttpRequest, word: Word, what: str) -> dict[str, Any]:
    found = queries.following(word, request.viewer.today)
    coupons = queries.coupons_of(found, request.viewer.today)
    return {
        "found": found,
        "page_obj": page_for(request, found.chosen(what), ROWS),
        "reminder": _reminder(request, word, found),
        "coupons": coupons[: queries.COUPONS_NAMED],
        "more_coupons": len(coupons[queries.COUPONS_NAMED :]),
        "disagreements": found.disagreements[:DISAGREEMENTS_SHOWN],
        "more_disagreements": len(found.disagreements[DISAGREEMENTS_SHOWN:]),
        "newcomers": arrivals.arrived_said(0, queries.number_arrived(word, request.viewer.today))
        if word.is_open
        else "",
    }


def _reminder(request: HttpRequest, word: Word, found: queries.Following) -> str:
    """What the button says: for how many pupils, and when it leaves; nothing when there is nobody to remind."""
    number = len(found.to_remind) if word.takes_answers(timezone.now()) else 0
    return reminders.reminder_of_pupils(request.viewer.school, number)


def _draft_page(request: HttpRequest, word: Word, adding: QuestionForm | None, status: int) -> HttpResponse:
    asked = questions_of(word.questionnaire)
    copies = queries.copies_meant(word, request.viewer.today)
    context = {
        "word": word,
        "groups": list(word.groups.order_by("kind", "rank", "name").values_list("name", flat=True)),
        "questions": asked,
        "adding": adding or QuestionForm(asked),
        "pupils": len({copy.pupil_id for copy in copies if copy.pupil_id}),
        "people": len({copy.person_id for copy in copies}),
        "ways": queries.ways_said(copies),
        "on_paper": sum(copy.channel != Channel.HERE and copy.part != "own" for copy in copies),
        "changes": rules.changes(request.viewer, word),
    }
    return render(request, "liaison/draft.html", context, status=status)


@opens(Word, to=rules.changes)
@require_POST
def add_question(request: HttpRequest, word: Word) -> HttpResponse:
    """One more question below a draft."""
    word = queries.whole_word(word.pk)
    known = questions_of(word.questionnaire)
    form = QuestionForm(known, request.POST)
    if not form.is_valid():
        return _page(request, word, adding=form, status=status_of(form))
    with refusals(request, {asking.NotADraft: QUESTIONS_STAY}):
        writing.add_question(request.viewer, word, form.facts())
        messages.success(request, _("La question est ajoutée."))
    return redirect("liaison:word", pk=word.pk)


@removes
@opens(Word, to=rules.changes)
@require_POST
def remove_question(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """Take a question away from a draft."""
    with refusals(request, {asking.NotADraft: QUESTIONS_STAY}):
        for key in keys_of(request.POST, "question"):
            done = writing.remove_question(request.viewer, word, key)
            tell_outcome(request, done, _("La question est retirée."), _("Elle l’était déjà."))
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.sends)
@require_POST
def send(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """It leaves."""
    mistakes = {
        asking.Late: _("La date de réponse est passée\u202f: changez-la."),
        asking.NotYours: NOT_YOURS,
        asking.Nobody: _("Personne ne recevrait ce mot : choisissez une classe ou des élèves."),
    }
    with refusals(request, mistakes, {asking.NotADraft: _("Ce mot est déjà parti.")}):
        messages.success(request, _leaves(writing.send(request.viewer, word)))
    return redirect("liaison:word", pk=word.pk)


def _leaves(number: int) -> str:
    return ngettext("Le mot part vers %(num)s personne.", "Le mot part vers %(num)s personnes.", number) % {
        "num": number
    }


@removes
@opens(Word, to=rules.changes)
@require_POST
def remove(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """Throw a draft away."""
    tell_outcome(
        request,
        asking.remove(word),
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
    late = {
        asking.Late: _("La date de réponse est passée\u202f: on ne relance plus. Un coupon se saisit encore.")
    }
    with refusals(request, late, asking.NOT_REMINDED):
        made = writing.remind(request.viewer, word)
        messages.success(request, reminders.people_reminded(made.number))
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.drives)
@require_POST
def send_to_newcomers(request: HttpRequest, word: Word) -> HttpResponseRedirect:
    """To those who came into the list since."""
    with refusals(request, {asking.NotYours: NOT_YOURS}):
        number = writing.send_to_newcomers(request.viewer, word)
        tell_outcome(request, number > 0, _leaves(number), _("Personne n’est arrivé depuis."))
    return redirect("liaison:word", pk=word.pk)


@opens(Word, to=rules.drives)
@require_POST
def prolong(request: HttpRequest, word: Word) -> HttpResponse:
    """A later moment to answer."""
    form = ProlongForm(word, request.POST)
    if not form.is_valid():
        return _page(request, word, later=form, status=TYPED_WRONG)
    with refusals(request, {asking.Nobody: _("Ce mot est terminé, ou n’a pas de date.")}):
        done = writing.prolong(request.viewer, word, form.closes_at)
        tell_outcome(
            request,
            done,
            _(
                "La date est repoussée. Ceux qui n’ont pas répondu le liront, sauf s’ils ne sont joints que sur papier."
            ),
            _("Choisissez un jour plus tard que l’actuel : rien n’est changé."),
        )
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
    asked = questions_of(word.questionnaire)
    return printed(exports.coupons_page(word, copies, asked), f"coupons-{word.pk}")


@opens(Word, to=rules.drives)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest, word: Word) -> StreamingHttpResponse:
    """What each answered, for a spreadsheet."""
    journal.record(request.viewer, "liaison.exported", word)
    found = queries.following(queries.whole_word(word.pk), request.viewer.today)
    return csv_lines(
        f"carnet-{word.pk}", exports.following_csv(found, queries.coupons_of(found, request.viewer.today))
    )


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
