"""A space, who takes part in it beside whom the directory names, and the word by which another school comes in."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import (
    Assignment,
    Enrolment,
    Group,
    Person,
    School,
    SchoolQuerySet,
    SchoolYear,
    Subject,
)
from preau.directory.models.scoping import active_on
from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role

# Who answers for what pupils of a school make together, as for their files.
ANSWERABLE = (Role.HEAD, Role.SCHOOL_LIFE)


class Power(models.TextChoices):
    """What somebody does in a space."""

    READ = "read", _("Lit")
    COMMENT = "note", _("Lit et commente")
    WRITE = "write", _("Lit et écrit")
    RUN = "run", _("Anime : écrit, règle et modère")


def stays_in(day: Any, year_ends: str) -> Q:
    """There on that day; or until the last day of a year that is over, which ends with its classes."""
    return active_on(day) | Q(**{f"{year_ends}__lt": day}) & Q(ends__gte=F(year_ends))


def groups_learnt(viewer: Viewer) -> Any:
    """The classes and groups of this pupil; of a year that is over, those where they stayed until its end, in this school alone."""
    rows = Enrolment.objects.filter(pupil__in=viewer.own_pupils(), group__school=viewer.school_id)
    return rows.filter(stays_in(viewer.today, "group__year__ends")).values("group_id")


def taught(viewer: Viewer) -> Any:
    """What this teacher teaches or leads, in the school of the seat; of a year that is over, until its end."""
    rows = Assignment.objects.filter(teacher=viewer.person.pk, school=viewer.school_id)
    return rows.filter(stays_in(viewer.today, "group__year__ends"))


class SpaceQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those that one enters: before its first day, whoever runs it alone."""
        if viewer.profile not in {Profile.STAFF, Profile.PUPIL}:
            return self.none()
        opened = Q(opens=None) | Q(opens__lte=viewer.today)
        if viewer.profile == Profile.PUPIL:
            # A pupil runs nothing but what is their own.
            return self.filter((_entered_by_pupil(viewer) & opened) | _own(viewer))
        return self.filter((_entered_by_staff(viewer) & opened) | _run(viewer))

    def run_by(self, viewer: Viewer) -> Self:
        """Those that this viewer runs."""
        if viewer.profile == Profile.PUPIL:
            return self.filter(_own(viewer))
        return self.filter(_run(viewer)) if viewer.is_staff else self.none()

    def taught_by(self, viewer: Viewer) -> Self:
        """Those whose questions are this person's to answer: what they teach, and the projects that they run."""
        teaches = taught(viewer)
        found = Q(
            Exists(teaches.filter(group=OuterRef("group"), subject=OuterRef("subject"))), kind="teaching"
        )
        found |= Q(kind="group", group__in=teaches.values("group_id"))
        return self.filter(found | Q(Exists(_party_named(viewer)), kind="project"))

    def written_by(self, viewer: Viewer) -> Self:
        """Those in which this viewer writes, as far as their dates let anybody."""
        found = self.visible_to(viewer)
        if viewer.is_staff:
            return found.filter(_run(viewer) | _party_may_write(viewer))
        return found.filter(
            _own(viewer) | Q(kind__in=OF_GROUPS, pupils_may=Power.WRITE) | _party_may_write(viewer)
        )

    def commented_by(self, viewer: Viewer) -> Self:
        """Those in which this viewer comments what is written: whoever writes there; where pupils work, the staff who enter too; and whom
        the space lets comment."""
        found = self.visible_to(viewer)
        let = _party_may_comment(viewer)
        if viewer.is_staff:
            return found.filter(Q(kind__in=[*OF_GROUPS, "project"]) | _own(viewer) | let)
        return found.filter(
            _own(viewer) | Q(kind__in=OF_GROUPS, pupils_may__in=[Power.COMMENT, Power.WRITE]) | let
        )

    def going_on(self, day: date) -> Self:
        """Those in which one writes that day."""
        return self.filter(
            Q(closes=None) | Q(closes__gte=day), Q(last_day=None) | Q(last_day__gte=day), archived_at=None
        )

    def opened_by(self, viewer: Viewer, pk: int) -> "Space | None":
        """The space of a page if the viewer enters it, with what they may do there (one query)."""
        return self.with_powers(viewer).filter(pk=pk).first()

    def with_powers(self, viewer: Viewer) -> Self:
        """Those that the viewer enters, each with what they may do there."""
        rows = self.visible_to(viewer).select_related("school", "group", "subject", "year")
        mine: Any = Space.objects.filter(pk=OuterRef("pk"))
        runs = mine.filter(_own(viewer) if viewer.profile == Profile.PUPIL else _run(viewer))
        writes = mine.filter(_party_may_write(viewer) | Q(kind__in=OF_GROUPS))
        return rows.annotate(is_run=Exists(runs), may_write=Exists(writes))


