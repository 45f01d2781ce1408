"""A resource and its record, in one form whatever it comes from; the collection and the institution it belongs to."""

import re
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.commons.media.models import Medium
from preau.domains.catalogue.models.curriculum import Node


class Type(models.TextChoices):
    """What a resource is for. The keys are those of addresses."""

    LESSON = "lecon", _("leçon")
    EXERCISE = "exercice", _("exercice")
    ACTIVITY = "activite", _("activité")
    ANIMATION = "image-animee", _("image animée")
    SHEET = "fiche", _("fiche")
    GAME = "jeu", _("jeu")
    STORY = "recit", _("récit")
    EXPERIMENT = "experience", _("expérience")
    TIMELINE = "frise", _("frise")
    DOCUMENT = "document", _("document")
    VIDEO = "video", _("vidéo")
    SOUND = "son", _("son à écouter")
    BOOK = "livre", _("livre")


class Audience(models.TextChoices):
    PUPIL = "eleve", _("élève")
    WITH_ADULT = "avec-un-adulte", _("avec un adulte")
    TEACHER = "enseignant", _("enseignant")


class Accessibility(models.TextChoices):
    TEXT = "textes-seuls", _("textes seuls")
    DESCRIBED = "images-decrites", _("images décrites")
    KEYBOARD = "clavier", _("utilisable au clavier")
    SUBTITLES = "sous-titres", _("sous-titres")
    TRANSCRIPT = "transcription", _("transcription")
    AUDIO_DESCRIPTION = "audiodescription", _("audiodescription")


class Licence(models.TextChoices):
    """Under which terms it may be used again: the free ones first."""

    CC0 = "cc0", _("Domaine public (CC0)")
    BY = "cc-by", _("CC BY 4.0")
    BY_SA = "cc-by-sa", _("CC BY-SA 4.0")
    OPEN = "etalab", _("Licence Ouverte 2.0")
    BY_NC = "cc-by-nc", _("CC BY-NC 4.0")
    BY_NC_SA = "cc-by-nc-sa", _("CC BY-NC-SA 4.0")
    BY_ND = "cc-by-nd", _("CC BY-ND 4.0")
    BY_NC_ND = "cc-by-nc-nd", _("CC BY-NC-ND 4.0")
    RESERVED = "reserve", _("Tous droits réservés")


# The text of each licence, where whoever uses the resource again reads it.
DEEDS = {
    "cc0": "https://creativecommons.org/publicdomain/zero/1.0/deed.fr",
    "cc-by": "https://creativecommons.org/licenses/by/4.0/deed.fr",
    "cc-by-sa": "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
    "etalab": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    "cc-by-nc": "https://creativecommons.org/licenses/by-nc/4.0/deed.fr",
    "cc-by-nc-sa": "https://creativecommons.org/licenses/by-nc-sa/4.0/deed.fr",
    "cc-by-nd": "https://creativecommons.org/licenses/by-nd/4.0/deed.fr",
    "cc-by-nc-nd": "https://creativecommons.org/licenses/by-nc-nd/4.0/deed.fr",
}


def licence_said(licence: str, version: str = "") -> str:
    """The name of a licence as people read it: « CC BY-SA 3.0 FR »; `version` as `Resource.licence_version` holds it."""
    label = str(label_of(Licence, licence))
    return re.sub(r"\d\.\d$", version.replace("/", " ").upper(), label) if version else label


def deed_at(licence: str, version: str = "") -> str:
    """Where the text of a licence is, or "" where we know of none for this version."""
    address = DEEDS.get(licence, "")
    if not version:
        return address
    return address.replace("/4.0/", f"/{version}/") if "/4.0/" in address else ""


# What may be used, changed and shared by anyone, for any purpose.
FREE = frozenset({Licence.CC0, Licence.BY, Licence.BY_SA, Licence.OPEN})


