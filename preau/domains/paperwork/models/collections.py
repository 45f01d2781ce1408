"""A collection of documents, the pieces that it wants, and the pupils of whom it wants them."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Person, School, SchoolQuerySet, SchoolYear
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role

# Who asks families for documents, follows them and checks all but those of health.
KEEPERS = (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)
# Who opens and checks a confidential piece.
HEALTH_READERS = (Role.HEAD, Role.NURSE)


class AskedPapersQuerySet(SchoolQuerySet):
    def out(self) -> Self:
        return self.exclude(state=Collection.State.DRAFT)

    def visible_to(self, viewer: Viewer) -> Self:
        """Head, school life and secretary; once open, the nurse where a piece is confidential, and whoever is asked."""
        if viewer.is_staff:
            found = self.in_school(viewer)
            if viewer.holds(*KEEPERS):
                return found
            return found.out().filter(_wants_health()) if viewer.holds(*HEALTH_READERS) else self.none()
        mine = Dossier.objects.visible_to(viewer).order_by().values("collection_id")
        return self.out().filter(pk__in=mine)


def _wants_health() -> Exists:
    return Exists(Piece.objects.filter(collection=OuterRef("pk"), readers=Piece.Readers.HEALTH))


class Collection(models.Model):
    """One request of documents: « Dossier de rentrée ». Once open, its pieces stay as they are; its last day may be put off.

    Wanted from the pupils of some levels, classes and groups, and from some pupils: those of the day, who get a `Dossier` each.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        OPEN = "open", _("Ouverte")
        CLOSED = "closed", _("Terminée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="document_collections", verbose_name=_("établissement")
    )
    year = models.ForeignKey(
        SchoolYear, models.CASCADE, related_name="document_collections", verbose_name=_("année scolaire")
    )
    title = models.CharField(_("titre"), max_length=120)
    text = models.TextField(_("message aux familles"), max_length=2000, blank=True)
    search_title = models.CharField(_("titre sans accents"), max_length=200, editable=False)
    last_day = models.DateField(_("à envoyer avant le"))
    levels: Any = models.JSONField(_("niveaux"), default=list, blank=True)
    groups = models.ManyToManyField(
        Group, blank=True, related_name="document_collections", verbose_name=_("classes et groupes")
    )
    pupils = models.ManyToManyField(
        Person, blank=True, related_name="document_collections", verbose_name=_("élèves choisis")
    )
    state = models.CharField(_("état"), max_length=6, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey(
        Person, models.PROTECT, related_name="document_collections_written", verbose_name=_("préparé par")
    )
    written_at = models.DateTimeField(_("préparé à"))
    opened_at = models.DateTimeField(_("ouvert à"), null=True, blank=True)
    closed_at = models.DateTimeField(_("terminé à"), null=True, blank=True)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = AskedPapersQuerySet.as_manager()

    class Meta:
        verbose_name = _("collecte de pièces")
        verbose_name_plural = _("collectes de pièces")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "sent_as"], condition=~Q(sent_as=""), name="one_collection_per_form"
            )
        ]
        indexes = [models.Index(fields=["school", "state"], name="collection_by_state")]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def is_late(self, today: date) -> bool:
        """Has the last day passed? What comes late is taken until the collection is closed."""
        return today > self.last_day


class PieceQuerySet(SchoolQuerySet):
    school_path = "collection__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees what wants it."""
        return self.filter(collection__in=Collection.objects.visible_to(viewer))


