"""Writing: one page and one number a message, whatever is clicked twice; then it leaves, waits, or comes back."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.messaging import rules
from preau.domains.messaging.actions import drafts, reading, sending
from preau.domains.messaging.forms import WriteForm
from preau.domains.messaging.models import Message, Thread
from preau.domains.messaging.queries import addressing, boxes, conversation
from preau.domains.messaging.queries.hours import departure, hours_of, is_open
from preau.domains.messaging.queries.reach import (
    KEY,
    KINDS,
    MOST_SAID,
    Reach,
    key_of,
    lacks_a_list,
    number_listed,
)
from preau.domains.messaging.views.stopped import unfrozen
from preau.foundation import dates, proof
from preau.foundation.access import confirmed, opens
from preau.foundation.gone import removes
from preau.foundation.http import page_or_block
from preau.foundation.pages import CONFLICT, status_of, tell_outcome
from preau.foundation.richtext import signs
from preau.identity.models import AccountSession

State = Message.State
# The part of the page that says whether one's profile may write.
BRAKE = "arret"


@opens(to=rules.reads_messages)
@unfrozen
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new message, or an answer; each sending of the form keeps the draft of its number."""
    viewer = request.viewer
    asked: Any = request.POST if request.method == "POST" else request.GET
    answers = _answered(viewer, asked.get("repond"))
    reach = Reach(viewer, _school(viewer, asked.get("ecole"), answers))
    if request.htmx.target == BRAKE:
        return _brake(request, reach.school_id)
    if request.method == "POST":
        known = Message.objects.written_by(viewer).filter(sent_as=request.POST.get("sent_as", "")).first()
        return _take(request, reach, known, answers)
    form = WriteForm(viewer, reach, answers=answers, initial=_first(viewer, reach, asked, answers))
    return _page(request, form, answers)


def _brake(request: HttpRequest, school_id: int) -> HttpResponse:
    """Whether one may write there now, for a page that is open: the rest of it bears the number of its form, and stays."""
    context = {"braked": conversation.is_braked(request.viewer, school_id), "school_id": school_id}
    return page_or_block(request, "messaging/write.html", block=BRAKE, context=context)


@opens(Message, to=rules.changes_draft)
@unfrozen
@require_safe
def draft(request: HttpRequest, message: Message) -> HttpResponse:
    """A draft, written on."""
    if not message.is_draft:
        messages.info(request, _("Ce message n’est plus un brouillon."))
        return redirect("messaging:thread", pk=message.thread_id)
    reach = Reach(request.viewer, message.school_id)
    if request.method == "POST":
        return _take(request, reach, message, message.answers)
    return _page(
        request, WriteForm(request.viewer, reach, draft=message, answers=message.answers), message.answers
    )


def _answered(viewer: Viewer, typed: str | None) -> Message | None:
    if not typed or not typed.isascii() or not typed.isdigit() or len(typed) > 18:
        return None
    return Message.objects.visible_to(viewer).filter(pk=int(typed)).exclude(state=State.DRAFT).first()


def _school(viewer: Viewer, typed: str | None, answers: Message | None) -> int:
    """Where one writes: where what one answers was written, one's school, or that of a child."""
    if answers is not None:
        return answers.school_id
    here = [pk for pk, _name in addressing.schools_of(viewer)]
    return next((pk for pk in here if str(pk) == typed), here[0] if here else 0)


def _first(viewer: Viewer, reach: Reach, asked: Any, answers: Message | None) -> dict[str, Any]:
    """What a link, or what one answers, puts in the form."""
    signature = reading.preference_of(viewer).signature
    first: dict[str, Any] = {"body": signs.from_plain(f"\n\n{signature}") if signature else ""}
    key = asked.get("a", "")
    if KEY.fullmatch(key):
        first["addressed"] = {"to": [key]}
    if answers is not None:
        first |= _answering(viewer, answers)
    pupil = asked.get("eleve")
    if pupil:
        found = Person.objects.visible_to(viewer).filter(public_id=pupil[:24]).first()
        first |= _about(viewer, found, addressed="addressed" in first) if found else {}
    return first