class Access(models.TextChoices):
    """What it takes to open it."""

    OPEN = "libre", _("sans compte")
    ACCOUNT = "compte", _("avec un compte sur son site")
    SCHOOL = "etablissement", _("par l’établissement")


class Institution(models.Model):
    """Who publishes resources: a house, not a person."""

    slug = models.SlugField(_("clé"), max_length=60, unique=True)
    name = models.CharField(_("nom"), max_length=120)

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ("name",)


class CollectionQuerySet(models.QuerySet["Collection"]):
    def visible_to(self, viewer: object) -> Self:
        """Everybody sees every collection: they belong to no school."""
        return self.all()

    def counted(self) -> Self:
        """Those that hold something published, each with how much, as `held`."""
        published = models.Q(resources__status=Resource.Status.PUBLISHED)
        held = self.annotate(held=models.Count("resources", filter=published)).filter(held__gt=0)
        return held.order_by("order", "title")


class Collection(models.Model):
    """Resources that go together, in an order, under a page that says why."""

    slug = models.SlugField(_("clé"), max_length=60, unique=True)
    title = models.CharField(_("titre"), max_length=160)
    abstract = models.CharField(_("résumé"), max_length=400)
    editorial = models.TextField(_("présentation"), blank=True)
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ("order", "title")


def this_second() -> datetime:
    """Now, as other catalogues are told it: to the second."""
    return timezone.now().replace(microsecond=0)


class ResourceQuerySet(models.QuerySet["Resource"]):
    def visible_to(self, viewer: object) -> Self:
        """What is published, to anyone: a resource belongs to no school."""
        return self.published()

    def published(self) -> Self:
        return self.filter(status=Resource.Status.PUBLISHED)

    def our_own(self) -> Self:
        """What is read here, not on the site of somebody else."""
        return self.filter(outside=None)

    def with_record(self) -> Self:
        """With what a line of a list shows, in two statements."""
        return self.select_related("collection").prefetch_related("nodes")


