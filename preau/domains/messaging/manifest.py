"""What messages show to the rest of the platform."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.commons.notifications.queries import waiting_for
from preau.directory.models import Person
from preau.directory.queries.record import has_nobody, schooling_of
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.domains.messaging import rules, seeds, tasks
from preau.domains.messaging.actions import erasing, sending
from preau.domains.messaging.models import Attachment
from preau.domains.messaging.queries import addressing, boxes, watching
from preau.domains.timetable.boards import WayToAsk, ways_to_ask
from preau.foundation import boards
from preau.foundation.boards import (
    AgendaEntry,
    Concerned,
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import EVERY_ROW, NO_ROW, Readers, on_themselves, own

KEY = "messaging"
sending.ready_to_leave.connect(tasks.enqueue_leaving, dispatch_uid="messaging.leaving")
boards.services.add(
    boards.Service(
        KEY,
        _("Messages"),
        text=_("Écrire aux familles, aux élèves et aux collègues, à des heures qui respectent les soirées."),
        namespaces=("messaging",),
        order=14,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Messages"),
        "messaging:box",
        "message-circle",
        rules.reads_messages,
        order=22,
        service=KEY,
        main=True,
        counter=boxes.number_unread,
    )
)
ways_to_ask.add(WayToAsk(KEY, addressing.way_to_write, rules.reads_messages, order=20, service=KEY))
boards.schedule.add(boards.Scheduled("messaging.leave_due", tasks.leave_due, every_minutes=1))
boards.schedule.add(boards.Scheduled("messaging.purge_bins", tasks.purge_bins, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("messages", seeds.plant, order=75))
for page in [
    boards.SitePage(
        _("Harcèlement, danger"),
        "messaging:ask_help",
        "alert-triangle",
        rules.reports,
        _("demander de l’aide menace 3018 119 signaler"),
        KEY,
    ),
    boards.SitePage(
        _("Qui peut écrire à qui"),
        "messaging:table",
        "table",
        rules.reads_messages,
        _("messagerie droit règle"),
        KEY,
    ),
    boards.SitePage(
        _("Surveillance des messages"),
        "messaging:watch",
        "shield-lock",
        rules.watches,
        _("frein geler signalement compte volé"),
        KEY,
    ),
]:
    boards.site_pages.add(page)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Messagerie"),
        _("Qui peut écrire à qui, les adultes référents, ce qui se dit de la lecture."),
        "messaging:policy",
        "message-circle",
        rules.settles_policy,
        heading=boards.SettingsHeading.DAILY,
        order=40,
        words=_("messages écrire élèves parents frein"),
    )
)


boards.search.add(
    boards.SearchSource(
        _("Messages"),
        "message-circle",
        boxes.messages_found,
        rules.reads_messages,
        letters=3,
        order=58,
        service=KEY,
    )
)


def mail_heard(viewer: Viewer, number: int | None) -> str | None:
    """What reaches oneself."""
    return f"mail:{viewer.person.pk}" if number is None and rules.reads_messages(viewer) else None


def writing_heard(viewer: Viewer, number: int | None) -> str | None:
    """Whether one may write there, in a school of one's own."""
    own_schools = {pk for pk, _name in addressing.schools_of(viewer)}
    return rules.writing_of(number, viewer.profile) if number in own_schools else None


boards.topics.add(boards.Topic("mail", mail_heard))
boards.topics.add(boards.Topic("writing", writing_heard))


def new_card(viewer: Viewer) -> Mapping[str, Any] | None:
    """How many have not been read, as the menu says it."""
    unread = waiting_for(viewer).menu.get("messaging:box")
    return {"unread": unread} if unread else None


boards.cards.add(
    boards.Card(
        "messaging/_new.html",
        new_card,
        rules.reads_messages,
        "aside",
        14,
        KEY,
    )
)


def reported_card(viewer: Viewer, number: int) -> Mapping[str, Any] | None:
    """What somebody asks help about, as long as no adult has said what was done."""
    return {"number": number, "reports": watching.newest_reports(viewer)} if number else None


# Before everything else: somebody may be in danger.
boards.cards.add(
    boards.Card(
        "messaging/_reported.html",
        reported_card,
        rules.watches,
        "main",
        1,
        KEY,
        counters=(watching.number_reported,),
    )
)


def agenda_of(viewer: Viewer, first: date, last: date) -> Iterable[AgendaEntry]:
    """What one has written and that will leave (one query)."""
    for message in boxes.scheduled_between(viewer, first, last):
        yield AgendaEntry(
            uid=f"message-{message.pk}",
            title=message.subject or str(_("Sans objet")),
            starts=message.asked_for,
            ends=message.asked_for + timedelta(minutes=5),
            zone=message.school.timezone,
            detail=boxes.said_to(message.shown),
            word=str(_("Message qui partira")),
            url=reverse("messaging:thread", kwargs={"pk": message.thread_id}),
        )