def _about(viewer: Viewer, pupil: Person, *, addressed: bool) -> dict[str, Any]:
    """A pupil's name; and where nobody is named, those who answer for the pupil, or for a family the teachers."""
    initial: dict[str, Any] = {"about": pupil.public_id, "subject": pupil.full_name}
    if not addressed:
        told_of = addressing.guardians_of if viewer.is_staff else addressing.teachers_of
        initial["addressed"] = {"to": [one.key for one in told_of(viewer, pupil)]}
    return initial


def _answering(viewer: Viewer, answers: Message) -> dict[str, Any]:
    """Whoever wrote; after a message of one's own, those to whom it went."""
    subject = answers.subject or _("Sans objet")
    initial: dict[str, Any] = {
        "subject": subject if subject.startswith("Re") else _("Re : %(subject)s") % {"subject": subject}
    }
    initial["subject"] = initial["subject"][:150]
    if rules.is_own(viewer, answers):
        initial["addressed"] = answers.addressed
    elif answers.author_id:
        initial["addressed"] = {"to": [key_of(answers.author_id, answers.seat)]}
    if answers.about_id and answers.about:
        initial["about"] = answers.about.public_id
    return initial


def last_to_answer(viewer: Viewer, rows: list[Message]) -> Message | None:
    """The last message of somebody else; else one's own, where it was addressed to somebody."""
    others = [row for row in rows if not rules.is_own(viewer, row) and row.author_id and not row.is_automatic]
    own = [row for row in rows if rules.is_own(viewer, row) and row.addressed]
    return (others or own or [None])[-1]


def answering_context(request: HttpRequest, thread: Thread, last: Message) -> dict[str, Any]:
    """The form under a conversation, and whom it answers, in words that the page knows already."""
    viewer = request.viewer
    last.about = thread.about
    form = WriteForm(viewer, Reach(viewer, last.school_id), answers=last, initial=_answering(viewer, last))
    if rules.is_own(viewer, last):
        names = [*last.shown.get("to", ()), *last.shown.get("cc", ())]
    else:
        names = [last.author.full_name] if last.author else []
    return {
        "form": form,
        "answers": last,
        "answered": ", ".join(names),
        "addressed": form.addressed,
    } | departure_context(thread.school, viewer)


def _take(request: HttpRequest, reach: Reach, known: Message | None, answers: Message | None) -> HttpResponse:
    """What a form sends: kept first, then searched, added to, or sent."""
    if known is not None and not known.is_draft:
        return _gone(request, known)
    form = WriteForm(request.viewer, reach, request.POST, request.FILES, draft=known, answers=answers)
    if not form.is_valid() and not form.is_worth_keeping:
        return _refused(request, form, answers)
    try:
        message = _keep(request, reach, form, answers)
    except drafts.WrittenElsewhere:
        return _elsewhere(request, form, answers, known)
    except drafts.NotADraft:
        return _gone(request, None)
    if form.errors:
        form.keep(message)
        return _refused(request, form, answers)
    go_on = _send if "envoyer" in request.POST else _kept
    return go_on(request, message, form, answers)


def _keep(request: HttpRequest, reach: Reach, form: WriteForm, answers: Message | None) -> Message:
    """The draft of what was typed; of a form that is refused, too. Raises what `drafts.keep` does."""
    data = form.cleaned_data
    revision = 0 if "garder-ici" in request.POST else data.get("revision") or 0
    return drafts.keep(request.viewer, reach.school_id, data["sent_as"], form.typed(), revision, answers)


def _elsewhere(
    request: HttpRequest, form: WriteForm, answers: Message | None, known: Message | None
) -> HttpResponse:
    """Another tab has written the same draft since: both are there, and one chooses."""
    if getattr(request, "htmx", False):
        return _line(request, form, answers, _("ce brouillon a changé dans une autre fenêtre"))
    sentence = _(
        "Ce brouillon a changé dans une autre fenêtre. Rien n’est perdu : gardez ce qui est ici, ou rouvrez l’autre."
    )
    form.add_error(None, sentence)
    return _page(request, form, answers, status=CONFLICT, elsewhere=known)


def _refused(request: HttpRequest, form: WriteForm, answers: Message | None) -> HttpResponse:
    """What is wrong, over what was typed; to the line that keeps a draft, only whether it was kept."""
    if getattr(request, "htmx", False):
        lost = "" if form.is_worth_keeping else _("il est trop long, ou cette page n’est plus à jour")
        return _line(request, form, answers, lost)
    return _page(request, form, answers, status=status_of(form))


