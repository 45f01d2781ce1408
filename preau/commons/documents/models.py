"""Documents, what makes their text, its versions, who writes in them now, and what is said about a passage."""

from typing import Any, Self

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.documents import boards
from preau.commons.files.models import StoredFile
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.foundation.boards import offered
from preau.foundation.db import NATURAL

LONGEST_TITLE, LONGEST_NAME, LONGEST_WORDS, LONGEST_HTML = 120, 80, 300_000, 900_000
LONGEST_PASSAGE, LONGEST_CARET = 300, 1_000
OWN = "own"


def placed(viewer: Viewer, power: str) -> Q:
    """Documents of the places where the viewer « reads », « comments », « writes » or « runs »; those of their own besides."""
    found = Q(kind=OWN, owner=viewer.person.pk)
    for kind, seated in offered(boards.places, viewer):
        found |= Q(kind=kind.key, place__in=kind.keys(power, seated))
    return found


def between_schools() -> Q:
    """Documents of the places where people of several schools meet."""
    found = Q(pk=None)
    for kind in boards.places:
        if kind.meets:
            found |= Q(kind=kind.key, place__in=kind.meets())
    return found


class DocumentQuerySet(SchoolQuerySet):
    def present(self) -> Self:
        """Those that nobody threw away."""
        return self.filter(trashed_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and those of the places where one reads; of the bin, what one may take out of it."""
        thrown = Q(trashed_at__isnull=False) & (placed(viewer, "runs") | self._thrown_by(viewer))
        return self.filter((Q(trashed_at=None) & placed(viewer, "reads")) | thrown)

    @staticmethod
    def _thrown_by(viewer: Viewer) -> Q:
        return Q(trashed_by=viewer.person.pk) & placed(viewer, "writes")

    def powered(self, viewer: Viewer) -> Any:
        """Each says whether the viewer `may_comment` it, `may_write` in it and `may_run` it."""
        writes, runs = placed(viewer, "writes"), placed(viewer, "runs")
        begun = Q(begun_by=viewer.person.pk) & writes
        return self.named().annotate(
            may_comment=ExpressionWrapper(placed(viewer, "comments"), BooleanField()),
            may_write=ExpressionWrapper(writes, BooleanField()),
            may_run=ExpressionWrapper(runs | begun, BooleanField()),
        )

    def named(self) -> Any:
        """Each says whether people of several schools write there (`meets`): its authors are then named shortly."""
        return self.annotate(meets=ExpressionWrapper(between_schools(), BooleanField()))

    def light(self) -> Self:
        """Without its text: for a list."""
        return self.defer("html", "words")

    def opened_by(self, viewer: Viewer, pk: int) -> "Document | None":
        """The document of a page if the viewer sees it, with what they may do there (one query)."""
        rows: Any = self.visible_to(viewer).powered(viewer)
        found: Document | None = rows.select_related("school", "owner", "begun_by").filter(pk=pk).first()
        return found


class Document(models.Model):
    """A text that people write together. `kind` and `place` say where it lies (`boards.places`); `owner`, for « Mes documents ».

    `weight`: bytes of its state and its updates; `last`: the number of the last update; `html` and `words` say what it says as of update `shown`. `versions` have been kept, the last
    one as of update `kept`.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="documents", verbose_name=_("établissement")
    )
    kind = models.CharField(_("sorte de lieu"), max_length=20)
    place = models.BigIntegerField(_("lieu"), default=0)
    owner = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="documents", verbose_name=_("propriétaire")
    )
    title = models.CharField(_("titre"), max_length=LONGEST_TITLE, db_collation=NATURAL)
    search_title = models.CharField(_("titre sans accents"), max_length=LONGEST_TITLE * 2, editable=False)
    html = models.TextField(_("texte"), max_length=LONGEST_HTML, blank=True)
    words = models.TextField(_("mots"), max_length=LONGEST_WORDS, blank=True)
    shown = models.PositiveIntegerField(_("texte à jour de"), default=0)
    last = models.PositiveIntegerField(_("dernier ajout"), default=0)
    kept = models.PositiveIntegerField(_("version à jour de"), default=0)
    versions = models.PositiveIntegerField(_("nombre de versions"), default=0)
    weight = models.PositiveIntegerField(_("poids en octets"), default=0, db_default=0)
    begun_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="documents_begun", verbose_name=_("commencé par")
    )
    begun_at = models.DateTimeField(_("commencé le"))
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)
    changed_at = models.DateTimeField(_("changé le"))
    trashed_at = models.DateTimeField(_("jeté le"), null=True)
    trashed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="documents_trashed", verbose_name=_("jeté par")
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document écrit à plusieurs")
        verbose_name_plural = _("documents écrits à plusieurs")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=OWN, owner__isnull=False, place=0) | (~Q(kind=OWN) & Q(owner=None)),
                name="document_lies_in_one_place",
            ),
            models.UniqueConstraint(
                fields=["begun_by", "sent_as"], condition=~Q(sent_as=""), name="one_document_per_form"
            ),
        ]
        indexes = [
            models.Index(
                "kind",
                "place",
                models.F("changed_at").desc(),
                models.F("id").desc(),
                condition=Q(trashed_at=None),
                name="documents_of_a_place",
            ),
            models.Index(
                "owner",
                models.F("changed_at").desc(),
                models.F("id").desc(),
                condition=Q(trashed_at=None, kind=OWN),
                name="documents_of_a_person",
            ),
            # What a task has to keep a version of, every few minutes.
            models.Index("changed_at", condition=~Q(last=models.F("kept")), name="documents_to_keep"),
            models.Index("trashed_at", condition=Q(trashed_at__isnull=False), name="documents_bin"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_trashed(self) -> bool:
        return self.trashed_at is not None


class OfDocumentQuerySet(SchoolQuerySet):
    school_path = "document__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever reads the document."""
        return self.filter(document__in=Document.objects.visible_to(viewer))


class State(models.Model):
    """All the updates of a document up to `number`, as one (Yjs)."""

    document = models.OneToOneField(
        Document, models.CASCADE, related_name="state", verbose_name=_("document")
    )
    number = models.PositiveIntegerField(_("numéro"), default=0)
    content = models.BinaryField(_("état"), default=b"")

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("état d’un document")


class Update(models.Model):
    """What one page sent at once (Yjs), in the order in which it was kept. `batch`: the page's own name for it; sent twice, it is kept once."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="updates", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("numéro"))
    batch = models.UUIDField(_("envoi"))
    content = models.BinaryField(_("ajout"))
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="document_updates", verbose_name=_("écrit par")
    )
    made_at = models.DateTimeField(_("écrit le"))

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("ajout à un document")
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_update_once"),
            models.UniqueConstraint(fields=["document", "batch"], name="document_batch_once"),
        ]


class Version(models.Model):
    """What the document said at a moment, as of update `upto`. `name`: given by somebody; "" for what was kept by itself."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="all_versions", verbose_name=_("document")
    )
    number = models.PositiveIntegerField(_("numéro"))
    name = models.CharField(_("nom"), max_length=LONGEST_NAME, blank=True)
    html = models.TextField(_("texte"), max_length=LONGEST_HTML, blank=True)
    upto = models.PositiveIntegerField(_("à jour de"))
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="document_versions", verbose_name=_("gardée par")
    )
    made_at = models.DateTimeField(_("gardée le"))

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("version d’un document écrit à plusieurs")
        verbose_name_plural = _("versions de documents écrits à plusieurs")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]


