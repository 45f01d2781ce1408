"""Providers, and how a school lets its people in."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.federation.words import Audience, Icon, Protocol, Trouble
from preau.directory.models import Person, School, Territory
from preau.directory.models.schools import new_public_id
from preau.directory.models.scoping import SchoolQuerySet
from preau.directory.words import SETTINGS, Profile
from preau.identity.models import OFFICE

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

# So many failures in a row, the last one so lately: its button says that it is having trouble.
MANY_FAILURES, LATELY = 3, timedelta(minutes=10)


class ProviderQuerySet(models.QuerySet["Provider"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those of the platform and of territories to operators; to whoever settles a school, its own."""
        if viewer.profile == Profile.OPERATOR:
            return self.filter(school=None)
        if viewer.has_power(SETTINGS) and viewer.school_id:
            return self.filter(school_id=viewer.school_id)
        return self.none()

    def on(self, day: date) -> Self:
        """Switched on, and between their dates."""
        return self.filter(
            Q(opens_on=None) | Q(opens_on__lte=day), Q(closes_on=None) | Q(closes_on__gte=day), is_on=True
        )


class Provider(models.Model):
    """A site that says who comes: EduConnect, the « guichet » of an académie, the directory of one school.

    Of one school, of a territory, or of the whole platform (neither). `rules`: {attribute there: `Key`}, what leads to a person
    of the directory; `authority`: the académie whose jointures it gives bare; `domains`: those of its professional e-mails.

    OpenID Connect: `issuer`, `client_id`, `secret` (sealed), `scopes`, `acr` asked, `strong` (acr or amr values that say « with a second
    factor »); `discovered`: what its discovery document said at `discovered_at`, or what was typed; `jwks`: its keys, at `jwks_at`.
    SAML: everything in `saml`. `failures`: in a row.
    """

    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    protocol = models.CharField(_("protocole"), max_length=4, choices=Protocol.choices, default=Protocol.OIDC)
    name = models.CharField(_("nom"), max_length=60)
    audience = models.CharField(
        _("pour qui"), max_length=9, choices=Audience.choices, default=Audience.EVERYBODY
    )
    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("établissement")
    )
    territory = models.ForeignKey(
        Territory, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("territoire")
    )
    is_on = models.BooleanField(_("en service"), default=False)
    order = models.PositiveSmallIntegerField(_("rang"), default=50)
    icon = models.CharField(_("image"), max_length=20, choices=Icon.choices, default=Icon.SCHOOL)
    opens_on = models.DateField(_("premier jour"), null=True, blank=True)
    closes_on = models.DateField(_("dernier jour"), null=True, blank=True)
    rules = models.JSONField(_("ce que disent ses attributs"), default=dict, blank=True)
    authority = models.CharField(_("académie des jointures"), max_length=40, blank=True, default="")
    domains = models.JSONField(_("domaines des courriels professionnels"), default=list, blank=True)
    issuer = models.CharField(_("adresse du fournisseur"), max_length=500, blank=True, default="")
    client_id = models.CharField(_("numéro de Préau"), max_length=200, blank=True, default="")
    secret = models.TextField(_("secret scellé"), blank=True, default="")
    scopes = models.CharField(_("ce qui est demandé"), max_length=200, blank=True, default="openid")
    acr = models.CharField(_("niveau demandé"), max_length=200, blank=True, default="")
    strong = models.JSONField(_("niveaux à deux preuves"), default=list, blank=True)
    discovered = models.JSONField(_("adresses du protocole"), default=dict, blank=True)
    discovered_at = models.DateTimeField(_("adresses lues le"), null=True, blank=True)
    jwks = models.JSONField(_("clés publiques"), default=dict, blank=True)
    jwks_at = models.DateTimeField(_("clés lues le"), null=True, blank=True)
    saml = models.JSONField(_("SAML"), default=dict, blank=True)
    changed_at = models.DateTimeField(_("changé le"))
    succeeded_at = models.DateTimeField(_("dernière arrivée"), null=True, blank=True)
    failed_at = models.DateTimeField(_("dernière panne"), null=True, blank=True)
    trouble = models.CharField(
        _("dernière panne : laquelle"), max_length=12, choices=Trouble.choices, blank=True, default=""
    )
    failures = models.PositiveSmallIntegerField(_("pannes de suite"), default=0)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("fournisseur d’identité")
        verbose_name_plural = _("fournisseurs d’identité")
        ordering = ["order", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(school=None) | Q(territory=None), name="provider_of_one_place"
            ),
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="provider_closes_after_it_opens",
            ),
            models.UniqueConstraint(fields=["school", "name"], name="one_provider_a_name"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(school=None), name="one_provider_a_name_of_the_platform"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, day: date) -> bool:
        """Switched on, and between its dates."""
        begun = self.opens_on is None or self.opens_on <= day
        return self.is_on and begun and (self.closes_on is None or self.closes_on >= day)

    def is_troubled(self, now: datetime) -> bool:
        """Did it fail several times in a row, the last one lately?"""
        return self.failures >= MANY_FAILURES and bool(self.failed_at and now - self.failed_at < LATELY)


class OnlyWayQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Whoever settles the school."""
        return self.in_school(viewer) if viewer.has_power(SETTINGS) else self.none()


class OnlyWay(models.Model):
    """That people of an audience come into this school by a provider alone: their password here opens nothing."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    audience = models.CharField(_("pour qui"), max_length=9, choices=Audience.choices)
    since = models.DateField(_("depuis le"))

    objects = OnlyWayQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrée par un fournisseur seulement")
        verbose_name_plural = _("entrées par un fournisseur seulement")
        constraints = [
            models.UniqueConstraint(fields=["school", "audience"], name="one_only_way_an_audience"),
            models.CheckConstraint(
                condition=~Q(audience=Audience.EVERYBODY), name="only_way_of_one_audience"
            ),
        ]


class LocalDoorQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Whoever keeps the accounts of the school, or settles it; operators, that of every school."""
        if viewer.profile == Profile.OPERATOR:
            return self.all()
        keeps = viewer.holds(*OFFICE) or viewer.has_power(SETTINGS)
        return self.in_school(viewer) if keeps else self.none()

    def open(self, now: Any) -> Self:
        return self.filter(closed_at=None, opened_at__lte=now, ends_at__gt=now)


class LocalDoor(models.Model):
    """« Le guichet ne répond pas »: until `ends_at`, three days at most, passwords and codes open the school whatever was said."""

    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    opened_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("ouverte par")
    )
    opened_at = models.DateTimeField(_("ouverte le"))
    ends_at = models.DateTimeField(_("jusqu’au"))
    closed_at = models.DateTimeField(_("refermée le"), null=True, blank=True)

    objects = LocalDoorQuerySet.as_manager()

    class Meta:
        verbose_name = _("ouverture de secours")
        verbose_name_plural = _("ouvertures de secours")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=Q(closed_at=None), name="one_open_local_door"
            ),
        ]
