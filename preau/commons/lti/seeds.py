"""A service of the demonstration that gives exercises of arithmetic, and what a class got of two of them."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from preau.commons.lti.models import Activity, Agreement, Column, Context, Score, Tool
from preau.commons.lti.words import ALLOWED
from preau.commons.signon.models import Opening, Service
from preau.commons.signon.words import ADMITTED, Icon, Protocol
from preau.directory.models import Assignment, Enrolment

ADDRESS = "https://calcul.academie.example"
# What each pupil got, out of twenty, over and over along the list; nothing for those who have not begun.
GOT = (16, 12, None, 18, 9, 14, None, 20, 11, 15)
GIVEN = (("Tables de multiplication", "Trois séries de dix calculs.", 8), ("Fractions simples", "", 1))


def plant(world: Any) -> None:
    tool = Tool.objects.filter(service__school=None, service__name="Calcul mental").first() or _tool(world)
    teacher = world.people.get("teacher")
    charged = Assignment.objects.filter(school=world.school, teacher=teacher, kind=Assignment.Kind.TEACHES)
    first = charged.select_related("group").order_by("group__name", "pk").first() if teacher else None
    opening = Opening.objects.create(
        service=tool.service,
        school=world.school,
        is_on=True,
        since=world.year.starts,
        agreed=tool.service.asks,
        profiles=tool.service.profiles,
    )
    Agreement.objects.create(opening=opening, allowed=tool.wants)
    if first is None:
        return
    context = Context.objects.create(opening=opening, group=first.group)
    for title, text, days in GIVEN:
        _given(world, context, teacher, world.named(title), text, days)


def _tool(world: Any) -> Tool:
    why = {
        "first_name": "Appeler l’élève par son prénom.",
        "last_name": "Le reconnaître dans la liste de la classe.",
    }
    since = world.year.starts.isoformat()
    service = Service.objects.create(
        name="Calcul mental",
        text="Des séries de calculs données par le professeur.",
        icon=Icon.PALETTE,
        address=f"{ADDRESS}/",
        protocol=Protocol.LTI,
        profiles=[one.value for one in ADMITTED if one != "guardian"],
        released={key: {"why": reason, "since": since} for key, reason in why.items()},
        changed_at=timezone.now(),
    )
    return Tool.objects.create(
        service=service,
        login_url=f"{ADDRESS}/lti/connexion",
        target=f"{ADDRESS}/lti/ouvrir",
        redirects=[f"{ADDRESS}/lti/ouvrir"],
        chooses=True,
        keys_url=f"{ADDRESS}/lti/cles",
        asks={key: {"why": str(one.why), "since": since} for key, one in ALLOWED.items()},
    )


def _given(world: Any, context: Context, teacher: Any, title: str, text: str, days: int) -> None:
    day = world.today - timedelta(days=days)
    at = timezone.make_aware(datetime.combine(day, time(17, 5)))
    activity = Activity.objects.create(
        school=world.school,
        context=context,
        title=title,
        text=text,
        given_by=teacher,
        given_at=at,
        due_on=day + timedelta(days=7),
    )
    column = Column.objects.create(context=context, activity=activity, label=title, maximum=20)
    pupils = (
        Enrolment.objects.active(world.today).filter(group=context.group).order_by("pupil__search_name", "pk")
    )
    got = GOT if days > 1 else (None, *GOT[:3])
    Score.objects.bulk_create(
        Score(
            column=column,
            pupil_id=pupil,
            given=got[rank % len(got)],
            maximum=20,
            activity="Completed",
            grading="FullyGraded",
            said_at=at + timedelta(hours=rank % 5 + 1),
        )
        for rank, pupil in enumerate(pupils.values_list("pupil", flat=True))
        if got[rank % len(got)] is not None and (days > 1 or rank < len(got))
    )