def _line(request: HttpRequest, form: WriteForm, answers: Message | None, unkept: str = "") -> HttpResponse:
    """The line under a form being typed: when its draft was kept, or why it is not."""
    context = _context(request.viewer, form, answers) | {"unkept": unkept}
    return page_or_block(request, "messaging/write.html", block="garde", context=context)


def _gone(request: HttpRequest, message: Message | None) -> HttpResponse:
    """A second click, or another tab: it left the first time."""
    messages.info(request, _("Ce message était déjà parti : rien n’a été envoyé deux fois."))
    if message is not None and message.thread_id:
        return redirect("messaging:thread", pk=message.thread_id)
    return redirect("messaging:box")


def _kept(request: HttpRequest, message: Message, form: WriteForm, answers: Message | None) -> HttpResponse:
    """Kept: a line says so under the form that is being typed; else the draft is shown again, with what was searched."""
    if getattr(request, "htmx", False):
        shown = WriteForm(request.viewer, form.reach, draft=message, answers=answers)
        return _line(request, shown, answers)
    searched = request.POST.get("chercher", "").strip()[:80]
    if "garder" in request.POST or "garder-ici" in request.POST:
        messages.success(request, _("Le brouillon est gardé."))
    query = f"?{urlencode({'chercher': searched})}" if searched and "ajouter" not in request.POST else ""
    return HttpResponseRedirect(
        f"{reverse('messaging:draft', kwargs={'pk': message.pk})}{query}#destinataires"
    )


def _send(request: HttpRequest, message: Message, form: WriteForm, answers: Message | None) -> HttpResponse:
    viewer = request.viewer
    people = len(sending.circle(viewer, message)) if viewer.is_staff and _is_unusual(request, viewer) else 0
    if people > rules.MANY and not proof.is_fresh(request.session, timezone.now()):
        return render(request, "messaging/confirm.html", {"message": message, "people": people})
    return _leave(request, message, form, answers)


def _leave(
    request: HttpRequest, message: Message, form: WriteForm | None = None, answers: Message | None = None
) -> HttpResponse:
    try:
        sent = sending.send(request.viewer, message)
    except drafts.NotADraft:
        return _gone(request, None)
    except sending.Refusal as refusal:
        if form is None:
            messages.error(request, str(refusal))
            return redirect("messaging:draft", pk=message.pk)
        shown = WriteForm(request.viewer, form.reach, draft=message, answers=answers)
        return _page(request, shown, answers, status=CONFLICT, refusal=str(refusal))
    messages.success(request, _said(sent))
    return redirect("messaging:thread", pk=sent.thread_id)


def _said(message: Message) -> str:
    if message.state == State.HELD:
        return _("Votre message est gardé : un adulte le lit d’abord, puis il part. Vous en serez prévenu.")
    ready = message.asked_for if message.state == State.SCHEDULED and message.asked_for else timezone.now()
    leaves = departure(hours_of(message.school), ready, urgent=bool(message.urgent))
    if leaves > timezone.now():
        return _("Votre message partira %(when)s. D’ici là, vous pouvez le rappeler.") % {
            "when": dates.day_and_hour(timezone.localtime(leaves))
        }
    return _("Votre message est envoyé. Vous pouvez le rappeler pendant une heure.")


def _is_unusual(request: HttpRequest, viewer: Viewer) -> bool:
    """An hour at which the school does not write, or a browser that this account has not had before today."""
    school = viewer.school
    if school is not None and not is_open(hours_of(school), viewer.moment):
        return True
    sessions = list(
        AccountSession.objects.filter(account=viewer.account_id).values_list("pk", "device", "opened_at")
    )
    own = next((session for session in sessions if session[0] == request.session.session_key), None)
    if own is None:
        return False
    before = [
        session for session in sessions if session[1] == own[1] and (viewer.moment - session[2]).days >= 1
    ]
    return len(sessions) > 1 and not before


@opens(Message, to=rules.changes_draft)
@unfrozen
@confirmed()
@require_POST
def send(request: HttpRequest, message: Message) -> HttpResponse:
    """A message to many, at an unusual hour or on a new device, once its author has said who they are."""
    return _leave(request, message)


