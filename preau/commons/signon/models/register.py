"""Services, where each is open, under which name each knows a person, tickets, sessions there, and counts."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.signon.words import ADMITTED, ATTRIBUTES, Icon, Protocol, Shape
from preau.directory.models import Person, School
from preau.directory.models.schools import new_public_id
from preau.directory.words import SETTINGS, Profile
from preau.identity.models import Account

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

PROFILES = [one.value for one in ADMITTED]


def every_profile() -> list[str]:
    return list(PROFILES)


def _schools_of(viewer: "Viewer") -> Any:
    """Of the present seat: one's own, or those of the children."""
    return viewer.schools_of_own_pupils() if viewer.is_guardian else [viewer.school_id]


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those of the platform to operators; to whoever settles a school, its own and those that it is offered; to its
        people and families, those that are open there."""
        if viewer.profile == Profile.OPERATOR:
            return self.filter(school=None)
        if viewer.profile not in ADMITTED:
            return self.none()
        here = Opening.objects.filter(service=OuterRef("pk"), is_on=True, school__in=_schools_of(viewer))
        open_here = Q(Exists(here), is_on=True)
        if viewer.has_power(SETTINGS):
            return self.filter(open_here | Q(school_id=viewer.school_id) | Q(school=None, is_on=True))
        return self.filter(open_here)

    def on(self, day: Any) -> Self:
        """Switched on, and between their dates."""
        return self.filter(
            Q(opens_on=None) | Q(opens_on__lte=day), Q(closes_on=None) | Q(closes_on__gte=day), is_on=True
        )


class Service(models.Model):
    """A site that people reach with their account here. Of the platform (`school` empty) or a school's own.

    `released`: what leaves, as {key of ATTRIBUTES: {"why": sentence, "since": day}}; the opaque identifier always does.
    `asks`: its keys in their order. `asks_consent`: optional, hence never opened to a pupil without the agreement of whoever
    must give it (docs/decisions/0112). `may_proxy`: it may ask other services in a person's name.
    """

    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("établissement")
    )
    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    name = models.CharField(_("nom"), max_length=60)
    text = models.CharField(_("à quoi il sert"), max_length=240)
    icon = models.CharField(_("image"), max_length=12, choices=Icon.choices, default=Icon.APPS)
    address = models.CharField(_("page d’accueil"), max_length=500)
    protocol = models.CharField(_("protocole"), max_length=8, choices=Protocol.choices, default=Protocol.CAS)
    shape = models.CharField(
        _("forme des réponses"), max_length=8, choices=Shape.choices, default=Shape.PLAIN
    )
    released = models.JSONField(_("ce qui lui est transmis"), default=dict, blank=True)
    profiles = models.JSONField(_("pour qui"), default=every_profile)
    asks_consent = models.BooleanField(_("facultatif, demande l’accord"), default=False, db_default=False)
    may_proxy = models.BooleanField(_("peut interroger d’autres services"), default=False)
    opens_on = models.DateField(_("ouvre le"), null=True, blank=True)
    closes_on = models.DateField(_("dernier jour"), null=True, blank=True)
    is_on = models.BooleanField(_("en service"), default=True)
    changed_at = models.DateTimeField(_("changé le"))

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service relié")
        verbose_name_plural = _("services reliés")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=models.F("opens_on")),
                name="service_closes_after_it_opens",
            ),
            models.UniqueConstraint(fields=["school", "name"], name="one_service_a_name"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(school=None), name="one_service_a_name_of_the_platform"
            ),
        ]

    @property
    def asks(self) -> list[str]:
        return [key for key in ATTRIBUTES if key in self.released]


class AddressQuerySet(models.QuerySet["Address"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(service__in=Service.objects.visible_to(viewer))


class Address(models.Model):
    """Where a service lives: an origin, exactly, and the path under which its addresses are. See `addresses`."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="addresses", verbose_name=_("service"))
    origin = models.CharField(_("origine"), max_length=270, db_index=True)
    path = models.CharField(_("chemin"), max_length=500, default="/")

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse d’un service")
        verbose_name_plural = _("adresses d’un service")
        ordering = ["origin", "path"]
        constraints = [
            models.UniqueConstraint(fields=["service", "origin", "path"], name="one_address_a_service")
        ]


