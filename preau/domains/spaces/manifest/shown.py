"""Menu, home, search, news, files and the block of a pupil's record."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.commons.documents.boards import PlaceKind, places
from preau.directory.viewer import Viewer
from preau.domains.spaces import api, rules, seeds, tasks
from preau.domains.spaces.actions import ageing, announcing, asking, making
from preau.domains.spaces.models import Bundle, Kept, Resource
from preau.domains.spaces.providers import is_offered
from preau.domains.spaces.queries import lists, measures, meetings, papers, portfolios
from preau.domains.spaces.views.beside import questions_beside
from preau.domains.timetable.boards import (
    BesideLessons,
    LessonPart,
    WayToAsk,
    beside_lessons,
    lesson_parts,
    ways_to_ask,
)
from preau.foundation import boards, filework
from preau.foundation.boards import NotificationKind, Pace

KEY = "spaces"
announcing.announced.connect(tasks.enqueue_telling, dispatch_uid="spaces.telling")
making.opened.connect(tasks.enqueue_opening, dispatch_uid="spaces.opening")
filework.file_asked.connect(tasks.enqueue_bundle, sender=Bundle, dispatch_uid="spaces.bundle")
boards.services.add(
    boards.Service(
        KEY,
        _("Espaces"),
        text=_(
            "L’espace de chaque classe et de chaque enseignement, les projets, les questions aux professeurs, le portfolio."
        ),
        namespaces=("spaces",),
        order=26,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Espaces"), "spaces:spaces", "users", rules.enters_spaces, "lessons", order=28, service=KEY
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("Mon portfolio"),
        "spaces:portfolio",
        "backpack",
        rules.has_portfolio,
        _("parcours avenir citoyen santé culture réussites"),
        KEY,
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("Ouvrir un projet ou une équipe"),
        "spaces:create",
        "rocket",
        rules.makes_spaces,
        _("espace classes groupe collègues"),
        KEY,
    )
)
boards.cards.add(
    boards.Card(
        "spaces/_home.html",
        lists.waits_card,
        rules.makes_spaces,
        "aside",
        14,
        KEY,
        counters=(lists.number_waiting,),
    )
)
boards.seeds.add(boards.Seed("espaces", seeds.plant, order=98))
for key, task, minutes in [
    ("spaces.gather", tasks.gather, 60),
    ("spaces.tell_questions", tasks.tell_questions, 10),
    ("spaces.close_forgotten", tasks.close_forgotten, 10),
    ("spaces.age", tasks.age, 24 * 60),
    ("spaces.drop_bundles", tasks.drop_bundles, 24 * 60),
]:
    boards.schedule.add(boards.Scheduled(key, task, every_minutes=minutes))
boards.uses.add(
    boards.Use(_("Mettre dans un espace"), "spaces:put", "users", rules.enters_spaces, order=15, service=KEY)
)
boards.search.add(
    boards.SearchSource(
        _("Espaces"),
        "users",
        None,
        rules.enters_spaces,
        letters=2,
        order=56,
        service=KEY,
        titles=lists.titles,
        hits=lists.spaces_found,
    )
)
boards.doors.add(
    boards.Door(
        "api.espaces",
        _("Espaces"),
        _("les espaces où vous entrez ; ce qui s’y écrit est dans les documents."),
        rules.enters_spaces,
        by=("token",),
        most=1000,
        service=KEY,
        order=37,
    )
)
boards.api.add(boards.ApiPart("espaces", api.router, "api.espaces", order=37))
places.add(
    PlaceKind(
        papers.KIND,
        _("Espaces"),
        reads=papers.read,
        comments=papers.commented,
        writes=papers.written,
        runs=papers.run,
        faces=papers.faces,
        school_of=papers.school_of,
        meets=papers.meeting,
        beside=questions_beside,
        order=20,
        service=KEY,
    )
)
lesson_parts.add(
    LessonPart("spaces/_lesson.html", lists.lesson_part, rules.enters_spaces, order=20, service=KEY)
)
ways_to_ask.add(WayToAsk(KEY, lists.way_to_ask, rules.enters_spaces, order=10, service=KEY))
beside_lessons.add(BesideLessons(KEY, meetings.beside_lessons, order=30, service=KEY))
boards.agenda.add(boards.AgendaSource(KEY, meetings.agenda_of, rules.enters_spaces, order=35, service=KEY))
boards.carriers.add(
    boards.Carrier(
        "meetings",
        _("Classes virtuelles"),
        lambda now: boards.Load(0, 0, 0),
        lambda: 0,
        is_offered,
        _(
            "Aucun serveur n’est réglé : les espaces n’ont pas de classe virtuelle (MEETING_SERVER, BBB_URL, BBB_SECRET)."
        ),
        order=60,
    )
)
boards.pupil_facts.add(
    boards.PupilFact(
        "spaces.portfolio",
        _("Portfolio"),
        "spaces/_fact.html",
        portfolios.shown_in_record,
        rules.is_shown_portfolios,
        boards.Column.SCHOOL,
        icon="backpack",
        more_label=_("Tout ce qui est montré"),
        more=portfolios.page_of,
        order=60,
        service=KEY,
    )
)


def resource_files(viewer: Viewer) -> Any:
    return Resource.objects.visible_to(viewer).exclude(file=None).values("file_id")


def kept_files(viewer: Viewer) -> Any:
    return Kept.objects.visible_to(viewer).exclude(file=None).values("file_id")


def bundle_files(viewer: Viewer) -> Any:
    return Bundle.objects.visible_to(viewer).exclude(file=None).values("file_id")


for owner in [
    boards.FileOwner("spaces.Resource", "file", resource_files, outlives=True, service=KEY),
    boards.FileOwner("spaces.Kept", "file", kept_files, service=KEY),
    boards.FileOwner("spaces.Bundle", "file", bundle_files, service=KEY),
]:
    boards.file_owners.add(owner)
for name, count in [
    ("spaces.questions_asked", measures.questions_asked),
    ("spaces.questions_answered", measures.questions_answered),
    ("spaces.cards", measures.cards_written),
    ("spaces.portfolio", measures.things_kept),
]:
    boards.measures.add(boards.Measure(name, count))
for step in [
    boards.FirstStep(
        _("Choisir quand les élèves vous posent des questions"),
        _("Dans l’espace de votre enseignement, « Réglages » : vos jours, vos heures. Le reste attend."),
        "spaces:spaces",
        rules.makes_spaces,
        order=47,
        service=KEY,
    ),
    boards.FirstStep(
        _("Garder ce dont vous êtes fier"),
        _("Votre portfolio est à vous : vous choisissez qui le lit, et il part avec vous."),
        "spaces:portfolio",
        rules.has_portfolio,
        where=_("« Espaces », puis « Mon portfolio »"),
        order=48,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)

CATEGORY, SEE = _("Espaces"), _("Voir l’espace")
HERE = _("Vous êtes dans cet espace.")
KINDS: list[tuple[str, Any, Any, Any, Any, Mapping[str, Any]]] = [
    (
        announcing.ANNOUNCED,
        _("Une annonce dans un espace"),
        _("Une annonce dans un espace"),
        _("Il y a une annonce dans « %(space)s »."),
        HERE,
        {"pace": Pace.DAILY, "order": 41},
    ),
    (
        asking.ASKED,
        _("Une question d’élève"),
        _("Une question d’élève"),
        _("Une question vous attend dans « %(space)s »."),
        _("Vous répondez aux questions de cet espace."),
        {"pace": Pace.DAILY, "order": 42},
    ),
    (
        asking.ANSWERED,
        _("La réponse à une question"),
        _("Une réponse à une question"),
        _("Il y a une réponse dans « %(space)s »."),
        _("Vous avez posé cette question, ou dit que vous aviez la même."),
        {"pace": Pace.DAILY, "push": True, "order": 43},
    ),
    (
        asking.REMOVED,
        _("Ce que vous aviez écrit est retiré"),
        _("Ce que vous aviez écrit est retiré"),
        _("Retiré de « %(space)s ». %(why)s"),
        _("Vous aviez écrit cela dans cet espace."),
        {"pace": Pace.DAILY, "order": 44},
    ),
    (
        asking.REPORTED,
        _("Un signalement dans un espace"),
        _("Un signalement dans un espace"),
        _("Quelque chose est signalé dans « %(space)s »."),
        _("Vous animez cet espace."),
        {"pace": Pace.AT_ONCE, "push": True, "order": 40},
    ),
    (
        making.INVITED,
        _("Vous entrez dans un projet ou une équipe"),
        _("Vous entrez dans un espace"),
        _("Un collègue vous a fait entrer dans « %(space)s »."),
        HERE,
        {"pace": Pace.DAILY, "order": 45},
    ),
    (
        ageing.AGES,
        _("Un espace se ferme, est rangé ou va être effacé"),
        _("Un de vos espaces arrive à son terme"),
        _("« %(space)s », %(day)s : %(what)s."),
        _("Vous animez cet espace."),
        {"pace": Pace.DAILY, "order": 46},
    ),
]
for key, label, subject, body, why, options in KINDS:
    boards.notification_kinds.add(
        NotificationKind(key, label, CATEGORY, subject, body, SEE, why, rules.enters_spaces, **options)
    )

for verb, label in [
    ("spaces.made", _("Espace ouvert")),
    ("spaces.archived", _("Espace archivé")),
    ("spaces.reopened", _("Espace rouvert")),
    ("spaces.called", _("Un autre établissement invité dans un projet")),
    ("spaces.announced", _("Annonce dans un espace")),
    ("spaces.asked", _("Question posée dans un espace")),
    ("spaces.answered", _("Question d’un espace répondue")),
    ("spaces.answer_taken_back", _("Réponse retirée d’un espace")),
    ("spaces.let_out", _("Question montrée à la classe")),
    ("spaces.closed_question", _("Question close ou rouverte")),
    ("spaces.removed", _("Retiré d’un espace")),
    ("spaces.restored", _("Remis dans un espace")),
    ("spaces.reported", _("Signalement dans un espace")),
    ("spaces.report_settled", _("Signalement d’un espace traité")),
    ("spaces.shelved", _("Posé sur l’étagère d’un espace")),
    ("spaces.unshelved", _("Retiré de l’étagère d’un espace")),
    ("spaces.column_added", _("Colonne d’un mur ajoutée")),
    ("spaces.column_dropped", _("Colonne d’un mur retirée")),
    ("spaces.card_added", _("Carte posée sur un mur")),
    ("spaces.card_moved", _("Carte d’un mur déplacée")),
    ("spaces.word_proposed", _("Mot proposé à un glossaire")),
    ("spaces.word_accepted", _("Mot accepté dans un glossaire")),
    ("spaces.kept", _("Gardé dans un portfolio")),
    ("spaces.kept_changed", _("Portfolio changé")),
    ("spaces.thrown", _("Retiré d’un portfolio")),
    ("spaces.meeting_planned", _("Classe virtuelle prévue")),
    ("spaces.meeting_opened", _("Classe virtuelle ouverte")),
    ("spaces.meeting_joined", _("Entrée dans une classe virtuelle")),
    ("spaces.meeting_closed", _("Classe virtuelle fermée")),
    ("spaces.meeting_cancelled", _("Classe virtuelle annulée")),
    ("spaces.bundle_asked", _("Portfolio à emporter demandé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, private=True))
for verb, label in [
    ("spaces.joined", _("Entrée dans un espace")),
    ("spaces.left", _("Sortie d’un espace")),
    ("spaces.settled", _("Espace réglé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, private=True, touches_rights=True))