class Picture(models.Model):
    """A picture that was put in a document, now in its text or in a version: whoever reads the document sees it. The text names it by the
    public id of its file, and shows none that is not here."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="pictures", verbose_name=_("document")
    )
    file = models.ForeignKey(
        StoredFile, models.CASCADE, related_name="document_pictures", verbose_name=_("image")
    )
    put_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="document_pictures", verbose_name=_("ajoutée par")
    )
    put_at = models.DateTimeField(_("ajoutée le"))

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("image d’un document")
        verbose_name_plural = _("images de documents")
        constraints = [models.UniqueConstraint(fields=["document", "file"], name="document_picture_once")]


class OfVersionQuerySet(SchoolQuerySet):
    school_path = "version__document__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(version__document__in=Document.objects.visible_to(viewer))


class Authorship(models.Model):
    """Somebody wrote in the document between the version before and this one."""

    version = models.ForeignKey(
        Version, models.CASCADE, related_name="authorships", verbose_name=_("version")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="document_authorships", verbose_name=_("personne")
    )

    objects = OfVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("qui a écrit une version")
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="document_authorship_once")]


class Presence(models.Model):
    """A page that is open on a document, as of a moment ago; gone with the page, or in less than a minute. `caret`: where somebody
    writes, in the words of the editor; never kept with the text."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="presences", verbose_name=_("document")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="document_presences", verbose_name=_("personne")
    )
    page = models.UUIDField(_("page ouverte"))
    caret = models.CharField(_("curseur"), max_length=LONGEST_CARET, blank=True)
    writes = models.BooleanField(_("écrit"), default=False)
    seen_at = models.DateTimeField(_("vu le"))

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("page ouverte sur un document")
        constraints = [
            models.UniqueConstraint(fields=["document", "person", "page"], name="document_presence_once")
        ]


class Turn(models.Model):
    """Somebody writes without the live editor: others who do so wait until `ends_at`. `html`: the text as they began from it."""

    document = models.OneToOneField(Document, models.CASCADE, related_name="turn", verbose_name=_("document"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="document_turns", verbose_name=_("personne")
    )
    html = models.TextField(_("texte d’où l’on part"), max_length=LONGEST_HTML, blank=True)
    ends_at = models.DateTimeField(_("rouvert le"))

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("tour d’écriture")


class Comment(models.Model):
    """Something said about a passage, or an answer to it (`parent`), or a suggestion: `replacement` would take the place of the passage.

    `passage` is what it is about, word for word, and `prefix` the few words before it, where it stands several times. `withdrawn_at`: its
    words were taken back, and the answers of others stay.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Commentaire")
        SUGGESTION = "suggestion", _("Suggestion")

    class Outcome(models.TextChoices):
        OPEN = "open", _("À traiter")
        DONE = "done", _("Traité")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="comments", verbose_name=_("document")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="answers", verbose_name=_("commentaire")
    )
    kind = models.CharField(_("sorte"), max_length=10, choices=Kind.choices, default=Kind.COMMENT)
    passage = models.CharField(_("passage"), max_length=LONGEST_PASSAGE, blank=True)
    prefix = models.CharField(_("ce qui précède"), max_length=60, blank=True)
    replacement = models.CharField(_("remplacement proposé"), max_length=1_000, blank=True)
    text = models.TextField(_("commentaire"), max_length=2_000, blank=True)
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="document_comments", verbose_name=_("écrit par")
    )
    made_at = models.DateTimeField(_("écrit le"))
    outcome = models.CharField(_("suite"), max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    settled_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="document_settled", verbose_name=_("traité par")
    )
    settled_at = models.DateTimeField(_("traité le"), null=True)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True)

    objects = OfDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commentaire d’un document")
        verbose_name_plural = _("commentaires de documents")
        ordering = ["pk"]
