"""People who have left a school, until they are erased: since when, who was told, who is kept longer."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Guardianship, Holding, Person
from preau.directory.models.schools import School
from preau.directory.models.scoping import SchoolQuerySet
from preau.directory.words import DIRECTORY, Profile, Role
from preau.foundation import dates

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

# What a leaver left is kept so many months, to the day; their school is told so long before it goes.
GRACE, WARNING = 3, timedelta(days=7)
NEVER, FOREVER = date.min, date.max
# Who acts for a territory or for the whole platform.
ABROAD = [Role.AGENT, Role.OPERATOR]


def term_of(left_on: date) -> date:
    """The day from which somebody who left that day is erased: three months later, or the last day of that month."""
    return dates.months_later(left_on, GRACE)


def over_by(today: date) -> date:
    """The last day of departure whose term has come: 30 November, on 28 February."""
    day = dates.months_later(today, -GRACE)
    while term_of(day + timedelta(days=1)) <= today:
        day += timedelta(days=1)
    return day


def belongs_until(school_id: int | None = None) -> Greatest:
    """The first day on which a person belongs nowhere any more, or not to this school; NEVER if they never did.

    One belongs by what one holds, and by the pupils for whom one answers. What a judge decided, or a guardian who may
    not be informed, is remembered as long as the pupil is there: else a file would bring the person back without it.
    """
    held = Holding.objects.all() if school_id is None else Holding.objects.filter(school=school_id)
    learns = held.filter(person=OuterRef("pupil"), role=Role.PUPIL)
    remembered = Q(ruled_on__isnull=False) | Q(may_not_be_informed=True)
    followed = Guardianship.objects.of_another().filter(guardian=OuterRef("pk"))
    followed = followed.annotate(
        link=Case(When(remembered, then=Value(FOREVER)), default=Coalesce("ends", Value(FOREVER))),
        place=_latest_end(learns),
    ).annotate(until=Least("link", "place"))
    return Greatest(
        _latest_end(held.filter(person=OuterRef("pk"))),
        Coalesce(Subquery(followed.order_by("-until").values("until")[:1]), Value(NEVER)),
    )


def _latest_end(held: "models.QuerySet[Holding]") -> Coalesce:
    rows = held.annotate(until=Coalesce("ends", Value(FOREVER))).order_by("-until").values("until")
    return Coalesce(Subquery(rows[:1]), Value(NEVER))


class LeaverQuerySet(models.QuerySet["Leaver"]):
    def departed(self, today: date) -> Self:
        """Those who belong to no school any more and are not erased; `left_on` is their first day without."""
        goes_on = Holding.objects.filter(Q(ends=None) | Q(ends__gt=today), person=OuterRef("pk"))
        known = self.filter(~Exists(goes_on), erased_at=None)
        return known.annotate(left_on=belongs_until()).filter(left_on__gt=NEVER, left_on__lte=today)

    def past_term(self, today: date) -> Self:
        """Those to erase: their term has come, their school was told a week ago, and nobody keeps them longer.

        Whoever ever acted for a territory or for the platform is no school's to erase; an agent whom a school let in is its own.
        """
        notices = ErasureNotice.objects.filter(person=OuterRef("pk"), told_on__lte=today - WARNING)
        kept = Hold.objects.filter(person=OuterRef("pk"), last_day__gte=today)
        abroad = Holding.objects.filter(person=OuterRef("pk"), school=None, role__in=ABROAD)
        gone = self.departed(today).filter(~Exists(kept), ~Exists(abroad), left_on__lte=over_by(today))
        return gone.filter(Exists(notices.filter(told_on__gte=OuterRef("left_on"))))

    def to_tell(self, today: date) -> Self:
        """Those whose erasure is a week away at most, and of whom nobody was told since they left."""
        soon = today + WARNING
        notices = ErasureNotice.objects.filter(person=OuterRef("pk"), told_on__gte=OuterRef("left_on"))
        kept = Hold.objects.filter(person=OuterRef("pk"), last_day__gte=soon)
        abroad = Holding.objects.filter(person=OuterRef("pk"), school=None, role__in=ABROAD)
        return self.departed(today).filter(
            ~Exists(notices), ~Exists(kept), ~Exists(abroad), left_on__lte=over_by(soon)
        )

    def of_school(self, school_id: int, today: date) -> Self:
        """Those who left this school (`left_here`) less than three months ago, who left it last and are not erased yet,
        or whom it keeps longer. `left_on` is after today for those who belong to another."""
        here = Holding.objects.filter(school=school_id, ends__lte=today)
        pupils = here.filter(role=Role.PUPIL)
        families = Guardianship.objects.of_another().filter(pupil__in=pupils.values("person_id"))
        gone = Q(pk__in=here.values("person_id")) | Q(pk__in=families.values("guardian_id"))
        found = self.filter(gone, erased_at=None)
        found = found.annotate(left_here=belongs_until(school_id), left_on=belongs_until())
        found = found.filter(left_here__gt=NEVER, left_here__lte=today)
        kept = Hold.objects.filter(person=OuterRef("pk"), school=school_id)
        recent = Q(left_here__gt=over_by(today)) | Q(left_on=F("left_here"))
        return found.filter(recent | Exists(kept))

    def pupils(self, school_id: int) -> Self:
        held = Holding.objects.filter(school=school_id, role=Role.PUPIL)
        return self.filter(pk__in=held.values("person_id"))

    def staff(self, school_id: int) -> Self:
        held = Holding.objects.filter(school=school_id).exclude(role=Role.PUPIL)
        return self.filter(pk__in=held.values("person_id"))

    def families(self, school_id: int) -> Self:
        held = Holding.objects.filter(school=school_id, role=Role.PUPIL)
        links = Guardianship.objects.of_another().filter(pupil__in=held.values("person_id"))
        return self.filter(pk__in=links.values("guardian_id"))

    def visible_to(self, viewer: "Viewer") -> Self:
        """Head and secretary: those who left their school."""
        if viewer.school_id is None or not viewer.has_power(DIRECTORY):
            return self.none()
        return self.of_school(viewer.school_id, viewer.today)


class Leaver(Person):
    """A person as somebody who has left a school. Their page is closed: what is left is a name, a day, and a term."""

    objects = LeaverQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("personne partie")
        verbose_name_plural = _("personnes parties")

    # Set by `departed` and `of_school`.
    left_on: date
    left_here: date


class HoldQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Head and secretary of the school that asked."""
        return self.in_school(viewer) if viewer.has_power(DIRECTORY) else self.none()


