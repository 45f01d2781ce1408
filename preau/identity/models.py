"""The account: what a person signs in with; the codes that open it; the browsers where it is open."""

import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Enrolment, Holding, Person, School
from preau.directory.models.schools import new_public_id
from preau.directory.models.scoping import SchoolQuerySet, active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.identity.logins import split

OFFICE = (Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD)


def followed_people(viewer: Viewer) -> "models.QuerySet[Person]":
    """Whose account a viewer may look at: the office everyone of the school, school life its pupils, a teacher their own."""
    if viewer.holds(*OFFICE):
        return Person.objects.visible_to(viewer)
    pupils = Holding.objects.pupils_here(viewer)
    if viewer.holds(Role.SCHOOL_LIFE):
        return Person.objects.filter(pk__in=pupils.values("person_id"))
    if viewer.holds(Role.TEACHER):
        taught = Assignment.objects.filter(
            active_on(viewer.today), teacher_id=viewer.person.pk, school_id=viewer.school_id
        )
        learning = Enrolment.objects.filter(active_on(viewer.today), group__in=taught.values("group_id"))
        return Person.objects.filter(pk__in=learning.values("pupil_id")).filter(
            pk__in=pupils.values("person_id")
        )
    return Person.objects.none()


def picture_path(account: "Account", filename: str) -> str:
    """Nothing that somebody typed, and nothing that says whose it is."""
    return f"pictures/{secrets.token_hex(16)}.png"


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own account; those of the people whose account one follows."""
        return self.filter(Q(pk=viewer.account_id) | Q(person__in=followed_people(viewer).values("pk")))

    def activated(self) -> Self:
        """Those with a password: their person has chosen one."""
        return self.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)):  # type: ignore[misc]
    def create_account(
        self, login: str, person: Person, password: str | None = None, **fields: Any
    ) -> "Account":
        """Create an account; without a password it cannot sign in until it is activated."""
        account = self.model(login=login.lower(), person=person, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        """Logins are typed on phones, which like capitals."""
        return self.get(login=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """One account a person. The e-mail is a contact of the person, not an identity: two parents may share one.

    `proves_from`: from that day it opens nothing without a second proof, which it has not (`demands`); `delayed_until`: never
    before that day, the office has said. `stem` is the login without its number: what homonyms share. `guides_read`: the profiles whose guide of the first
    visits was put away.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="account", verbose_name=_("personne"))
    login = models.CharField(_("identifiant"), max_length=60, unique=True)
    stem = models.CharField(
        _("racine de l’identifiant"), max_length=60, editable=False, db_index=True, default="", db_default=""
    )
    is_active = models.BooleanField(_("ouvert"), default=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    preferences = models.JSONField(_("façon de lire"), default=dict, db_default={}, blank=True)
    guides_read = models.JSONField(_("premiers pas rangés"), default=list, db_default=[], blank=True)
    picture = models.FileField(_("photo"), upload_to=picture_path, blank=True, default="", db_default="")
    proves_from = models.DateField(_("double vérification demandée à partir du"), null=True, blank=True)
    delayed_until = models.DateField(_("délai accordé jusqu’au"), null=True, blank=True)

    # What becomes of two accounts when their people are merged is said in `actions.merging`.
    stays_put: ClassVar = frozenset({"person"})

    USERNAME_FIELD = "login"
    objects = AccountManager()

    class Meta:
        verbose_name = _("compte")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.stem = split(self.login)[0]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "stem"}
        super().save(*args, **kwargs)


