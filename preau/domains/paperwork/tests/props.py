"""Collections for the tests: one to the class of the cast's pupil, its dossiers, what was sent for them, many of them."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.commons.files.actions import keep
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import PAPER
from preau.commons.files.tests.samples import picture, sent
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Role
from preau.domains.paperwork.models import Collection, Dossier, Piece, Submission
from preau.domains.paperwork.queries.collections import pupils_meant
from preau.foundation import text

TODAY = NOW.date()
Kind, Readers, Keep = Piece.Kind, Piece.Readers, Piece.Keep


def a_draft(world: World, title: str = "Dossier de rentrée", by: str = "secretary") -> Collection:
    """Insurance, an emergency sheet for the nurse, and a swimming certificate that is optional."""
    made: Collection = Collection.objects.create(
        school=world.school,
        year=world.year,
        title=title,
        search_title=text.fold(title),
        last_day=TODAY + timedelta(days=10),
        author=world.people[by],
        written_at=NOW,
    )
    made.groups.set([own_class(world)])
    for place, (kind, label, required) in enumerate(
        [
            (Kind.INSURANCE, "Assurance", True),
            (Kind.HEALTH, "Fiche d’urgence", True),
            (Kind.OTHER, "Brevet de natation", False),
        ],
        start=1,
    ):
        Piece.objects.create(
            collection=made,
            place=place,
            kind=kind,
            label=label,
            is_required=required,
            readers=Readers.HEALTH if kind == Kind.HEALTH else Readers.OFFICE,
            keep=Keep.YEAR,
        )
    return made


def a_collection(world: World, title: str = "Dossier de rentrée", **changes: Any) -> Collection:
    """The same, open since this morning; nobody is told."""
    made = a_draft(world, title)
    made.state, made.opened_at = Collection.State.OPEN, NOW - timedelta(hours=1)
    for name, value in changes.items():
        setattr(made, name, value)
    made.save()
    Dossier.objects.bulk_create(
        [Dossier(collection=made, pupil=pupil, asked_at=NOW) for pupil in pupils_meant(made, TODAY)]
    )
    return made


def dossier_of(collection: Collection, pupil: Person) -> Dossier:
    found: Dossier = collection.dossiers.get(pupil=pupil)
    return found


def piece_of(collection: Collection, kind: str = Kind.INSURANCE) -> Piece:
    found: Piece = collection.pieces.get(kind=kind)
    return found


def a_file(
    viewer: Any, world: World, name: str = "assurance.jpg", size: tuple[int, int] = (80, 60)
) -> StoredFile:
    """A picture that this person has just sent."""
    (kept,) = keep(viewer, world.school.pk, [sent(name, picture(size=size))], PAPER)
    return kept


def a_row(world: World, dossier: Dossier, piece: Piece, state: str = "received", **fields: Any) -> Submission:
    """What was sent for a piece, without a document."""
    given: dict[str, Any] = {"by": world.people["guardian"]} | fields
    if state == "refused":
        given = {"reason": "unreadable"} | given
    made: Submission = Submission.objects.create(dossier=dossier, piece=piece, state=state, at=NOW, **given)
    return made


# For the nets


def own_collection(college: World) -> Collection:
    known = Collection.objects.filter(school=college.school, title="Rentrée").first()
    return known or a_collection(college, "Rentrée")


def own_followed(college: World) -> Collection:
    """A collection of which the cast's family has no dossier."""
    known = Collection.objects.filter(school=college.school, title="Pour un seul").first()
    if known is None:
        known = a_collection(college, "Pour un seul")
        known.dossiers.filter(pupil=college.people["pupil"]).delete()
    return known


def own_of_classmate(college: World) -> Dossier:
    found: Dossier = own_followed(college).dossiers.order_by("pk")[0]
    return found


def own_draft(college: World) -> Collection:
    known = Collection.objects.filter(school=college.school, title="Brouillon").first()
    return known or a_draft(college, "Brouillon")


def own_dossier(college: World) -> Dossier:
    return dossier_of(own_collection(college), college.people["pupil"])


def many_collections(college: World, count: int) -> None:
    """`count` collections more, each with the dossier of the cast's pupil and a submission."""
    for _ in range(count):
        made = a_draft(college, f"Collecte {Collection.objects.count()}")
        made.state, made.opened_at = Collection.State.OPEN, NOW
        made.save()
        dossier = Dossier.objects.create(collection=made, pupil=college.people["pupil"], asked_at=NOW)
        a_row(college, dossier, piece_of(made))


def many_dossiers(college: World, count: int) -> None:
    """`count` pupils more in the same collection."""
    made = own_collection(college)
    for _ in range(count):
        pupil = Person.objects.create(family_name=f"Pupil {Person.objects.count()}", given_name="Ana")
        Holding.objects.create(
            person=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts
        )
        dossier = Dossier.objects.create(collection=made, pupil=pupil, asked_at=NOW)
        a_row(college, dossier, piece_of(made), by=None, way="paper")