class Piece(models.Model):
    """One document that is wanted. `kind` says what it is, so that a family need not send it twice in a year."""

    class Kind(models.TextChoices):
        INSURANCE = "insurance", _("Assurance scolaire")
        PHOTO = "photo", _("Photo d’identité")
        AUTHORISATION = "authorisation", _("Autorisation")
        ADDRESS = "address", _("Justificatif de domicile")
        HEALTH = "health", _("Fiche d’urgence ou de santé")
        OTHER = "other", _("Autre")

    class Readers(models.TextChoices):
        OFFICE = "office", _("Direction, vie scolaire et secrétariat")
        HEALTH = "health", _("Infirmerie et direction seulement")

    class Keep(models.TextChoices):
        CHECKED = "checked", _("Trente jours après sa vérification")
        YEAR = "year", _("Jusqu’à la fin de l’année scolaire")

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="pieces", verbose_name=_("collecte")
    )
    place = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("nature"), max_length=13, choices=Kind.choices)
    label = models.CharField(_("pièce"), max_length=120)
    hint = models.CharField(_("aide"), max_length=300, blank=True)
    is_required = models.BooleanField(_("obligatoire"), default=True)
    readers = models.CharField(_("qui la lit"), max_length=6, choices=Readers.choices)
    keep = models.CharField(_("gardée"), max_length=7, choices=Keep.choices)

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce à fournir")
        verbose_name_plural = _("pièces à fournir")
        ordering = ["collection", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="health") | Q(readers="health"), name="health_is_read_by_few"
            )
        ]

    @property
    def is_confidential(self) -> bool:
        return self.readers == self.Readers.HEALTH


class DossierQuerySet(SchoolQuerySet):
    school_path = "collection__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Head, school life and secretary; the nurse where a piece is confidential; who answers for the pupil, or a pupil of age."""
        if viewer.is_staff:
            seen = Collection.objects.visible_to(viewer).order_by().values("pk")
            return self.in_school(viewer).filter(collection__in=seen)
        found = self.exclude(collection__state=Collection.State.DRAFT).filter(pupil__in=viewer.own_pupils())
        if viewer.profile == Profile.PUPIL:
            return found.filter(pupil__birth_date__lte=viewer.years_ago(MAJORITY))
        return found


class Dossier(models.Model):
    """A pupil of whom a collection wants its pieces. Made when it opens, and for whoever joins a class later."""

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="dossiers", verbose_name=_("collecte")
    )
    pupil = models.ForeignKey(
        Person, models.CASCADE, related_name="document_dossiers", verbose_name=_("élève")
    )
    asked_at = models.DateTimeField(_("demandé à"))

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier d’un élève")
        verbose_name_plural = _("dossiers d’élèves")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "pupil"], name="one_dossier_of_a_collection")
        ]


class ReminderQuerySet(SchoolQuerySet):
    school_path = "collection__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever may remind."""
        return self.in_school(viewer) if viewer.holds(*KEEPERS) else self.none()


class Reminder(models.Model):
    """Families told again, one day, of what still misses; `number`: of how many pupils."""

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="reminders", verbose_name=_("collecte")
    )
    day = models.DateField(_("jour"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="document_reminders", verbose_name=_("par"))
    at = models.DateTimeField("à")
    number = models.PositiveIntegerField(_("élèves"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("relance d’une collecte")
        verbose_name_plural = _("relances de collectes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "day"], name="one_reminder_a_day_of_a_collection")
        ]


class BundleQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever asked for it, as long as they keep the documents of the school."""
        if not viewer.holds(*KEEPERS):
            return self.none()
        return self.in_school(viewer).filter(made_by=viewer.person.pk)

    def being_made(self) -> Self:
        return self.filter(state=Bundle.State.MAKING)


class Bundle(models.Model):
    """The pieces of a collection as one archive, confidential ones left out: made by a task, gone after a week."""

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prête")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonnée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="document_bundles", verbose_name=_("établissement")
    )
    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="bundles", verbose_name=_("collecte")
    )
    group = models.ForeignKey(
        Group,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="document_bundles",
        verbose_name=_("classe ou groupe"),
    )
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, related_name="document_bundles", verbose_name=_("fichier")
    )
    made_by = models.ForeignKey(
        Person, models.CASCADE, related_name="document_bundles", verbose_name=_("demandée par")
    )
    asked_at = models.DateTimeField(_("demandée à"))

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive de pièces")
        verbose_name_plural = _("archives de pièces")
        ordering = ["-pk"]
