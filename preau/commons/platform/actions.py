"""Count the schools, each night: no page counts six million people."""

from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet

from preau.commons.platform.models import Figures
from preau.directory.models import Delivery, DeliveryShare, Guardianship, Holding, School
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.identity.models import AccessKey, Account

STAFF = [role for role in Role if role not in {Role.PUPIL, Role.AGENT, Role.OPERATOR}]
COUNTED = ["pupils", "staff", "guardians", "opened", "keys", "delivered_at", "counted_at"]
AT_ONCE = 500


def count_schools(now: datetime, today: date) -> int:
    """Count everybody of every school and when its directory last changed: seven queries, whatever the number of schools."""
    held = Holding.objects.filter(active_on(today), school__isnull=False)
    pupils, staff = _people(held.filter(role=Role.PUPIL)), _people(held.filter(role__in=STAFF))
    # Nothing of this joins a view of the school: both sides are grouped by the child's school.
    informed = Q(person__guardianships__in=Guardianship.objects.informed(today).of_another())
    following = held.filter(informed, role=Role.PUPIL)
    guardians = _counted(following, "person__guardianships__guardian")
    opened = Account.objects.activated().filter(is_active=True).values("person")
    own = _counted(held.exclude(role__in=[Role.AGENT, Role.OPERATOR]).filter(person__in=opened), "person")
    theirs = following.filter(person__guardianships__guardian__in=opened)
    families = _counted(theirs, "person__guardianships__guardian")
    alive = Q(person__account__access_keys__in=AccessKey.objects.alive(now))
    keys = _counted(held.filter(alive), "person__account__access_keys")
    delivered = _delivered()
    rows = [
        Figures(
            school_id=school,
            pupils=pupils.get(school, 0),
            staff=staff.get(school, 0),
            guardians=guardians.get(school, 0),
            opened=own.get(school, 0) + families.get(school, 0),
            keys=keys.get(school, 0),
            delivered_at=delivered.get(school),
            counted_at=now,
        )
        for school in School.objects.order_by("pk").values_list("pk", flat=True)
    ]
    Figures.objects.bulk_create(
        rows, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["school"], update_fields=COUNTED
    )
    return len(rows)


def _people(held: "QuerySet[Holding]") -> dict[int, int]:
    return _counted(held, "person")


def _counted(rows: "QuerySet[Holding]", whom: str) -> dict[int, int]:
    return dict(
        rows.order_by().values("school").annotate(n=Count(whom, distinct=True)).values_list("school", "n")
    )


def _delivered() -> dict[int, datetime]:
    """When a delivery last settled for each school: its own, or one brought for many."""
    done = Delivery.objects.filter(state=Delivery.State.DONE)
    own = done.exclude(school=None).order_by().values("school").annotate(at=Max("settled_at"))
    shared = DeliveryShare.objects.filter(delivery__in=done).order_by().values("school")
    found: dict[int, datetime] = dict(own.values_list("school", "at"))
    for school, at in shared.annotate(at=Max("delivery__settled_at")).values_list("school", "at"):
        if at and (found.get(school) is None or at > found[school]):
            found[school] = at
    return {school: at for school, at in found.items() if at}