@removes
@opens(Message, to=rules.changes_draft)
@unfrozen
@require_POST
def discard(request: HttpRequest, message: Message) -> HttpResponseRedirect:
    tell_outcome(request, drafts.discard(request.viewer, message), _("Le brouillon est jeté."))
    return redirect(f"{reverse('messaging:box')}?boite={boxes.DRAFTS}")


@opens(Message, to=rules.is_own)
@unfrozen
@require_POST
def recall(request: HttpRequest, message: Message) -> HttpResponseRedirect:
    """Take back what has left."""
    done = sending.recall(request.viewer, message)
    tell_outcome(
        request,
        done,
        _("Le message est rappelé : personne ne peut plus le lire."),
        _("Il n’est plus temps de le rappeler."),
    )
    return redirect("messaging:thread", pk=message.thread_id)


@opens(Message, to=rules.is_own)
@unfrozen
@require_POST
def call_back(request: HttpRequest, message: Message) -> HttpResponseRedirect:
    """Make a draft again of what has not left."""
    done = sending.call_back(request.viewer, message)
    tell_outcome(request, done, _("Il n’est pas parti : le revoici en brouillon."), _("Il est déjà parti."))
    return redirect("messaging:draft", pk=message.pk)


def _page(
    request: HttpRequest,
    form: WriteForm,
    answers: Message | None,
    status: int = 200,
    refusal: str = "",
    elsewhere: Message | None = None,
) -> HttpResponse:
    typed = (request.POST or request.GET).get("chercher", "")[:80]
    context = _context(request.viewer, form, answers) | {
        "typed": typed,
        "refusal": refusal,
        "elsewhere": elsewhere,
        "people_found": addressing.found(form.reach, typed) if typed else [],
    }
    return render(request, "messaging/write.html", context, status=status)


def _context(viewer: Viewer, form: WriteForm, answers: Message | None) -> dict[str, Any]:
    return {
        "form": form,
        "answers": answers,
        "typed": "",
        "refusal": "",
        "elsewhere": None,
        "unkept": "",
        "people_found": [],
        "offered": addressing.offered(form.reach),
        "own_lists": addressing.own_lists_of(form.reach)[: addressing.MOST_FOUND],
        "keeps_lists": viewer.works_with_pupils,
        "schools": addressing.schools_of(viewer),
    } | writing_context(viewer, form)


def writing_context(viewer: Viewer, form: WriteForm) -> dict[str, Any]:
    """Whom it is for, in words, and when it leaves."""
    keys = [key for kind in KINDS for key in form.addressed[kind]]
    words = form.reach.words_of(keys, conversation.given_to_answer(viewer, form.answers))
    school = School.objects.only("timezone", "name").get(pk=form.reach.school_id)
    chips = {kind: [(key, words[key]) for key in form.addressed[kind] if key in words] for kind in KINDS}
    # Counted where it is drawn: not each time that a draft is kept.
    listed = partial(number_listed, form.reach, form.addressed)
    later = _later(school, form)
    gone = lacks_a_list(form.reach, form.addressed)
    context = {"chips": chips, "listed": listed, "most_said": MOST_SAID, "later": later, "gone": gone}
    return context | departure_context(school, viewer)


def _later(school: School, form: WriteForm) -> Any:
    """When it will leave, where that is not the hour that its author has asked for."""
    draft = form.draft
    if draft is None or draft.asked_for is None:
        return None
    leaves = departure(hours_of(school), draft.asked_for, urgent=bool(draft.urgent))
    return timezone.localtime(leaves) if leaves > draft.asked_for else None


def departure_context(school: School, viewer: Viewer) -> dict[str, Any]:
    """When a message that is sent now would leave, and the hours of the day at which some do."""
    hours = hours_of(school)
    leaves = departure(hours, viewer.moment)
    return {
        "leaves": timezone.localtime(leaves) if leaves > viewer.moment else None,
        "now": timezone.localtime(viewer.moment),
        "hours": [(hour, hours.opens <= hour * 60 < hours.closes) for hour in range(24)],
        "opens": hours.opens // 60,
        "closes": hours.closes // 60,
        "braked": conversation.is_braked(viewer, school.pk),
        "school_id": school.pk,
    }