class Hold(models.Model):
    """A school keeps a leaver longer than three months, until `last_day` included: a dispute is under way."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="holds", verbose_name=_("personne"))
    school = models.ForeignKey(School, models.CASCADE, related_name="holds", verbose_name=_("établissement"))
    last_day = models.DateField(_("dernier jour"))
    reason = models.CharField(_("raison"), max_length=300)
    held_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="holds_made", verbose_name=_("demandé par")
    )
    held_at = models.DateTimeField(_("demandé le"))

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("conservation prolongée")
        verbose_name_plural = _("conservations prolongées")
        constraints = [
            models.UniqueConstraint(fields=["person", "school"], name="one_hold_per_person_and_school")
        ]


class ErasureNoticeQuerySet(models.QuerySet["ErasureNotice"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Whoever sees the leaver."""
        if viewer.profile != Profile.STAFF:
            return self.none()
        return self.filter(person__in=Leaver.objects.visible_to(viewer).values("pk"))


class ErasureNotice(models.Model):
    """The schools of a leaver were told, on `told_on`, that the person is erased a week later. Nobody goes without it."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="erasure_notice", verbose_name=_("personne")
    )
    told_on = models.DateField(_("dit le"))

    objects = ErasureNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("annonce d’effacement")
        verbose_name_plural = _("annonces d’effacement")
