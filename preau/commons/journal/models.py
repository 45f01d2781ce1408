"""Lines, seals, and the extracts that a head asks for."""

from datetime import date
from typing import ClassVar, Self

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Guardianship, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.readers import EVERY_ROW, NO_ROW


def lines_read(side: str, reader_id: int) -> models.Q:
    """The lines that somebody reads of what is written about them ("subject") or about a minor for whom they answer ("guardian").

    What they did themselves, always. Else what the school did: neither what another of the family did, nor a line on a row that
    they do not read, which would tell that it is there, and since when (docs/decisions/0130).
    """
    others = models.Q(acting_as="guardian") | models.Q(acting_as__startswith="pupil")
    verbs = [word.verb for word in boards.journal_words if word.private]
    hidden = others | models.Q(verb__in=verbs) | _on_unread_rows(side, reader_id)
    return models.Q(actor=reader_id) | ~hidden


def _on_unread_rows(side: str, reader_id: int) -> models.Q:
    """Lines on a row of the personal data board that its readers do not let this person read."""
    closed, found = [], models.Q()
    for entry in boards.personal_data:
        rows = getattr(entry.readers, side)
        model = apps.get_model(entry.model)
        if rows is EVERY_ROW or model is Line:
            continue
        if rows is NO_ROW:
            closed.append(model._meta.label_lower)
            continue
        kept = model._meta.default_manager
        read = kept.filter(rows.where(reader_id), pk=models.OuterRef("target_id"))
        found |= models.Q(target=model._meta.label_lower) & ~models.Exists(read)
    return found | models.Q(target__in=closed)


class LineQuerySet(SchoolQuerySet):
    def unsealed(self) -> Self:
        return self.filter(seal=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """The head reads the journal of the school, save what is private of their own children; everyone reads what they did."""
        own = models.Q(actor_id=viewer.person.pk)
        if not viewer.holds(Role.HEAD):
            return self.filter(own)
        return self.filter(own | models.Q(school_id=viewer.school_id)).told_to(viewer.person.pk)

    def told_to(self, reader_id: int) -> Self:
        """Without what the reader would not read as a guardian of their own children: what the other parent asked, and the
        answers (docs/decisions/0109)."""
        children = Guardianship.objects.of_another().filter(guardian=reader_id).values("pupil_id")
        kept_away = models.Q(subject__in=children) & ~lines_read("guardian", reader_id)
        return self.exclude(kept_away)


class Seal(models.Model):
    """A batch of lines of one school under a digest that covers them and the seal before."""

    school = models.ForeignKey(
        School, models.PROTECT, null=True, related_name="journal_seals", verbose_name=_("établissement")
    )
    number = models.PositiveIntegerField(_("rang"))
    digest = models.CharField(_("empreinte"), max_length=64)
    count = models.PositiveIntegerField(_("nombre de lignes"))
    at = models.DateTimeField(_("scellé le"), auto_now_add=True)
    # Its lines were past their term: the digest stays, for the chain (docs/decisions/0113).
    erased_at = models.DateTimeField(_("effacé à son terme le"), null=True, blank=True)

    class SealQuerySet(SchoolQuerySet):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("sceau du journal")
        verbose_name_plural = _("sceaux du journal")
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="one_seal_per_number"),
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(school=None), name="one_seal_per_number_of_the_platform"
            ),
        ]


class Line(models.Model):
    """One trace. Never changed: erasing a person blanks the person, not the line (docs/decisions/0017)."""

    # Nor does it follow when two rows of one human being are merged (docs/decisions/0076).
    stays_put: ClassVar = frozenset({"actor", "subject"})

    at = models.DateTimeField(_("date et heure"), auto_now_add=True, db_index=True)
    verb = models.CharField(_("action"), max_length=60)
    actor = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="journal_lines", verbose_name=_("auteur")
    )
    acting_as = models.CharField(_("en tant que"), max_length=40, blank=True)
    school = models.ForeignKey(
        School, models.PROTECT, null=True, related_name="journal_lines", verbose_name=_("établissement")
    )
    target = models.CharField(_("objet"), max_length=60, blank=True)
    target_id = models.BigIntegerField(_("numéro de l’objet"), null=True)
    subject = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="journal_about", verbose_name=_("personne concernée")
    )
    is_read = models.BooleanField(_("lecture"), default=False)
    details = models.JSONField(_("détails"), default=dict)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="lines", verbose_name=_("sceau"))

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("lignes du journal")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["subject", "at"], name="journal_by_subject"),
            models.Index(fields=["school", "at"], name="journal_by_school"),
            models.Index(fields=["target", "target_id"], name="journal_by_target"),
            models.Index(fields=["school", "id"], condition=models.Q(seal=None), name="journal_unsealed"),
        ]


class ExtractQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the school, to its head: an extract names people, and says what somebody looks into."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()

    def being_made(self) -> Self:
        return self.filter(state=Extract.State.MAKING)

    def over(self, today: date) -> Self:
        """Those of which the days are over."""
        return self.filter(expires_on__lt=today)


class Extract(models.Model):
    """Lines of a school's journal between two days, of one person or not, in a file that a task makes. It goes after thirty days.

    `sha256` is what the bytes of its file were when it was made, so that anybody can check a copy.
    """

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prêt")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonné")

    class Side(models.TextChoices):
        BOTH = "", _("par cette personne ou à son sujet")
        BY = "par", _("par cette personne")
        ABOUT = "sur", _("au sujet de cette personne")

    class Kind(models.TextChoices):
        ALL = "", _("Lectures et changements")
        READ = "lecture", _("Lectures seulement")
        WRITTEN = "ecriture", _("Changements seulement")

    class Shape(models.TextChoices):
        CSV = "csv", _("Tableau (CSV)")
        BUNDLE = "zip", _("Dossier signé (ZIP)")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="journal_extracts", verbose_name=_("établissement")
    )
    asked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="journal_extracts", verbose_name=_("demandé par")
    )
    seat = models.CharField(_("au titre de"), max_length=40)
    asked_at = models.DateTimeField(_("demandé à"))
    first = models.DateField(_("du"))
    last = models.DateField(_("au"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("personne visée")
    )
    side = models.CharField(_("sens"), max_length=3, choices=Side.choices, blank=True)
    verb = models.CharField(_("action"), max_length=60, blank=True)
    kind = models.CharField(_("lectures ou changements"), max_length=8, choices=Kind.choices, blank=True)
    shape = models.CharField(_("forme"), max_length=3, choices=Shape.choices, default=Shape.CSV)
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    rows = models.PositiveIntegerField(_("lignes"), default=0)
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("fichier")
    )
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)
    expires_on = models.DateField(_("à retirer jusqu’au"))

    objects = ExtractQuerySet.as_manager()

    class Meta:
        verbose_name = _("extrait du journal")
        verbose_name_plural = _("extraits du journal")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="ready", file__isnull=False)
                | (~models.Q(state="ready") & models.Q(file=None)),
                name="extract_ready_with_its_file",
            ),
        ]
