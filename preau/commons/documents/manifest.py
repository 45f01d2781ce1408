"""What documents show to the rest of the platform."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.commons.documents import api, exports, rules, seeds, tasks
from preau.commons.documents.actions import leaving, telling, writing
from preau.commons.documents.boards import FileForm, PlaceKind, file_forms, places
from preau.commons.documents.models import Document
from preau.commons.documents.queries import lists, measures, pictures, staff
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention, Term
from preau.foundation.readers import on_themselves

KEY = "documents"
boards.services.add(
    boards.Service(
        KEY,
        _("Documents à plusieurs"),
        text=_("Écrire à plusieurs le même texte, en même temps ou chacun son tour, sans rien perdre."),
        namespaces=("documents",),
        order=25,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Mes documents"),
        "documents:home",
        "file-text",
        rules.has_documents,
        section="lessons",
        order=31,
        service=KEY,
    )
)
for page in [
    boards.SitePage(
        _("Nouveau document"),
        "documents:new",
        "file-text",
        rules.has_documents,
        _("écrire texte traitement"),
        KEY,
    ),
    boards.SitePage(
        _("Corbeille des documents"),
        "documents:bin",
        "trash",
        rules.has_documents,
        _("effacé retrouver"),
        KEY,
    ),
]:
    boards.site_pages.add(page)
boards.doors.add(
    boards.Door(
        "api.documents",
        _("Documents à plusieurs"),
        _("les documents que vous lisez, et leur texte ; rien ne s’y écrit."),
        rules.has_documents,
        by=("token",),
        most=1000,
        service=KEY,
        order=36,
    )
)
boards.api.add(boards.ApiPart("documents", api.router, "api.documents", order=36))
places.add(
    PlaceKind(
        staff.KIND,
        _("Salle des personnels"),
        reads=staff.entered,
        writes=staff.entered,
        runs=staff.run,
        faces=staff.faces,
        school_of=lambda number: number,
        order=90,
        service=KEY,
    )
)
for form, told in exports.MADE.items():
    file_forms.add(FileForm(form, told.content_type, partial(exports.made_of, kind=form)))
boards.search.add(
    boards.SearchSource(
        _("Documents écrits à plusieurs"),
        "file-text",
        None,
        rules.has_documents,
        letters=3,
        order=58,
        service=KEY,
        titles=lists.titles,
        hits=lists.documents_found,
    )
)


def followed(viewer: Viewer, number: int | None) -> str | None:
    """The topic of an open document, for whoever reads it."""
    if number is None:
        return None
    found = Document.objects.visible_to(viewer).present().filter(pk=number).exists()
    return writing.topic_of(number) if found else None


boards.notification_kinds.add(
    boards.NotificationKind(
        telling.COMMENTED,
        _("Un commentaire sur un document"),
        _("Documents"),
        _("Un commentaire sur un document"),
        _("Quelqu’un commente « %(title)s »."),
        _("Voir les commentaires"),
        _("Vous avez commencé ce document, ou commenté ce passage."),
        rules.has_documents,
        pace=boards.Pace.DAILY,
        order=47,
    )
)
boards.file_owners.add(
    boards.FileOwner("documents.Picture", "file", pictures.seen, outlives=True, service=KEY)
)
boards.topics.add(boards.Topic("document", followed))
boards.schedule.add(boards.Scheduled("documents.settle", tasks.settle, every_minutes=5))
boards.schedule.add(boards.Scheduled("documents.empty_bins", tasks.empty_bins, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("documents", seeds.plant, order=73))
for name, count in [
    ("documents.begun", measures.documents_begun),
    ("documents.comments", measures.comments_made),
]:
    boards.measures.add(boards.Measure(name, count))
for verb, label in [
    ("documents.begun", _("Document commencé")),
    ("documents.renamed", _("Titre d’un document changé")),
    ("documents.version_named", _("Version d’un document gardée sous un nom")),
    ("documents.version_restored", _("Document revenu à une version")),
    ("documents.picture_put", _("Image mise dans un document")),
    ("documents.suggestion_accepted", _("Suggestion mise dans un document")),
    ("documents.remark_withdrawn", _("Commentaire d’un autre retiré d’un document")),
    ("documents.trashed", _("Document jeté")),
    ("documents.restored", _("Document remis")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label, private=True))

COMMON: dict[str, Any] = dict(
    purpose=_("Écrire des textes à plusieurs, en garder les versions, et en parler passage par passage."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
ALL = (Concerned.PUPILS, Concerned.GUARDIANS, Concerned.STAFF)
AT_WORK = _("dans la salle des personnels, tous ceux qui y travaillent")
PLACED = _("celles et ceux qui lisent le lieu où se trouve le document")

for label, model, person, fields, more in [
    (
        _("Documents écrits à plusieurs"),
        "Document",
        "owner",
        dict.fromkeys("school kind place shown last kept versions weight sent_as search_title".split(), NONE)
        | dict.fromkeys(
            "owner title html words begun_by begun_at changed_at trashed_at trashed_by".split(), PERSONAL
        ),
        {
            "about": ("begun_by",),
            "forget": leaving.forget_documents,
            "people": {"owner": ALL, "begun_by": ALL, "trashed_by": ALL},
        },
    ),
    (
        _("Ce que chacun a écrit dans un document, avant que cela ne fasse une version"),
        "Update",
        "author",
        dict.fromkeys("document number batch".split(), NONE)
        | dict.fromkeys("content author made_at".split(), PERSONAL),
        {"forget": leaving.forget_updates, "people": {"author": ALL}, "withheld": frozenset({"content"})},
    ),
    (
        _("Versions de documents écrits à plusieurs"),
        "Version",
        "made_by",
        dict.fromkeys("document number upto".split(), NONE)
        | dict.fromkeys("name html made_by made_at".split(), PERSONAL),
        {"forget": leaving.forget_versions, "people": {"made_by": ALL}},
    ),
    (
        _("Qui a écrit une version"),
        "Authorship",
        "person",
        {"version": NONE, "person": PERSONAL},
        {"forget": leaving.forget_authorships, "people": {"person": ALL}},
    ),
    (
        _("Commentaires et suggestions sur un document"),
        "Comment",
        "author",
        dict.fromkeys("document parent kind outcome".split(), NONE)
        | dict.fromkeys(
            "passage prefix replacement text author made_at settled_by settled_at withdrawn_at".split(),
            PERSONAL,
        ),
        {"forget": leaving.forget_comments, "people": {"author": ALL, "settled_by": ALL}},
    ),
    (
        _("Images mises dans un document"),
        "Picture",
        "put_by",
        dict.fromkeys("document file".split(), NONE) | dict.fromkeys("put_by put_at".split(), PERSONAL),
        {"forget": leaving.forget_pictures, "people": {"put_by": ALL}},
    ),
    (
        _("Pages ouvertes sur un document"),
        "Presence",
        "person",
        {"document": NONE, "page": NONE} | dict.fromkeys("person caret writes seen_at".split(), PERSONAL),
        {"forget": leaving.forget_presences, "people": {"person": ALL}},
    ),
    (
        _("Tours d’écriture"),
        "Turn",
        "person",
        {"document": NONE} | dict.fromkeys("person html ends_at".split(), PERSONAL),
        {"forget": leaving.forget_turns, "people": {"person": ALL}},
    ),
]:
    boards.personal_data.add(
        PersonalData(
            label,
            f"documents.{model}",
            person,
            fields=fields,
            readers=on_themselves(AT_WORK, others=(PLACED,)),
            **COMMON | more,
        )
    )

boards.terms.add(
    Term(
        "documents.documents",
        _("Documents écrits à plusieurs"),
        keep=Retention.YEAR_PLUS_ONE,
        model="documents.Document",
        when="changed_at",
        since=SINCE,
        text=_(
            "Effacé avec ses versions et ses commentaires à la fin de l’année scolaire qui suit celle où l’on y a écrit pour la dernière fois ; "
            "plus tôt avec le lieu où il se trouve, ou avec la personne à qui il est."
        ),
        due=by_year("documents.Document", "changed_at"),
        people=("owner", "begun_by"),
        erase=leaving.erase,
        with_it=(
            "documents.Version",
            "documents.Comment",
            "documents.Authorship",
            "documents.Update",
            "documents.Picture",
        ),
        order=29,
    )
)
boards.endings.add(
    boards.Ending(
        ("documents.Presence", "documents.Turn"),
        _("Qui est sur la page d’un document s’oublie en quelques minutes ; un tour d’écriture, en un jour."),
        by="documents.settle",
    )
)
for words in [
    boards.InWords("documents", boards.Section.WORK),
    boards.InWords(
        "documents.Document",
        when="begun_at",
        sentence=("%(title)s",),
        names=lambda row: row.title,
        quiet=frozenset({"words"}),
    ),
    boards.InWords("documents.Update", when="made_at", sentence=(_("Écrit dans un document"),)),
    boards.InWords("documents.Version", when="made_at", sentence=(_("Version d’un document"),)),
    boards.InWords("documents.Authorship", when="", sentence=(_("A écrit dans une version"),)),
    boards.InWords("documents.Comment", when="made_at", sentence=(_("Commentaire d’un document"),)),
    boards.InWords("documents.Picture", when="put_at", sentence=(_("Image mise dans un document"),)),
    boards.InWords("documents.Presence", when="seen_at", sentence=(_("Page ouverte sur un document"),)),
    boards.InWords("documents.Turn", when="ends_at", sentence=(_("Tour d’écriture"),)),
]:
    boards.data_in_words.add(words)
