"""What the documents that families owe show to the rest of the platform."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preau.commons.files.models import StoredFile
from preau.directory.models import Person
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.domains.paperwork import rules, seeds, tasks
from preau.domains.paperwork.actions import collecting, erasing
from preau.domains.paperwork.models import KEEPERS, Bundle, Dossier, Submission
from preau.domains.paperwork.queries import collections, papers, states
from preau.foundation import boards, filework, journal
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import NO_ROW, Readers, on_themselves, own, with_guardians

KEY = "paperwork"
collecting.telling.connect(tasks.enqueue_telling, dispatch_uid="paperwork.telling")
filework.file_asked.connect(tasks.enqueue_bundle, sender=Bundle, dispatch_uid="paperwork.bundle")
boards.services.add(
    boards.Service(
        KEY,
        _("Pièces à fournir"),
        text=_(
            "Les documents demandés aux familles, envoyés d’un téléphone, vérifiés, effacés à leur terme."
        ),
        namespaces=(KEY,),
        order=25,
    )
)
for url_name, rule in [("paperwork:collections", rules.follows), ("paperwork:dossiers", rules.has_dossiers)]:
    boards.menu.add(
        boards.MenuEntry(
            _("Pièces à fournir"), url_name, "paperclip", rule, "school-life", order=19, service=KEY
        )
    )
boards.awaited.add(
    boards.AwaitedSource(
        collections.SOURCE,
        collections.rows_to_send,
        collections.dossiers_to_send,
        rules.has_dossiers,
        order=16,
        service=KEY,
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        collections.CHECKING,
        collections.rows_to_check,
        collections.papers_to_check,
        rules.reads_duties,
        order=17,
        service=KEY,
    )
)
boards.search.add(
    boards.SearchSource(
        _("Pièces à fournir"),
        "paperclip",
        None,
        rules.reads_or_has,
        letters=3,
        order=58,
        service=KEY,
        titles=collections.titles,
        hits=collections.collections_found,
    )
)
boards.seeds.add(boards.Seed("pièces à fournir", seeds.plant, order=79))


def to_check_card(viewer: Viewer, papers: int) -> Mapping[str, Any] | None:
    return {"papers": papers} if papers else None


boards.cards.add(
    boards.Card(
        "paperwork/_home.html",
        to_check_card,
        rules.checks_from_card,
        "aside",
        40,
        KEY,
        counters=(collections.number_to_check,),
    )
)


def misses(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    found = states.of_pupil(viewer, pupil)
    return found | {"is_office": viewer.is_staff} if found else None


def misses_said(content: Mapping[str, Any]) -> str:
    number = sum(row.missing for row in content["dossier_rows"])
    if not number:
        return str(_("Rien ne manque."))
    return ngettext("%(num)s pièce manque", "%(num)s pièces manquent", number) % {"num": number}


boards.pupil_facts.add(
    boards.PupilFact(
        "paperwork.missing",
        _("Pièces à fournir"),
        "paperwork/_fact.html",
        misses,
        rules.is_office,
        boards.Column.SCHOOL,
        icon="paperclip",
        summary=misses_said,
        order=60,
        service=KEY,
    )
)
for step in [
    boards.FirstStep(
        _("Demander des documents aux familles"),
        _("Chaque pièce dit qui la lit et quand elle est effacée ; ce qui arrive se vérifie à la suite."),
        "paperwork:write",
        rules.manages,
        where=_("Dans « Pièces à fournir »"),
        order=43,
        service=KEY,
    ),
    boards.FirstStep(
        _("Envoyer un document demandé"),
        _("Une photo du téléphone suffit ; l’établissement dit si elle est à refaire."),
        "paperwork:dossiers",
        rules.has_dossiers,
        where=_("Dans « Pièces à fournir »"),
        order=43,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)


def document_read(viewer: Viewer, file: StoredFile) -> None:
    """Somebody of the school opens what a family has sent of a pupil."""
    row = papers.submission_of_file(viewer, file.pk) if viewer.is_staff else None
    if row is not None:
        journal.record_read(viewer, "paperwork.document_read", row, subject_id=row.dossier.pupil_id)


def bundle_opened(viewer: Viewer, file: StoredFile) -> None:
    bundle = Bundle.objects.visible_to(viewer).filter(file=file.pk).first()
    if bundle is not None:
        journal.record(viewer, "paperwork.bundle_opened", bundle)


boards.file_owners.add(
    boards.FileOwner("paperwork.Submission", "file", papers.document_files, read=document_read, service=KEY)
)
boards.file_owners.add(
    boards.FileOwner("paperwork.Bundle", "file", papers.bundle_files, read=bundle_opened, service=KEY)
)
boards.reasons_to_read.add(
    boards.ReasonToRead("paperwork.document_read", _("Vérifier un document demandé à la famille."))
)
for key, task in [
    ("paperwork.ask_newcomers", tasks.ask_newcomers),
    ("paperwork.erase", tasks.erase),
]:
    boards.schedule.add(boards.Scheduled(key, task, 24 * 60))

for verb, label in [
    ("paperwork.opened", _("Collecte de pièces ouverte")),
    ("paperwork.asked_arrived", _("Pièces demandées à des élèves arrivés depuis")),
    ("paperwork.reminded", _("Familles relancées pour des pièces")),
    ("paperwork.put_off", _("Dernier jour d’une collecte repoussé")),
    ("paperwork.closed", _("Collecte de pièces terminée")),
    ("paperwork.sent", _("Pièce envoyée")),
    ("paperwork.paper_noted", _("Pièce notée comme reçue sur papier")),
    ("paperwork.checked", _("Pièce vérifiée")),
    ("paperwork.refused", _("Pièce refusée")),
    ("paperwork.reopened", _("Décision sur une pièce annulée")),
    ("paperwork.document_read", _("Document d’une famille ouvert")),
    ("paperwork.sheets_printed", _("Lettres d’une collecte préparées à l’impression")),
    ("paperwork.exported", _("Suivi d’une collecte exporté")),
    ("paperwork.bundle_asked", _("Archive de pièces demandée")),
    ("paperwork.bundle_opened", _("Archive de pièces ouverte")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

CATEGORY = _("Pièces à fournir")
WHY = _("L’établissement demande ces documents pour un élève dont vous êtes responsable, ou pour vous.")
for key, label, subject, body, action, options in [
    (
        "told",
        _("Des pièces sont demandées"),
        _("Des documents sont à envoyer à l’établissement"),
        _("%(title)s, avant le %(day)s\n%(school)s"),
        _("Voir les pièces"),
        {"pace": Pace.AT_ONCE, "push": True, "order": 20},
    ),
    (
        "reminded",
        _("Une pièce manque encore"),
        _("Il manque encore un document"),
        _("%(title)s, avant le %(day)s\n%(school)s"),
        _("Voir ce qui manque"),
        {"pace": Pace.AT_ONCE, "push": True, "order": 21},
    ),
    (
        "put_off",
        _("Le dernier jour est repoussé"),
        _("Vous avez plus de temps pour envoyer des documents"),
        _("%(title)s, jusqu’au %(day)s\n%(school)s"),
        _("Voir ce qui manque"),
        {"pace": Pace.DAILY, "order": 22},
    ),
    (
        "refused",
        _("Une pièce est à refaire"),
        _("Un document est à renvoyer"),
        _("%(piece)s, %(title)s\n%(school)s"),
        _("Voir la pièce"),
        {"pace": Pace.AT_ONCE, "push": True, "order": 23},
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"{KEY}.{key}",
            label,
            CATEGORY,
            subject,
            body,
            action,
            WHY,
            rules.has_dossiers,
            paper_answer=_("Sur papier, au secrétariat."),
            **options,
        )
    )

COMMON: dict[str, Any] = dict(
    purpose=_("Recueillir auprès des familles les documents dont l’établissement a besoin, et les vérifier."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
STAFF, PUPILS = (Concerned.STAFF,), (Concerned.PUPILS,)
OFFICE = KEEPERS
CHECKERS = (
    *KEEPERS,
    _("infirmerie, pour les pièces confidentielles, que la vie scolaire et le secrétariat ne lisent pas"),
)
for label, model, person, fields, more in [
    (
        _("Collectes de pièces"),
        "Collection",
        "author",
        dict.fromkeys(
            "school year title text search_title last_day levels groups state opened_at closed_at sent_as".split(),
            NONE,
        )
        | dict.fromkeys("pupils author written_at".split(), PERSONAL),
        {
            "readers": on_themselves(*OFFICE),
            "about": ("pupils",),
            "people": {"author": STAFF, "pupils": PUPILS},
        },
    ),
    (
        _("Dossiers de pièces des élèves"),
        "Dossier",
        "pupil",
        {"collection": PERSONAL} | dict.fromkeys(["pupil", "asked_at"], CHILD),
        {
            "readers": with_guardians(*OFFICE, _("infirmerie, où une pièce est confidentielle")),
            "forget": erasing.forget_dossiers,
            "people": {"pupil": PUPILS},
        },
    ),
    (
        _("Pièces envoyées"),
        "Submission",
        "by",
        dict.fromkeys(["piece", "way", "again_of"], NONE)
        | dict.fromkeys("dossier state by at decided_by decided_at replaced_at erased_at".split(), PERSONAL)
        | dict.fromkeys(["file", "reason", "note"], SENSITIVE),
        {
            "readers": Readers(own("by"), NO_ROW, CHECKERS),
            "people": {"by": (Concerned.GUARDIANS, Concerned.PUPILS), "decided_by": STAFF},
        },
    ),
    (
        _("Relances de collectes"),
        "Reminder",
        "by",
        {"collection": NONE, "day": NONE, "number": NONE} | dict.fromkeys(["by", "at"], PERSONAL),
        {"readers": on_themselves(*OFFICE), "people": {"by": STAFF}},
    ),
    (
        _("Archives de pièces"),
        "Bundle",
        "made_by",
        dict.fromkeys(["school", "collection", "group", "state"], NONE)
        | dict.fromkeys("file made_by asked_at".split(), PERSONAL),
        {
            "readers": on_themselves(),
            "forget": erasing.forget_bundles,
            "keep": Retention.MONTH,
            "people": {"made_by": STAFF},
        },
    ),
]:
    boards.personal_data.add(
        PersonalData(label, f"paperwork.{model}", person, fields=fields, **COMMON | more)
    )

boards.terms.add(
    Term(
        "paperwork.collections",
        _("Collectes de pièces"),
        keep=Retention.YEAR_PLUS_ONE,
        model="paperwork.Collection",
        when="written_at",
        since=SINCE,
        text=_(
            "Chaque document s’efface au terme que la famille a lu avant de l’envoyer : trente jours après sa vérification, ou la fin de "
            "l’année scolaire. Qu’il soit venu reste jusqu’à la fin de l’année scolaire qui suit, puis la collecte est effacée."
        ),
        due=by_year("paperwork.Collection", "written_at"),
        people=("author", "dossiers__pupil"),
        with_it=("paperwork.Dossier", "paperwork.Submission", "paperwork.Reminder"),
        order=30,
    )
)
boards.endings.add(
    boards.Ending(
        ("paperwork.Bundle",), _("L’archive de pièces s’efface après sept jours."), by="paperwork.erase"
    )
)


def _piece_sent(row: Submission) -> str:
    return row.piece.label


def _collection_of(row: Dossier) -> str:
    return row.collection.title


for in_words in [
    boards.InWords("paperwork", boards.Section.SCHOOL_LIFE),
    boards.InWords("paperwork.Collection", when="written_at", names=lambda row: row.title),
    boards.InWords(
        "paperwork.Dossier",
        when="asked_at",
        sentence=(_("Documents demandés : « %(collection)s »"),),
        names=_collection_of,
        names_with=("collection",),
    ),
    boards.InWords(
        "paperwork.Submission",
        when="at",
        sentence=(_("Pièce envoyée pour « %(dossier)s »"), _("%(state)s")),
        names=_piece_sent,
        names_with=("piece",),
    ),
    boards.InWords("paperwork.Reminder", when="at"),
    boards.InWords("paperwork.Bundle", when="asked_at", sentence=(_("Archive de pièces"),)),
]:
    boards.data_in_words.add(in_words)