boards.agenda.add(
    boards.AgendaSource(KEY, agenda_of, rules.reads_messages, in_feed=False, order=40, service=KEY)
)


def pupil_block(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """Whom to write to about a pupil, found by the page that writes: here nothing is asked that the record has not asked."""
    writes = viewer.works_with_pupils or not viewer.is_staff
    if not writes or schooling_of(viewer, pupil) is None or has_nobody(viewer, pupil):
        return None
    label = _("Aux responsables") if viewer.is_staff else _("Aux enseignants")
    return {"pupil": pupil, "is_staff": viewer.is_staff, "said": str(label)}


boards.pupil_facts.add(
    boards.PupilFact(
        "messaging.write",
        _("Écrire"),
        "messaging/facts/_write.html",
        pupil_block,
        rules.reads_messages,
        boards.Column.WHO,
        icon="message-circle",
        summary=lambda context: context["said"],
        order=30,
        service=KEY,
    )
)

boards.pupil_links.add(
    boards.PupilLink(
        _("Geler la messagerie"),
        lambda public_id: f"{reverse('messaging:freeze')}?personne={public_id}",
        "shield-lock",
        rules.watches,
        order=90,
        service=KEY,
    )
)

for verb, label, private in [
    ("messaging.sent", _("Message envoyé"), True),
    ("messaging.held", _("Message retenu"), True),
    ("messaging.called_back", _("Message repris avant son départ"), True),
    ("messaging.recalled", _("Message rappelé"), True),
    ("messaging.reported", _("Message signalé"), True),
    ("messaging.report_read", _("Signalement lu"), True),
    ("messaging.message_read", _("Message lu par un adulte de l’établissement"), True),
    ("messaging.report_closed", _("Signalement traité"), True),
    ("messaging.held_read", _("Message retenu lu par un adulte"), True),
    ("messaging.released", _("Message retenu, transmis"), True),
    ("messaging.refused", _("Message retenu, non transmis"), True),
    ("messaging.braked", _("Messages d’un profil arrêtés"), False),
    ("messaging.brake_lifted", _("Messages d’un profil rétablis"), False),
    ("messaging.frozen", _("Compte gelé dans la messagerie"), False),
    ("messaging.recalled_by_freeze", _("Message rappelé par le gel du compte"), False),
    ("messaging.thawed", _("Compte rendu dans la messagerie"), False),
    ("messaging.inquiry_read", _("Dossier d’un compte gelé lu"), True),
    ("messaging.policy_changed", _("Règles de la messagerie changées"), False),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, private=private))
for verb, why in [
    ("messaging.report_read", _("Traiter un signalement.")),
    ("messaging.message_read", _("Veiller sur la messagerie de l’établissement.")),
    ("messaging.held_read", _("Décider si un message retenu part.")),
    ("messaging.inquiry_read", _("Comprendre ce qu’un compte volé a envoyé.")),
]:
    boards.reasons_to_read.add(boards.ReasonToRead(verb, why))