class Resource(models.Model):
    """One resource. `key` is stable and readable, « collection/nom »: permalinks, judged queries and lineage hold it.

    `parts` is its content in order: pieces of HTML already cleaned, and questions (`queries.questions`). `text` is the same
    in plain words, for the search. `medium` is the film, sound, picture or document that it shows, if any. `edition` is the one of the catalogue that changed it last (`models.searching`).
    """

    class Status(models.TextChoices):
        PUBLISHED = "published", _("publiée")
        WITHDRAWN = "withdrawn", _("retirée")

    key = models.CharField(_("clé"), max_length=140, unique=True)
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="resources", verbose_name=_("collection")
    )
    rank = models.PositiveSmallIntegerField(_("rang dans la collection"), default=0)
    title = models.CharField(_("titre"), max_length=200)
    abstract = models.CharField(_("résumé"), max_length=400)
    authors = models.JSONField(_("auteurs"), default=list)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="resources", verbose_name=_("institution")
    )
    type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    nodes = models.ManyToManyField(Node, related_name="resources", verbose_name=_("repères des programmes"))
    keywords = models.JSONField(_("mots-clés"), default=list, blank=True)
    audiences = models.JSONField(_("publics"), default=list)
    duration = models.PositiveSmallIntegerField(_("durée en minutes"), null=True, blank=True)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    licence = models.CharField(_("licence"), max_length=20, choices=Licence.choices)
    # « 3.0 » or « 3.0/fr » where the author chose an older text than the one that `Licence` names.
    licence_version = models.CharField(
        _("version de la licence"), max_length=8, blank=True, default="", db_default=""
    )
    accessibility = models.JSONField(_("accessibilité"), default=list)
    access = models.CharField(_("accès"), max_length=20, choices=Access.choices, default=Access.OPEN)
    price = models.PositiveIntegerField(_("prix en centimes"), default=0)
    published = models.DateField(_("publiée le"))
    changed = models.DateField(_("modifiée le"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    status = models.CharField(_("état"), max_length=10, choices=Status.choices, default=Status.PUBLISHED)
    adapted_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="adaptations",
        verbose_name=_("adaptée de"),
    )
    related = models.ManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("à voir aussi"))
    parts = models.JSONField(_("contenu"), default=list)
    text = models.TextField(_("texte"), blank=True)
    medium = models.ForeignKey(
        Medium,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="resources",
        verbose_name=_("média"),
    )
    source = models.CharField(_("provenance"), max_length=40)
    digest = models.CharField(_("empreinte de la source"), max_length=64)
    edition = models.PositiveBigIntegerField(_("édition"), db_index=True)
    # The edition that brought it: what comes after the one that somebody saw is new to them, whatever changes later.
    arrived = models.PositiveBigIntegerField(_("édition d’arrivée"), default=0, db_default=0, editable=False)
    # How many times it was put in a lesson in a year, as counted last night (`UseInClass`).
    used = models.PositiveIntegerField(_("usages en classe"), default=0, db_default=0, editable=False)
    # Said to other catalogues, which ask for what changed since: a withdrawal too is a change.
    noted_at = models.DateTimeField(
        _("changée dans le catalogue à"), default=this_second, db_default=Now(), editable=False
    )

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")
        ordering = ("rank", "title")
        indexes = [
            models.Index(fields=["status", "-published"], name="catalogue_newest"),
            models.Index(fields=["noted_at", "id"], name="catalogue_noted"),
        ]

    def save(self, *args: Any, **options: Any) -> None:
        if self.pk is None:
            self.arrived = self.edition
        super().save(*args, **options)

    @property
    def place(self) -> dict[str, str]:
        """What its addresses hold."""
        collection, _slash, slug = str(self.key).partition("/")
        return {"collection": collection, "slug": slug}

    @property
    def address(self) -> str:
        """The path of its page."""
        return reverse("catalogue:resource", kwargs=self.place)

    @property
    def audiences_said(self) -> list[str]:
        return [label_of(Audience, audience) for audience in self.audiences]

    @property
    def accessibility_said(self) -> list[str]:
        return [label_of(Accessibility, one) for one in self.accessibility]

    def get_licence_display(self) -> str:
        return licence_said(self.licence, self.licence_version)

    @property
    def deed(self) -> str:
        """Where the text of its licence is, or ""."""
        return deed_at(self.licence, self.licence_version)

    @property
    def is_free(self) -> bool:
        return self.licence in FREE

    def of_kind(self, kind: str) -> list[Node]:
        """Its places in the programmes of one kind, in their order; no statement after `with_record`."""
        return sorted(
            (node for node in self.nodes.all() if node.kind == kind), key=lambda node: (node.order, node.pk)
        )

    @property
    def levels(self) -> list[Node]:
        return self.of_kind(Node.Kind.LEVEL)

    @property
    def subjects(self) -> list[Node]:
        return self.of_kind(Node.Kind.SUBJECT)

    @property
    def notions(self) -> list[Node]:
        return self.of_kind(Node.Kind.NOTION)


class MediaQuerySet(models.QuerySet["Media"]):
    def visible_to(self, viewer: object) -> Self:
        """The pictures of what is published, to anyone."""
        return self.filter(resource__status=Resource.Status.PUBLISHED)


class Media(models.Model):
    """A drawing of a resource: SVG, refused when it does anything but draw (`imports`)."""

    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, related_name="media", verbose_name=_("ressource")
    )
    name = models.CharField(_("nom"), max_length=80)
    content = models.TextField(_("dessin"))
    digest = models.CharField(_("empreinte"), max_length=64)

    objects = MediaQuerySet.as_manager()

    class Meta:
        verbose_name = _("média")
        verbose_name_plural = _("médias")
        constraints = [
            models.UniqueConstraint(fields=["resource", "name"], name="one_media_of_a_name_a_resource")
        ]


def label_of(choices: Any, value: str) -> str:
    """The words of a value of one of these lists; the value itself when it is not one of them."""
    return str(dict(choices.choices).get(value, value))
