"""What the drive shows to the rest of the platform."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.commons.drive import dav, rules, seeds, tasks
from preau.commons.drive.actions import arriving, leaving, reading, sharing
from preau.commons.drive.actions import volume as writing
from preau.commons.drive.models import Item, Version
from preau.commons.drive.queries import lists, measures, volume
from preau.commons.media.boards import Destination, destinations
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import EVERY_ROW, NO_ROW, Readers, on_themselves

KEY = "drive"
boards.services.add(
    boards.Service(
        KEY,
        _("Fichiers"),
        text=_("Les fichiers de chacun, ceux des classes et des équipes, et les partages."),
        namespaces=("drive",),
        order=24,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Mes fichiers"), "drive:home", "folder", rules.has_files, section="lessons", order=30, service=KEY
    )
)
for page in [
    boards.SitePage(
        _("Fichiers reçus"), "drive:received", "inbox", rules.has_files, _("partage document"), KEY
    ),
    boards.SitePage(
        _("Corbeille des fichiers"), "drive:bin", "trash", rules.has_files, _("effacé retrouver"), KEY
    ),
    boards.SitePage(
        _("Salle des personnels : fichiers"),
        "drive:staff",
        "briefcase",
        rules.enters_staff,
        _("documents salle des professeurs"),
        KEY,
    ),
]:
    boards.site_pages.add(page)
boards.group_links.add(
    boards.GroupLink(
        _("Fichiers de la classe"),
        lambda pk: reverse("drive:group", kwargs={"pk": pk}),
        "folder",
        rules.enters_group,
        order=42,
        service=KEY,
    )
)
boards.search.add(
    boards.SearchSource(
        _("Fichiers"),
        "folder",
        None,
        rules.has_files,
        letters=3,
        order=57,
        service=KEY,
        titles=lists.titles,
        hits=lists.items_found,
    )
)
boards.folders.add(
    boards.FolderSource(
        _("Mes fichiers"),
        lambda viewer: volume.tops(viewer, dav.answers),
        rules.has_files,
        at_top=True,
        order=10,
        service=KEY,
    )
)
boards.schedule.add(boards.Scheduled("drive.empty_bins", tasks.empty_bins, every_minutes=24 * 60))
boards.schedule.add(boards.Scheduled("drive.read_missing", tasks.read_missing, every_minutes=24 * 60))
reading.document_kept.connect(tasks.enqueue_reading, dispatch_uid="drive.reading")
boards.seeds.add(boards.Seed("fichiers", seeds.plant, order=72))
for name, count in [
    ("drive.documents", measures.documents_added),
    ("drive.shares", measures.shares_made),
]:
    boards.measures.add(boards.Measure(name, count))
boards.first_steps.add(
    boards.FirstStep(
        _("Garder et partager un fichier"),
        _("On le retrouve partout ; on le partage jusqu’à un jour, et l’on voit qui l’a ouvert."),
        "drive:home",
        rules.has_files,
        order=42,
        service=KEY,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        sharing.RECEIVED,
        _("Un document est partagé avec vous"),
        _("Fichiers"),
        _("Un document est partagé avec vous"),
        _("%(name)s\n%(who)s"),
        _("Voir le document"),
        _("Quelqu’un de l’établissement l’a partagé avec vous ou avec votre classe."),
        rules.has_files,
        pace=Pace.DAILY,
        order=40,
    )
)
for verb, label in [
    ("drive.added", _("Document déposé")),
    ("drive.folder_added", _("Dossier créé")),
    ("drive.changed", _("Document ou dossier renommé")),
    ("drive.moved", _("Document ou dossier rangé")),
    ("drive.copied", _("Document ou dossier copié")),
    ("drive.version_added", _("Nouvelle version d’un document")),
    ("drive.trashed", _("Document ou dossier jeté")),
    ("drive.restored", _("Document ou dossier remis")),
    ("drive.shared", _("Document partagé")),
    ("drive.share_ended", _("Partage arrêté")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, private=True))


def drive_files(viewer: Viewer) -> Any:
    return Version.objects.visible_to(viewer).values("file_id")


boards.file_owners.add(
    boards.FileOwner(
        "drive.Version", "file", drive_files, outlives=True, read=sharing.note_opening, service=KEY
    )
)

destinations.add(Destination(arriving.KEY, rules.has_files, arriving.check, arriving.keep, service=KEY))
boards.file_pickers.add(boards.FilePicker("drive:pick", rules.has_files, service=KEY))

COMMON: dict[str, Any] = dict(
    purpose=_("Garder les fichiers de chacun, les partager, et travailler à plusieurs dans une classe."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
STAFF, ALL = (Concerned.STAFF,), (Concerned.PUPILS, Concerned.GUARDIANS, Concerned.STAFF)
PLACED = _("dans un lieu commun : les élèves de la classe et leurs professeurs, ou les personnels")
SHARED = _("celles et ceux avec qui un document est partagé")
IN_CLASS = _("dans une classe, ses enseignants, la direction et la vie scolaire")
OPENED = _("qui a partagé ou déposé le document")

for label, model, person, fields, more in [
    (
        _("Fichiers et dossiers"),
        "Item",
        "owner",
        dict.fromkeys(
            "school place group parent is_folder pupils_may is_handed_in versions search_name".split(), NONE
        )
        | dict.fromkeys(
            "owner made_by made_at changed_at trashed_at trashed_by trashed_with name file description".split(),
            PERSONAL,
        ),
        {
            "readers": on_themselves(IN_CLASS, others=(SHARED, PLACED)),
            "about": ("made_by",),
            "forget": leaving.forget_items,
            "people": {"owner": ALL, "made_by": ALL, "trashed_by": ALL},
        },
    ),
    (
        _("Versions de documents"),
        "Version",
        "made_by",
        {"item": NONE, "number": NONE} | dict.fromkeys("file made_by made_at".split(), PERSONAL),
        {
            "readers": on_themselves(IN_CLASS, others=(SHARED, PLACED)),
            "forget": leaving.forget_versions,
            "people": {"made_by": ALL},
        },
    ),
    (
        _("Ce que disent les documents"),
        "Content",
        "file__kept_by",
        dict.fromkeys("file pages is_tagged".split(), NONE)
        | dict.fromkeys("words text read_at".split(), PERSONAL),
        {
            "readers": on_themselves(IN_CLASS, others=(SHARED, PLACED)),
            "people": {"kept_by": ALL},
        },
    ),
    (
        _("Partages de documents"),
        "Share",
        "given_by",
        {"item": NONE, "to": NONE, "group": NONE}
        | dict.fromkeys("person until given_by given_at ended_at ended_by".split(), PERSONAL),
        {
            "readers": Readers(EVERY_ROW, NO_ROW, (), (SHARED,)),
            "about": ("person",),
            "forget": sharing.forget_shares,
            "people": {"given_by": ALL, "person": ALL, "ended_by": ALL},
        },
    ),
    (
        _("Documents en cours d’écriture"),
        "Lock",
        "person",
        {"item": NONE, "token": NONE, "scope": NONE, "is_deep": NONE}
        | dict.fromkeys("person said made_at ends_at".split(), PERSONAL),
        {
            "readers": on_themselves(others=(SHARED, PLACED)),
            "forget": writing.forget_locks,
            "people": {"person": ALL},
        },
    ),
    (
        _("Ce que des logiciels notent d’un document"),
        "Property",
        "item__owner",
        {"item": NONE, "name": NONE, "content": PERSONAL},
        {"readers": on_themselves(others=(SHARED, PLACED)), "people": {"owner": ALL}},
    ),
    (
        _("Fichiers de travail des logiciels"),
        "Sidecar",
        "person",
        {"place": NONE, "folder": NONE} | dict.fromkeys("person name content kept_at".split(), PERSONAL),
        {"readers": on_themselves(), "forget": writing.forget_sidecars, "people": {"person": ALL}},
    ),
    (
        _("Documents ouverts"),
        "Opening",
        "person",
        {"item": NONE} | dict.fromkeys("person first_at last_at times".split(), PERSONAL),
        {
            "readers": on_themselves(others=(OPENED,)),
            "forget": sharing.forget_openings,
            "people": {"person": (Concerned.PUPILS, Concerned.STAFF)},
        },
    ),
]:
    boards.personal_data.add(PersonalData(label, f"drive.{model}", person, fields=fields, **COMMON | more))

# A folder goes once nothing lies in it any more.
PLACED_AND_EMPTY = Q(place__in=[Item.Place.CLASS, Item.Place.TEAM]) & (Q(is_folder=False) | Q(children=None))
boards.terms.add(
    Term(
        "drive.items",
        _("Fichiers et dossiers"),
        keep=Retention.YEAR_PLUS_ONE,
        model="drive.Item",
        when="changed_at",
        since=SINCE,
        text=_(
            "Dans une classe ou une équipe, effacé à la fin de l’année scolaire qui suit. Ce que chacun garde pour soi part avec sa personne ; "
            "ce que les personnels partagent reste, sans nom."
        ),
        due=by_year("drive.Item", "changed_at", but=PLACED_AND_EMPTY),
        people=("owner", "made_by"),
        erase=leaving.erase_items,
        with_it=("drive.Version", "drive.Share", "drive.Opening", "drive.Property"),
        order=28,
    )
)

boards.endings.add(
    boards.Ending(
        ("drive.Content",), _("Ce qu’un document dit s’efface avec son fichier, la nuit."), by="files.sweep"
    )
)
boards.endings.add(
    boards.Ending(
        ("drive.Lock", "drive.Sidecar"),
        _(
            "Ce qu’un logiciel tient ouvert, et les petits fichiers qu’il pose à côté pour lui, s’effacent dans la nuit."
        ),
        by="drive.empty_bins",
    )
)

for words in [
    boards.InWords("drive", boards.Section.WORK),
    boards.InWords(
        "drive.Item",
        when="made_at",
        sentence=("%(name)s",),
        names=lambda row: row.name,
        quiet=frozenset({"trashed_with"}),
    ),
    boards.InWords(
        "drive.Version",
        when="made_at",
        sentence=(_("Version d’un document"),),
    ),
    boards.InWords("drive.Content", when="read_at", sentence=(_("Mots d’un document"),)),
    boards.InWords("drive.Share", when="given_at", sentence=(_("Partage"), _("jusqu’au %(until)s"))),
    boards.InWords("drive.Lock", when="made_at", sentence=(_("Document en cours d’écriture"),)),
    boards.InWords("drive.Property", when="", sentence=(_("Noté par un logiciel"),)),
    boards.InWords("drive.Sidecar", when="kept_at", sentence=("%(name)s",)),
    boards.InWords("drive.Opening", when="last_at", sentence=(_("Document ouvert"),)),
]:
    boards.data_in_words.add(words)