def _own(viewer: Viewer) -> Q:
    return Q(kind="own", owner=viewer.person.pk)


def _party(viewer: Viewer, *powers: str) -> Any:
    """The parts that this seat has in the space of the outer query: by name, or by a class that they learn in or teach."""
    if viewer.profile == Profile.PUPIL:
        among = Q(group__in=groups_learnt(viewer))
    else:
        among = Q(person=viewer.person.pk, school=viewer.school_id) | Q(
            group__in=taught(viewer).values("group_id")
        )
    rows = Party.objects.filter(among, space=OuterRef("pk"), left_at=None)
    return rows.filter(power__in=powers) if powers else rows


def _entered_by_pupil(viewer: Viewer) -> Q:
    return Q(kind__in=OF_GROUPS, group__in=groups_learnt(viewer)) | Q(Exists(_party(viewer)), kind="project")


def _entered_by_staff(viewer: Viewer) -> Q:
    """Head and school life enter what pupils share; a team, and what is somebody's own, are nobody else's."""
    found = Q(kind__in=OF_GROUPS, group__in=taught(viewer).values("group_id"))
    found |= Q(Exists(_party(viewer)), kind__in=["project", "team"])
    if viewer.holds(*ANSWERABLE):
        parts = Party.objects.filter(space=OuterRef("pk"), school=viewer.school_id, left_at=None)
        found |= Q(kind__in=[*OF_GROUPS, "project"], school=viewer.school_id) | Q(
            Exists(parts), kind="project"
        )
    return found


def _run(viewer: Viewer) -> Q:
    """A class or a group, whoever teaches it; a teaching, its teachers; the others, whom they name. Head and school life moderate."""
    teaches = taught(viewer)
    found = _own(viewer) | Q(kind="group", group__in=teaches.values("group_id"))
    found |= Q(Exists(teaches.filter(group=OuterRef("group"), subject=OuterRef("subject"))), kind="teaching")
    found |= Q(Exists(_party_named(viewer)), kind__in=["project", "team"])
    if viewer.holds(*ANSWERABLE):
        found |= Q(kind__in=[*OF_GROUPS, "project"], school=viewer.school_id)
    return found


def _party_named(viewer: Viewer) -> Any:
    rows = Party.objects.filter(space=OuterRef("pk"), left_at=None, power=Power.RUN)
    return rows.filter(person=viewer.person.pk, school=viewer.school_id)


def _party_may_write(viewer: Viewer) -> Q:
    return Q(Exists(_party(viewer, Power.WRITE, Power.RUN)), kind__in=["project", "team"])


def _party_may_comment(viewer: Viewer) -> Q:
    return Q(Exists(_party(viewer, Power.COMMENT, Power.WRITE, Power.RUN)), kind__in=["project", "team"])


OF_GROUPS = ("group", "teaching")


