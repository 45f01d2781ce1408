"""Where records are brought from: sources, what each reading of them did, and which records each source names."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.domains.catalogue.models.resources import Access, Collection, Institution, Licence, Resource, Type
from preau.identity.rules import runs_platform

# A list of problems that a person can read.
MOST_PROBLEMS = 200


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, viewer: Any) -> Self:
        """Whoever runs the whole platform: a source belongs to no school."""
        return self.all() if viewer is not None and runs_platform(viewer) else self.none()


class Source(models.Model):
    """A catalogue elsewhere, and how it is read. What it says of its records is theirs; what it does not say is taken from here."""

    class Kind(models.TextChoices):
        OAI = "oai", _("Entrepôt OAI-PMH")
        FEED = "flux", _("Flux RSS ou Atom")
        TABLE = "tableau", _("Tableau CSV ou XLSX")
        SITE = "site", _("Plan de site, pages schema.org")

    class Rhythm(models.IntegerChoices):
        DAY = 1, _("chaque nuit")
        WEEK = 7, _("chaque semaine")
        MONTH = 30, _("chaque mois")

    slug = models.SlugField(_("clé"), max_length=30, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("genre"), max_length=10, choices=Kind.choices)
    address = models.CharField(_("adresse"), max_length=500)
    prefix = models.CharField(_("format de notices"), max_length=60, blank=True)
    part = models.CharField(_("sous-ensemble"), max_length=200, blank=True)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="sources", verbose_name=_("institution")
    )
    collection = models.OneToOneField(
        Collection, on_delete=models.PROTECT, related_name="harvested_from", verbose_name=_("collection")
    )
    levels = models.JSONField(_("niveaux"), default=list, blank=True)
    subjects = models.JSONField(_("matières"), default=list, blank=True)
    audiences = models.JSONField(_("publics"), default=list)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices, default=Type.DOCUMENT)
    licence = models.CharField(_("licence"), max_length=20, choices=Licence.choices, default=Licence.RESERVED)
    access = models.CharField(_("accès"), max_length=20, choices=Access.choices, default=Access.OPEN)
    every_days = models.PositiveSmallIntegerField(_("rythme"), choices=Rhythm.choices, default=Rhythm.DAY)
    is_paused = models.BooleanField(_("en pause"), default=False)
    due_at = models.DateTimeField(_("prochaine moisson"), null=True, blank=True)
    read_at = models.DateTimeField(_("dernière moisson réussie"), null=True, blank=True)
    # Where the next reading begins: a date of OAI-PMH, the marks of a file that has not changed.
    marks = models.JSONField(_("repères"), default=dict, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source du catalogue")
        verbose_name_plural = _("sources du catalogue")
        ordering = ("name", "pk")

    @property
    def signature(self) -> str:
        """What its records say in `Resource.source`."""
        return f"source:{self.slug}"


class HarvestQuerySet(models.QuerySet["Harvest"]):
    def visible_to(self, viewer: Any) -> Self:
        return self.filter(source__in=Source.objects.visible_to(viewer))

    def going_on(self) -> Self:
        return self.filter(state=Harvest.State.RUNNING)


class Harvest(models.Model):
    """One reading of a source: how far it is, and what it did. A trial writes nothing but itself.

    `cursor` is where to go on after a page, or after the death of whoever was reading. `held_until`: somebody is reading.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("En cours")
        DONE = "done", _("Terminée")
        FAILED = "failed", _("Échouée")
        WAITING = "waiting", _("Attend votre accord")
        KEPT = "kept", _("Retraits refusés")
        STOPPED = "stopped", _("Arrêtée")

    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="harvests", verbose_name=_("source")
    )
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RUNNING)
    is_trial = models.BooleanField(_("essai"), default=False)
    by_hand = models.BooleanField(_("demandée par une personne"), default=False)
    began_at = models.DateTimeField(_("commencée à"))
    ended_at = models.DateTimeField(_("terminée à"), null=True, blank=True)
    held_until = models.DateTimeField(_("tenue jusqu’à"), null=True, blank=True)
    cursor = models.JSONField(_("où reprendre"), default=dict, blank=True)
    tries = models.PositiveSmallIntegerField(_("essais de suite"), default=0)
    pages = models.PositiveIntegerField(_("pages lues"), default=0)
    size = models.PositiveBigIntegerField(_("octets lus"), default=0)
    found = models.PositiveIntegerField(_("notices lues"), default=0)
    created = models.PositiveIntegerField(_("ajoutées"), default=0)
    changed = models.PositiveIntegerField(_("modifiées"), default=0)
    same = models.PositiveIntegerField(_("inchangées"), default=0)
    merged = models.PositiveIntegerField(_("déjà connues par ailleurs"), default=0)
    leaving = models.PositiveIntegerField(_("à retirer"), default=0)
    withdrawn = models.PositiveIntegerField(_("retirées"), default=0)
    refused = models.PositiveIntegerField(_("refusées"), default=0)
    problems = models.JSONField(_("problèmes"), default=list, blank=True)
    sample = models.JSONField(_("premières notices"), default=list, blank=True)
    reason = models.CharField(_("motif"), max_length=300, blank=True)

    objects = HarvestQuerySet.as_manager()

    class Meta:
        verbose_name = _("moisson")
        verbose_name_plural = _("moissons")
        ordering = ("-began_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state="running"), name="one_harvest_at_a_time_a_source"
            )
        ]

    def tell(self, where: str, why: str) -> None:
        """A record that was not taken, or not whole. The first ones are kept; all are counted."""
        self.refused += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append({"where": where[:200], "why": why[:300]})

    @property
    def seconds(self) -> int:
        return int((self.ended_at - self.began_at).total_seconds()) if self.ended_at else 0