for step in [
    boards.FirstStep(
        _("Écrire un message"),
        _(
            "À une personne, une classe ou ses parents : le bouton dit quand il partira. Le soir, il attend le matin."
        ),
        "messaging:write",
        rules.reads_messages,
        where=_("« Messages », puis « Écrire »"),
        order=30,
        service=KEY,
    ),
    boards.FirstStep(
        _("Harcèlement, danger"),
        _(
            "Un message qui blesse, une menace : les adultes choisis par l’établissement sont prévenus tout de suite."
        ),
        "messaging:ask_help",
        rules.reports,
        where=_("« Messages », puis « Harcèlement, danger »"),
        order=48,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)

CATEGORY = _("Messages")
for kind in [
    NotificationKind(
        "messaging.received",
        _("Un message vous est écrit"),
        CATEGORY,
        _("Vous avez un message"),
        _("Un message vous attend dans Préau. On y répond dans Préau, pas à ce courriel."),
        _("Lire le message"),
        _("Quelqu’un de l’établissement vous a écrit."),
        rules.reads_messages,
        pace=Pace.AT_ONCE,
        push=True,
        order=20,
    ),
    NotificationKind(
        "messaging.returned",
        _("Un message n’a pas pu partir"),
        CATEGORY,
        _("Un message n’a pas pu partir"),
        _(
            "Personne ne l’aurait reçu, ou un de vos groupes de travail n’existe plus : il est revenu dans vos brouillons."
        ),
        _("Rouvrir le brouillon"),
        _("Vous l’aviez écrit."),
        rules.reads_messages,
        pace=Pace.NEVER,
        order=21,
    ),
    NotificationKind(
        "messaging.decided",
        _("Un adulte a lu votre message retenu"),
        CATEGORY,
        _("Votre message a été lu par un adulte"),
        _("%(what)s"),
        _("Voir le message"),
        _("Vous l’aviez écrit."),
        rules.reads_messages,
        pace=Pace.NEVER,
        order=22,
    ),
    NotificationKind(
        "messaging.held",
        _("Un message attend un adulte"),
        CATEGORY,
        _("Un message attend votre lecture"),
        _("Un message est retenu : il part ou non, selon ce que vous décidez."),
        _("Le lire"),
        _("Vous suivez les messages de l’établissement."),
        rules.watches,
        pace=Pace.AT_ONCE,
        push=True,
        order=23,
    ),
    NotificationKind(
        "messaging.reported",
        _("Quelqu’un demande de l’aide"),
        CATEGORY,
        _("Quelqu’un demande de l’aide"),
        _("Un signalement vous attend dans Préau."),
        _("Le lire"),
        _("Vous êtes adulte référent de la messagerie."),
        rules.watches,
        pace=Pace.AT_ONCE,
        push=True,
        urgent=True,
        urgency=_("Quelqu’un est peut-être en danger : un adulte doit le lire aussitôt."),
        can_be_muted=False,
        order=24,
    ),
]:
    boards.notification_kinds.add(kind)


def message_files(viewer: Viewer) -> Any:
    return Attachment.objects.visible_to(viewer).values("file_id")


boards.file_owners.add(
    boards.FileOwner("messaging.Attachment", "file", message_files, outlives=True, service=KEY)
)

COMMON: dict[str, Any] = dict(
    purpose=_("Écrire à ceux qui suivent un élève, dans les limites que l’établissement a fixées."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, SENSITIVE = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.SENSITIVE
WRITTEN = Readers(own("author"), NO_ROW, (), (_("celles et ceux à qui le message est adressé"),))
STAFF, ALL = (Concerned.STAFF,), (Concerned.PUPILS, Concerned.GUARDIANS, Concerned.STAFF)

for label, model, person, fields, more in [
    (
        _("Messages écrits"),
        "Message",
        "author",
        dict.fromkeys(
            "school thread answers held is_automatic sent_as revision written_in".split(),
            NONE,
        )
        | dict.fromkeys(
            "author state seat addressed shown asked_for people changed_at sent_at departs_at recalled_at decided_by".split(),
            PERSONAL,
        )
        | dict.fromkeys("about subject excerpt body search_text urgent decision_note".split(), SENSITIVE),
        {
            "readers": WRITTEN,
            "about": ("about",),
            "forget": erasing.forget_messages,
            "withheld": frozenset({"search_text"}),
            "people": {"decided_by": STAFF, "author": ALL},
        },
    ),
    (
        _("Messages reçus"),
        "Delivery",
        "person",
        dict.fromkeys("school message thread kind listed latest".split(), NONE)
        | dict.fromkeys(
            "person seat child due_at arrived_at read_at flagged folder trashed_at".split(), PERSONAL
        ),
        {
            "readers": on_themselves(others=(_("qui a écrit le message, s’il est lu"),)),
            "forget": erasing.forget_deliveries,
            "people": {"person": ALL, "child": (Concerned.PUPILS,)},
        },
    ),
    (
        _("Conversations sur un élève"),
        "Thread",
        "about",
        {"school": NONE, "started_at": PERSONAL, "subject": SENSITIVE, "about": PERSONAL},
        {"readers": Readers(NO_ROW, NO_ROW, (), (_("celles et ceux qui y écrivent"),))},
    ),
    (
        _("Fichiers joints aux messages"),
        "Attachment",
        "",
        {"school": NONE, "message": NONE, "rank": NONE, "file": PERSONAL},
        {"readers": Readers(NO_ROW, NO_ROW, (), (_("celles et ceux à qui le message est adressé"),))},
    ),
    (
        _("Dossiers de messages"),
        "Folder",
        "person",
        {"person": PERSONAL, "seat": PERSONAL, "name": PERSONAL},
        {"readers": on_themselves(), "forget": erasing.forget_folders, "people": {"person": ALL}},
    ),
    (
        _("Préférences de messagerie"),
        "Preference",
        "person",
        dict.fromkeys("person seat signature tells_read away_text away_from away_until".split(), PERSONAL),
        {"readers": on_themselves(), "forget": erasing.forget_preferences, "people": {"person": ALL}},
    ),
    (
        _("Règles de la messagerie d’un établissement"),
        "Policy",
        "referents",
        {
            "school": NONE,
            "scopes": NONE,
            "adult_roles": NONE,
            "read_state": NONE,
            "changed_at": NONE,
            "referents": PERSONAL,
        },
        {
            "readers": on_themselves(_("tous les personnels"), others=(_("les élèves et les familles"),)),
            "people": {"referents": STAFF},
            "forget": erasing.forget_referent,
            "keep": Retention.ACCOUNT,
        },
    ),
    (
        _("Signalements de messages"),
        "Report",
        "by",
        dict.fromkeys("school message sent_as".split(), NONE)
        | dict.fromkeys("by at closed_at closed_by".split(), PERSONAL)
        | dict.fromkeys("kind words outcome".split(), SENSITIVE),
        {
            "readers": Readers(EVERY_ROW, NO_ROW, (_("adultes référents"),)),
            "forget": erasing.forget_reports,
            "withheld": frozenset({"outcome"}),
            "people": {"closed_by": STAFF, "by": ALL},
        },
    ),
    (
        _("Freins de la messagerie"),
        "Brake",
        "by",
        {"school": NONE, "profile": NONE} | dict.fromkeys("by at lifted_at lifted_by".split(), PERSONAL),
        {"readers": on_themselves(_("direction")), "people": {"by": STAFF, "lifted_by": STAFF}},
    ),
    (
        _("Comptes gelés"),
        "Freeze",
        "person",
        {"school": NONE, "recalled": NONE, "reached": NONE}
        | dict.fromkeys("person by at lifted_at lifted_by".split(), PERSONAL)
        | {"why": SENSITIVE},
        {
            "readers": Readers(NO_ROW, NO_ROW, (_("direction"), _("vie scolaire"))),
            "people": {"by": STAFF, "lifted_by": STAFF, "person": ALL},
        },
    ),
]:
    boards.personal_data.add(
        PersonalData(label, f"messaging.{model}", person, fields=fields, **COMMON | more)
    )

TEXT = _("Effacé à la fin de l’année scolaire qui suit.")
KEPT = Q(messages__reports__closed_at=None, messages__reports__isnull=False)
for term in [
    Term(
        "messaging.threads",
        _("Conversations et messages"),
        keep=Retention.YEAR_PLUS_ONE,
        model="messaging.Thread",
        when="started_at",
        since=SINCE,
        text=TEXT,
        due=by_year("messaging.Thread", "started_at", but=~KEPT),
        people=("about", "messages__author", "deliveries__person"),
        erase=erasing.erase_threads,
        with_it=("messaging.Message", "messaging.Delivery", "messaging.Attachment"),
        order=32,
    ),
    Term(
        "messaging.reports",
        _("Signalements de messages"),
        keep=Retention.YEAR_PLUS_ONE,
        model="messaging.Report",
        when="at",
        since=SINCE,
        text=TEXT,
        due=by_year("messaging.Report", "at", but=Q(closed_at__isnull=False)),
        people=("by",),
        order=31,
    ),
    Term(
        "messaging.freezes",
        _("Comptes gelés"),
        keep=Retention.YEAR_PLUS_ONE,
        model="messaging.Freeze",
        when="at",
        since=SINCE,
        text=TEXT,
        due=by_year("messaging.Freeze", "at", but=Q(lifted_at__isnull=False)),
        people=("person",),
        order=31,
    ),
    Term(
        "messaging.brakes",
        _("Freins"),
        keep=Retention.YEAR_PLUS_ONE,
        model="messaging.Brake",
        when="at",
        since=SINCE,
        text=TEXT,
        due=by_year("messaging.Brake", "at", but=Q(lifted_at__isnull=False)),
        people=("by",),
        order=31,
    ),
]:
    boards.terms.add(term)
for models, why, within in [
    (
        ("messaging.Folder", "messaging.Preference"),
        _("Ce que chacun a réglé part avec sa personne."),
        "directory.Person",
    ),
]:
    boards.endings.add(boards.Ending(models, why, within=within))

for words in [
    boards.InWords("messaging", boards.Section.SCHOOL_LIFE),
    boards.InWords(
        "messaging.Message",
        when="changed_at",
        sentence=(_("« %(subject)s »"), "%(state)s"),
        names=lambda row: str(_("message")),
        quiet=frozenset({"addressed", "shown", "excerpt", "revision"}),
    ),
    boards.InWords(
        "messaging.Thread",
        when="started_at",
        sentence=(_("« %(subject)s »"),),
        names=lambda row: str(_("conversation")),
    ),
    boards.InWords(
        "messaging.Delivery", when="arrived_at", sentence=(_("Message reçu"), _("lu le %(read_at)s"))
    ),
    boards.InWords("messaging.Folder", sentence=("%(name)s",), names=lambda row: row.name),
]:
    boards.data_in_words.add(words)