class Space(models.Model):
    """Where people make something together. A class, a group and each of its teachings have one by themselves; `group` and `subject`
    say whose it is, and the directory who enters. A project and a team have parties; `owner` has their own.

    `opens`, `closes`: local days, both included. `last_day`: that of its school year, after which one only reads; none for one's own.
    `told`: what was announced last of its end. `moderates`: a question is read by the teacher before the class. `asks`: one may ask.
    """

    class Kind(models.TextChoices):
        GROUP = "group", _("Classe ou groupe")
        TEACHING = "teaching", _("Enseignement")
        PROJECT = "project", _("Projet")
        TEAM = "team", _("Équipe")
        OWN = "own", _("Mon espace")

    class Told(models.TextChoices):
        NOTHING = "", _("Rien encore")
        CLOSING = "closing", _("Bientôt en lecture seule")
        ARCHIVING = "archiving", _("Bientôt archivé")
        ERASING = "erasing", _("Bientôt effacé")

    school = models.ForeignKey(School, models.CASCADE, related_name="spaces", verbose_name=_("établissement"))
    year = models.ForeignKey(
        SchoolYear, models.CASCADE, null=True, related_name="spaces", verbose_name=_("année")
    )
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, related_name="spaces", verbose_name=_("classe ou groupe")
    )
    subject = models.ForeignKey(
        Subject, models.CASCADE, null=True, related_name="spaces", verbose_name=_("matière")
    )
    owner = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="own_spaces", verbose_name=_("propriétaire")
    )
    title = models.CharField(_("nom"), max_length=150)
    search_title = models.CharField(_("nom sans accents"), max_length=300, editable=False)
    purpose = models.CharField(_("à quoi il sert"), max_length=300, blank=True)
    opens = models.DateField(_("ouvre le"), null=True, blank=True)
    closes = models.DateField(_("dernier jour pour écrire"), null=True, blank=True)
    last_day = models.DateField(_("dernier jour de l’année"), null=True)
    archived_at = models.DateTimeField(_("archivé le"), null=True)
    told = models.CharField(_("annoncé"), max_length=9, choices=Told.choices, blank=True)
    pupils_may = models.CharField(
        _("ce que font les élèves"), max_length=5, choices=Power.choices, default=Power.WRITE
    )
    asks = models.BooleanField(_("on peut poser des questions"), default=True)
    moderates = models.BooleanField(_("questions relues avant d’être montrées"), default=False)
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="spaces_made", verbose_name=_("créé par")
    )
    made_at = models.DateTimeField(_("créé le"))
    sent_as = models.CharField(_("numéro du formulaire"), max_length=40, blank=True)

    objects = SpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("espace")
        ordering = ["kind", "search_title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="group", group__isnull=False, subject=None, owner=None)
                | Q(kind="teaching", group__isnull=False, subject__isnull=False, owner=None)
                | Q(kind__in=["project", "team"], group=None, subject=None, owner=None)
                | Q(kind="own", group=None, subject=None, owner__isnull=False),
                name="space_is_somebody_s",
            ),
            models.CheckConstraint(
                condition=Q(opens=None) | Q(closes=None) | Q(closes__gte=F("opens")),
                name="space_dates_in_order",
            ),
            models.UniqueConstraint(fields=["group"], condition=Q(kind="group"), name="one_space_per_group"),
            models.UniqueConstraint(
                fields=["group", "subject"], condition=Q(kind="teaching"), name="one_space_per_teaching"
            ),
            models.UniqueConstraint(fields=["owner"], condition=Q(kind="own"), name="one_own_space"),
            models.UniqueConstraint(
                fields=["made_by", "sent_as"], condition=~Q(sent_as=""), name="one_space_per_form"
            ),
        ]
        indexes = [models.Index(fields=["school", "last_day"], name="spaces_by_last_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def look(self) -> Look:
        """The colours of its subject; of a class, of a project, those of none."""
        if self.subject:
            return look_of(self.subject.code, self.subject.name)
        icons = {"group": "users", "project": "rocket", "team": "briefcase", "own": "user"}
        return Look("", self.title[:2], icon=icons[self.kind])

    @property
    def is_of_a_group(self) -> bool:
        return self.kind in OF_GROUPS

    def is_open_on(self, day: date) -> bool:
        """Has its first day come?"""
        return self.opens is None or self.opens <= day

    def is_over(self, day: date) -> bool:
        """One only reads in it: closed, archived, or of a year that is over."""
        past = [
            self.closes is not None and day > self.closes,
            self.last_day is not None and day > self.last_day,
        ]
        return self.archived_at is not None or any(past)


class SpacePartyQuerySet(SchoolQuerySet):
    def present(self) -> Self:
        return self.filter(left_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """Who takes part in a space is known to whoever enters it."""
        return self.filter(space__in=Space.objects.visible_to(viewer))


class Party(models.Model):
    """Who takes part in a project or a team: somebody of a school, or a class or a group with its teachers. What left stays, without entry."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="parties", verbose_name=_("espace"))
    school = models.ForeignKey(
        School, models.CASCADE, related_name="space_parties", verbose_name=_("établissement")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, related_name="space_parties", verbose_name=_("classe ou groupe")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="space_parties", verbose_name=_("personne")
    )
    power = models.CharField(_("pouvoir"), max_length=5, choices=Power.choices, default=Power.WRITE)
    added_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="space_parties_added", verbose_name=_("ajouté par")
    )
    added_at = models.DateTimeField(_("ajouté le"))
    left_at = models.DateTimeField(_("parti le"), null=True)

    objects = SpacePartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation à un espace")
        verbose_name_plural = _("participations à des espaces")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None, person__isnull=False) | Q(group__isnull=False, person=None),
                name="party_is_a_person_or_a_group",
            ),
            models.UniqueConstraint(
                fields=["space", "group"], condition=Q(left_at=None), name="group_once_in_a_space"
            ),
            models.UniqueConstraint(
                fields=["space", "person"], condition=Q(left_at=None), name="person_once_in_a_space"
            ),
        ]


class CallQuerySet(SchoolQuerySet):
    school_path = "space__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever runs the space knows that another school was called; the word itself is kept nowhere."""
        return self.filter(space__in=Space.objects.run_by(viewer))


class Call(models.Model):
    """Another school is called to a project: who has its word brings one of their classes, once, within a week. Only its digest is kept."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="calls", verbose_name=_("espace"))
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.CASCADE, related_name="space_calls", verbose_name=_("par"))
    made_at = models.DateTimeField(_("le"))
    until = models.DateTimeField(_("jusqu’au"))
    used_at = models.DateTimeField(_("servi le"), null=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation d’un établissement")
        verbose_name_plural = _("invitations d’établissements")
        ordering = ["-pk"]