class Sighting(models.Model):
    """A source names a record. Several may name the same: it is withdrawn when none does any more.

    `seen_in`: the last reading that met it; `leaves_in`: the one in which it is to go.
    """

    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="sightings", verbose_name=_("source")
    )
    resource = models.ForeignKey(
        Resource, on_delete=models.CASCADE, related_name="sightings", verbose_name=_("ressource")
    )
    identifier = models.CharField(_("identifiant chez elle"), max_length=500)
    digest = models.CharField(_("empreinte"), max_length=64)
    seen_in = models.PositiveBigIntegerField(_("vue à la moisson"), default=0)
    leaves_in = models.PositiveBigIntegerField(_("partie à la moisson"), default=0)
    is_gone = models.BooleanField(_("partie"), default=False)

    class Meta:
        verbose_name = _("mention d’une source")
        verbose_name_plural = _("mentions des sources")
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier"], name="one_sighting_of_a_record_a_source")
        ]
        indexes = [models.Index(fields=["identifier"], name="catalogue_sighted")]


class OutsideQuerySet(models.QuerySet["Outside"]):
    def visible_to(self, viewer: Any) -> Self:
        """Anybody: they are on the public page of each resource."""
        return self.filter(resource__status=Resource.Status.PUBLISHED)

    def dead(self) -> Self:
        return self.filter(resource__status=Resource.Status.PUBLISHED).exclude(dead_since=None)


class Outside(models.Model):
    """The address of a resource that is read elsewhere, what its source says of its licence, and whether the link still leads there.

    `plain`: a digest of the address without what does not change where it leads, by which duplicates are known.
    """

    resource = models.OneToOneField(
        Resource, on_delete=models.CASCADE, related_name="outside", verbose_name=_("ressource")
    )
    address = models.CharField(_("adresse"), max_length=1000)
    plain = models.CharField(_("adresse simplifiée"), max_length=64, unique=True)
    host = models.CharField(_("site"), max_length=200)
    terms = models.CharField(_("licence dite par la source"), max_length=300, blank=True)
    checked_on = models.DateField(_("lien vérifié le"), null=True, blank=True, db_index=True)
    failed_days = models.PositiveSmallIntegerField(_("jours d’échec"), default=0)
    failing_since = models.DateField(_("échoue depuis le"), null=True, blank=True)
    dead_since = models.DateField(_("lien mort depuis le"), null=True, blank=True, db_index=True)
    trouble = models.CharField(_("dernière réponse"), max_length=100, blank=True)

    objects = OutsideQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien vers l’extérieur")
        verbose_name_plural = _("liens vers l’extérieur")