class ActivationQuerySet(models.QuerySet["Activation"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """That a code was given, and when: to the office, for the people of the school. Never the code."""
        if not viewer.holds(*OFFICE):
            return self.filter(account_id=viewer.account_id)
        return self.filter(account__in=Account.objects.visible_to(viewer))

    def open(self, now: datetime) -> Self:
        """Codes that still open something."""
        return self.filter(used_at=None, cancelled_at=None, expires_at__gt=now)


class Activation(models.Model):
    """A one-time code that lets a person choose their password. Only its digest is kept; the code was shown once.

    `rank`: how high its person stood when it was given (`rules.rank_of`); it opens nothing higher by itself. Given by
    nobody: from the server's console.
    """

    class Kind(models.TextChoices):
        FIRST_LETTER = "first_letter", _("Courrier")
        RESET_BY_STAFF = "reset_by_staff", _("Code donné à l’écran")
        RESET_BY_MAIL = "reset_by_mail", _("Lien envoyé par courriel")

    account = models.ForeignKey(Account, models.CASCADE, related_name="activations", verbose_name=_("compte"))
    kind = models.CharField(_("nature"), max_length=14, choices=Kind.choices)
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    issued_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="codes_given", verbose_name=_("donné par")
    )
    rank = models.PositiveSmallIntegerField(_("rang de la personne"), default=0, db_default=0)
    issued_at = models.DateTimeField(_("donné le"))
    expires_at = models.DateTimeField(_("valable jusqu’au"), db_index=True)
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        verbose_name = _("code d’activation")
        verbose_name_plural = _("codes d’activation")


class AccountSessionQuerySet(models.QuerySet["AccountSession"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, from whatever seat; nobody else's, whoever asks."""
        return self.filter(account_id=viewer.account_id)


class AccountSession(models.Model):
    """A session of an account, so that its person can see where they are signed in. It goes with the session."""

    session = models.OneToOneField(Session, models.CASCADE, primary_key=True, verbose_name=_("session"))
    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions", verbose_name=_("compte"))
    device = models.CharField(_("appareil"), max_length=60)
    opened_at = models.DateTimeField(_("ouverte le"))
    seen_at = models.DateTimeField(_("vue le"))

    objects = AccountSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session ouverte")
        verbose_name_plural = _("sessions ouvertes")
        ordering = ["-seen_at"]


class PictureCardQuerySet(models.QuerySet["PictureCard"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """That a card was given, and when: to those who follow the account. Never its code nor its pictures."""
        return self.filter(account__in=Account.objects.visible_to(viewer))


class PictureCard(models.Model):
    """The card of a pupil who cannot read yet: a code on paper, and three pictures in the head.

    Only digests are kept: both were shown once. A new card takes the place of the former one.
    """

    account = models.OneToOneField(
        Account, models.CASCADE, related_name="picture_card", verbose_name=_("compte")
    )
    digest = models.CharField(_("empreinte du code"), max_length=64, unique=True)
    pictures = models.CharField(_("empreinte des images"), max_length=128)
    issued_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="cards_given", verbose_name=_("donnée par")
    )
    issued_at = models.DateTimeField(_("donnée le"))

    objects = PictureCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("carte à images")
        verbose_name_plural = _("cartes à images")


class SecondProofQuerySet(models.QuerySet["SecondProof"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """That there is one, and since when: to its person and to those who follow the account. Never its key."""
        return self.filter(account__in=Account.objects.visible_to(viewer))


class SecondProof(models.Model):
    """The authenticator application of an account: beside the password, six digits that change each half-minute.

    `secret`: its key, sealed (`foundation.sealed`). `last_step`: the half-minute of the last code taken: none is taken twice.
    """

    account = models.OneToOneField(
        Account, models.CASCADE, related_name="second_proof", verbose_name=_("compte")
    )
    secret = models.CharField(_("clé scellée"), max_length=200)
    last_step = models.BigIntegerField(_("dernier code accepté"))
    installed_at = models.DateTimeField(_("mise en place le"))
    used_at = models.DateTimeField(_("utilisée le"))

    objects = SecondProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("double vérification")
        verbose_name_plural = _("doubles vérifications")


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """How many are left: to their person alone. Never the codes."""
        return self.filter(account_id=viewer.account_id)


class RecoveryCode(models.Model):
    """One of the ten codes on paper for whoever has lost their telephone or their keys. Only its digest is kept; it opens once."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="recovery_codes", verbose_name=_("compte")
    )
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("code de secours")
        verbose_name_plural = _("codes de secours")


class PasskeyQuerySet(models.QuerySet["Passkey"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, in the order in which they were added."""
        return self.filter(account_id=viewer.account_id)


class Passkey(models.Model):
    """A key that a telephone, a computer or a security key keeps, and opens by a finger, a face or a PIN (WebAuthn).

    Only its public half is here: it opens nothing. Texts of bytes are base64url. `handle`: what the device knows the account by,
    the same for all the keys of an account. `sign_count`: what the device last counted, 0 where it counts nothing. `may_sync`: it
    may be copied to other devices of the same person; `is_synced`: it was.
    """

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="passkeys", verbose_name=_("compte"))
    name = models.CharField(_("nom"), max_length=60)
    credential_id = models.CharField(_("numéro de la clé"), max_length=1364, unique=True)
    handle = models.CharField(_("numéro du compte pour l’appareil"), max_length=86)
    public_key = models.TextField(_("clé publique"))
    sign_count = models.BigIntegerField(_("compteur"), default=0)
    transports = models.JSONField(_("branchements"), default=list)
    may_sync = models.BooleanField(_("peut être copiée"), default=False)
    is_synced = models.BooleanField(_("copiée"), default=False)
    made_at = models.DateTimeField(_("ajoutée le"))
    used_at = models.DateTimeField(_("utilisée le"), null=True, blank=True)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("clé d’accès")
        verbose_name_plural = _("clés d’accès")
        ordering = ["pk"]


class AccessKeyQuerySet(models.QuerySet["AccessKey"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, from whatever seat, the last one first; nobody else's, whoever asks. Never the secret."""
        return self.filter(account_id=viewer.account_id)

    def alive(self, now: datetime) -> Self:
        """Those that open something still."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class AccessKey(models.Model):
    """What an application or a program of its person reads Préau with, without a browser: some doors, from one seat, until a day.

    `seat`: from which profile and school it was made, and the only one that it opens (« staff-12 », « guardian »). `scopes`: keys of
    `boards.doors`. `prefix`: the first signs, which name it; `digest`: of all of them, which were shown once (`keys`). `used_on`,
    `used_from`: its last day, and with what, in plain words.
    """

    class Kind(models.TextChoices):
        PASSWORD = "password", _("Mot de passe d’application")
        TOKEN = "token", _("Jeton")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id)
    account = models.ForeignKey(Account, models.CASCADE, related_name="access_keys", verbose_name=_("compte"))
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("nom"), max_length=60)
    seat = models.CharField(_("profil"), max_length=40)
    scopes = models.JSONField(_("ce qu’il ouvre"), default=list)
    prefix = models.CharField(_("début"), max_length=8, unique=True)
    digest = models.CharField(_("empreinte"), max_length=64)
    made_at = models.DateTimeField(_("créé le"))
    expires_at = models.DateTimeField(_("valable jusqu’au"), db_index=True)
    used_on = models.DateField(_("utilisé le"), null=True, blank=True)
    used_from = models.CharField(_("utilisé avec"), max_length=60, blank=True, default="")
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    objects = AccessKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("accès d’une application")
        verbose_name_plural = _("accès d’applications")
        ordering = ["-pk"]


def proves_twice() -> Q:
    """For a filter of accounts, or a column: those that ask for more than a password, an application or a passkey."""
    application = Exists(SecondProof.objects.filter(account=OuterRef("pk")))
    return Q(application) | Q(Exists(Passkey.objects.filter(account=OuterRef("pk"))))


class ProofDemandQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """That of the school where one acts, to its staff; that of the platform, to whoever works somewhere."""
        if viewer.profile not in {Profile.STAFF, Profile.AGENT, Profile.OPERATOR}:
            return self.none()
        return self.filter(Q(school=None) | Q(school_id=viewer.school_id))


class ProofDemand(models.Model):
    """That the staff of a school must have a second proof, and from which day. Without a school: of every school."""

    class Who(models.TextChoices):
        POWERS = "powers", _("Direction, secrétariat, référent numérique, et ceux à qui un droit est confié")
        STAFF = "staff", _("Tous les personnels")

    school = models.OneToOneField(
        School,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="proof_demand",
        verbose_name=_("établissement"),
    )
    who = models.CharField(_("de qui"), max_length=8, choices=Who.choices)
    since = models.DateField(_("à partir du"))
    said_at = models.DateTimeField(_("demandé le"))

    objects = ProofDemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("double vérification demandée")
        verbose_name_plural = _("doubles vérifications demandées")
        constraints = [
            models.UniqueConstraint(Coalesce("school", 0), name="one_demand_of_the_platform"),
        ]
