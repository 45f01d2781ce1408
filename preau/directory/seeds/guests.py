"""Who comes from outside, in the demonstration: an agent of the town, to whom the director gave the lists; a theatre artist."""

from datetime import date, timedelta

from django.utils import timezone

from preau.directory.actions.guests import Invitation, invite
from preau.directory.actions.powers import give
from preau.directory.models import Holding, School
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import LISTS, SETTINGS, Role
from preau.foundation import notices

TOWN, ARTIST = "town_agent", "artist"


def let_in(world: World) -> None:
    """In a school that a delivery has filled; those of the tests invite their own."""
    if not world.imported:
        return
    head = Holding.objects.filter(school=world.school, role=Role.HEAD).order_by("pk").first()
    viewer = viewer_for(head.person, 0, timezone.now(), f"staff-{world.school.pk}") if head else None
    if viewer is None:
        return
    until = world.today + timedelta(days=120)
    with notices.told_already():
        if world.school.kind == School.Kind.ECOLE:
            sent = Invitation(
                Role.AGENT,
                "mme",
                "Nadège",
                "Prigent",
                "nadege.prigent@mairie.example",
                "service périscolaire",
                "Cantine et garderie du soir",
                until,
                (LISTS,),
            )
            world.people[TOWN] = invite(viewer, sent).holding.person
        elif world.school.kind == School.Kind.COLLEGE:
            sent = Invitation(
                Role.OTHER,
                "m",
                "Ismaël",
                "Thibault",
                "ismael.thibault@compagnie.example",
                "intervenant théâtre",
                "Atelier du jeudi, classes de 5e",
                until,
            )
            world.people[ARTIST] = invite(viewer, sent).holding.person
            _lend(world, viewer, until)


def _lend(world: World, viewer: Viewer, until: date) -> None:
    """The settings, to the librarian."""
    librarian = Holding.objects.filter(person=world.people.get("librarian"), school=world.school).first()
    if librarian:
        give(viewer, librarian, SETTINGS, until)
