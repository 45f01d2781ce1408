"""What is being sent, what was kept of it, and the files that were made of it."""

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.media.boards import owners
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import boards, vault


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, nobody else's."""
        return self.filter(person_id=viewer.person.pk)

    def arriving(self) -> Self:
        """Those that are not handed over yet."""
        return self.filter(page="")

    def still_since(self, moment: datetime) -> Self:
        """Those of which nothing has come since."""
        return self.filter(moved_at__lt=moment)


class Upload(models.Model):
    """A file that is arriving by parts. Its bytes say how much of it is there; `received` is what was told last.

    `public_id` is also the one of the medium that it becomes. `modified`: when its file changed, as the browser said: the same file
    chosen again goes on from where it stopped. `goes_to`: a destination and a place there, "" for what becomes a medium; `page`: where it is,
    once it is handed over, for whoever did not hear it.
    """

    public_id = models.CharField(_("adresse"), max_length=32, unique=True, default=vault.new_name)
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="media_uploads", verbose_name=_("envoyé par")
    )
    name = models.CharField(_("nom"), max_length=200)
    size = models.PositiveBigIntegerField(_("taille"))
    modified = models.CharField(_("fichier modifié"), max_length=20, blank=True)
    goes_to = models.CharField(_("va à"), max_length=60, blank=True, db_default="")
    page = models.CharField(_("page où il est"), max_length=200, blank=True, db_default="")
    received = models.PositiveBigIntegerField(_("reçu"), default=0)
    moved_at = models.DateTimeField(_("dernière partie reçue le"))

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("envoi d’un média")
        verbose_name_plural = _("envois de médias")
        ordering = ("-moved_at", "pk")


class MediumQuerySet(models.QuerySet["Medium"]):
    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own; and what an owner shows, to visitors too where it does."""
        if viewer is None:
            return self.filter(_shown([(owner, None) for owner in owners]))
        return self.filter(Q(kept_by_id=viewer.person.pk) | _shown(boards.offered(owners, viewer)))

    def mine(self, viewer: Viewer) -> Self:
        return self.filter(kept_by_id=viewer.person.pk)

    def loose(self) -> Self:
        """Those that nothing shows."""
        found = self
        for owner in owners:
            found = found.exclude(_pointed_at(owner))
        return found

    def to_make(self) -> Self:
        """Those that are not ready, and may become so."""
        return self.filter(state__in=[Medium.State.WAITING, Medium.State.MAKING, Medium.State.HELD])


def _shown(seats: Any) -> Q:
    seen = Q(pk__in=[])
    for owner, seated in seats:
        seen |= Q(pk__in=owner.media(seated))
    return seen


def _pointed_at(owner: Any) -> models.Exists:
    rows = apps.get_model(owner.model)._default_manager  # noqa: SLF001 - Django's door to a model known by its label
    return models.Exists(rows.filter(**{owner.field: models.OuterRef("pk")}))


class Medium(models.Model):
    """A film, a sound, a picture or a document, and its words.

    `facts` is what was read in the file (`media.films.Facts`, pages, authors). `text` holds the words of a document. Captions are
    WebVTT, written by us; chapters are [seconds, title]. `silent`: there is nothing to caption in it. `refusal` says why it failed.
    """

    class Kind(models.TextChoices):
        VIDEO = "video", _("Vidéo")
        AUDIO = "audio", _("Son")
        IMAGE = "image", _("Image")
        PDF = "pdf", _("PDF")
        EPUB = "epub", _("Livre EPUB")

    class State(models.TextChoices):
        WAITING = "waiting", _("En attente")
        MAKING = "making", _("En préparation")
        HELD = "held", _("En cours de vérification")
        READY = "ready", _("Prêt")
        FAILED = "failed", _("N’a pas abouti")

    public_id = models.CharField(_("adresse"), max_length=32, unique=True, default=vault.new_name)
    kind = models.CharField(_("nature"), max_length=5, choices=Kind.choices)
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.WAITING)
    refusal = models.CharField(_("refus"), max_length=300, blank=True)
    name = models.CharField(_("nom"), max_length=200)
    size = models.PositiveBigIntegerField(_("taille"))
    digest = models.CharField(_("empreinte"), max_length=64, blank=True)
    facts = models.JSONField(_("contenu"), default=dict)
    text = models.TextField(_("texte du document"), blank=True)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    alternative = models.CharField(_("description de l’image"), max_length=400, blank=True)
    captions = models.TextField(_("sous-titres"), blank=True)
    silent = models.BooleanField(_("sans paroles"), default=False)
    transcript = models.TextField(_("transcription"), blank=True)
    chapters = models.JSONField(_("chapitres"), default=list)
    kept_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="media_kept", verbose_name=_("envoyé par")
    )
    kept_at = models.DateTimeField(_("envoyé le"))
    moved_at = models.DateTimeField(_("avancé le"))

    objects = MediumQuerySet.as_manager()

    class Meta:
        verbose_name = _("média")
        verbose_name_plural = _("médias")
        ordering = ("-kept_at", "-pk")
        indexes = [
            models.Index(fields=["kept_by", "-kept_at"], name="media_of_a_person"),
            models.Index(fields=["state"], condition=~Q(state="ready"), name="media_to_make"),
        ]

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_going_on(self) -> bool:
        return self.state not in {self.State.READY, self.State.FAILED}

    @property
    def is_timed(self) -> bool:
        """Does it last?"""
        return self.kind in {self.Kind.VIDEO, self.Kind.AUDIO}

    @property
    def is_document(self) -> bool:
        return self.kind in {self.Kind.PDF, self.Kind.EPUB}

    @property
    def lacks_captions(self) -> bool:
        """Can whoever does not hear it not know what it says?"""
        if self.kind == self.Kind.VIDEO:
            return not self.captions and not self.silent and bool(self.facts.get("sound", True))
        return self.kind == self.Kind.AUDIO and not (self.captions or self.transcript or self.silent)

    @property
    def work(self) -> str:
        """The key of the work that makes it."""
        return f"media-{self.public_id}"


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the media that one sees."""
        return self.filter(medium__in=Medium.objects.visible_to(viewer))


class Rendition(models.Model):
    """One file made of a medium. `name` is how its address ends; `stored` where it lies (`media.mediaroom`).

    `listing`: for a film in fragments, where each of them is.
    """

    medium = models.ForeignKey(Medium, models.CASCADE, related_name="renditions", verbose_name=_("média"))
    name = models.CharField(_("nom"), max_length=40)
    stored = models.CharField(_("rangé sous"), max_length=32, unique=True, default=vault.new_name)
    mime = models.CharField(_("type"), max_length=60)
    size = models.PositiveBigIntegerField(_("taille"))
    width = models.PositiveIntegerField(_("largeur"), default=0)
    height = models.PositiveIntegerField(_("hauteur"), default=0)
    listing = models.TextField(_("fragments"), blank=True)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier d’un média")
        verbose_name_plural = _("fichiers de médias")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["medium", "name"], name="one_file_of_a_name_a_medium")]