class OpeningQuerySet(models.QuerySet["Opening"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """To whoever settles the school, and, where it is on, to its people and families."""
        if viewer.profile not in ADMITTED:
            return self.none()
        here = self.filter(school__in=_schools_of(viewer))
        return here if viewer.has_power(SETTINGS) else here.filter(is_on=True)


class Opening(models.Model):
    """A service in a school: on or off, for whom, and what the school agreed to let out.

    A service that later asks for more gets no more from this school until it agrees again (`agreed`). `levels` and
    `classes` (numbers of groups) narrow pupils and families; empty, all. Classes end with their year: so does what names them.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="openings", verbose_name=_("service"))
    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    is_on = models.BooleanField(_("ouvert"), default=False)
    since = models.DateField(_("ouvert depuis"), null=True, blank=True)
    agreed = models.JSONField(_("ce que l’établissement accepte de transmettre"), default=list, blank=True)
    profiles = models.JSONField(_("pour qui"), default=every_profile)
    levels = models.JSONField(_("niveaux"), default=list, blank=True)
    classes = models.JSONField(_("classes"), default=list, blank=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("service ouvert dans un établissement")
        verbose_name_plural = _("services ouverts dans un établissement")
        constraints = [
            models.UniqueConstraint(fields=["service", "school"], name="one_opening_a_school"),
        ]

    @property
    def leaves(self) -> list[str]:
        """What leaves from here: asked by the service, and agreed to by the school."""
        return [key for key in self.service.asks if key in self.agreed]

    @property
    def waits_for(self) -> list[str]:
        """What the service asks and the school has not agreed to."""
        return [key for key in self.service.asks if key not in self.agreed]


class AliasQuerySet(models.QuerySet["Alias"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own."""
        return self.filter(person=viewer.person.pk)


class Alias(models.Model):
    """The name under which one service knows one person: random, kept here alone, another one in each service.
    `used_on` is empty for whoever was only named to the service, in the list of a class, and has never gone there.

    Random rather than computed from a key: erased, nothing can link it to anybody any more, and no key can be lost.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="aliases", verbose_name=_("service"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("personne"))
    value = models.CharField(_("identifiant opaque"), max_length=40, unique=True)
    made_at = models.DateTimeField(_("donné le"))
    used_on = models.DateField(_("dernier jour d’utilisation"), null=True, blank=True)

    objects = AliasQuerySet.as_manager()

    class Meta:
        verbose_name = _("identifiant pour un service")
        verbose_name_plural = _("identifiants pour des services")
        constraints = [models.UniqueConstraint(fields=["service", "person"], name="one_alias_a_service")]


class OwnOnly(models.QuerySet[Any]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own, from whatever seat; nobody else's, whoever asks."""
        return self.filter(account_id=viewer.account_id)


class Ticket(models.Model):
    """What a service shows to learn who has come. Only its digest is kept.

    SERVICE and PROXY are used once, within seconds, by the service and for the very address for which they were made; a
    GRANTING one lets its service ask for proxy tickets while the session lasts, two hours at most.
    `chain`: the addresses of those who passed it on, the last first. `session`: the digest of the session's key.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", _("ticket de service")
        PROXY = "proxy", _("ticket de mandataire")
        GRANTING = "granting", _("droit de demander des tickets")

    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("compte"))
    seat = models.CharField(_("profil"), max_length=30)
    session = models.CharField(_("empreinte de la session"), max_length=64, db_index=True)
    url = models.CharField(_("adresse"), max_length=2_000)
    chain = models.JSONField(_("mandataires"), default=list, blank=True)
    is_new = models.BooleanField(_("mot de passe donné à l’instant"), default=False)
    ends_at = models.DateTimeField(_("valable jusqu’à"), db_index=True)

    objects = OwnOnly.as_manager()

    class Meta:
        verbose_name = _("ticket")


class Connection(models.Model):
    """A session that a person has at a service, to be ended when theirs ends here. `index` is the used ticket, by which
    the service knows it: it opens nothing any more."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("compte"))
    session = models.CharField(_("empreinte de la session"), max_length=64, db_index=True)
    url = models.CharField(_("adresse"), max_length=2_000)
    index = models.CharField(_("ticket utilisé"), max_length=80)
    opened_at = models.DateTimeField(_("ouverte le"), db_index=True)

    objects = OwnOnly.as_manager()

    class Meta:
        verbose_name = _("session chez un service")
        verbose_name_plural = _("sessions chez des services")


class UsageQuerySet(models.QuerySet["Usage"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """To whoever settles the school. An operator reads sums of all schools (`queries.counts_of`), never one's."""
        return self.filter(school_id=viewer.school_id) if viewer.has_power(SETTINGS) else self.none()


class Usage(models.Model):
    """How often a service was opened: a day, a school, a profile, a number. Nobody's name."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    day = models.DateField(_("jour"), db_index=True)
    profile = models.CharField(_("profil"), max_length=10)
    count = models.PositiveIntegerField(_("ouvertures"), default=0)

    objects = UsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("ouvertures d’un service")
        constraints = [
            models.UniqueConstraint(fields=["service", "school", "day", "profile"], name="one_count_a_day")
        ]
