"""Two services of the demonstration: one of the platform, switched on; one of the school's own."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from preau.commons.signon.models import Address, Alias, Opening, Service, Usage
from preau.commons.signon.words import ADMITTED, Icon, Shape
from preau.directory.words import Profile

# Opened each day of the last week, by profile.
OPENED = {Profile.PUPIL: 23, Profile.GUARDIAN: 1, Profile.STAFF: 6}


def plant(world: Any) -> None:
    platform = Service.objects.filter(school=None, name="Moodle").first() or _service(
        world,
        name="Moodle", text="Les cours en ligne, les exercices et les devoirs à rendre.", icon=Icon.PRESENTATION,
        address="https://moodle.academie.example/", path="/",
        why={
            "profile": "Montrer aux élèves leurs cours, aux professeurs leurs outils.",
            "school": "Ranger chacun dans son établissement.",
            "classes": "Inscrire l’élève aux cours de sa classe.",
            "first_name": "Appeler la personne par son prénom.",
            "last_name": "La reconnaître dans la liste d’un cours.",
        },
    )  # fmt: skip
    own = _service(
        world,
        school=world.school, name=world.named("Carnet de lecture"), shape=Shape.ENT, icon=Icon.NOTEBOOK,
        text="Les livres lus par la classe, et ce que chacun en dit.", address="https://lecture.example/ent/entrer", path="/ent/",
        profiles=[Profile.PUPIL, Profile.STAFF],
        why={"profile": "Distinguer élèves et professeurs.", "first_name": "Signer un avis d’un prénom."},
    )  # fmt: skip
    for service, profiles in ((platform, [one.value for one in ADMITTED]), (own, own.profiles)):
        Opening.objects.create(
            service=service, school=world.school, is_on=True, since=world.year.starts, agreed=service.asks,
            profiles=profiles,
        )  # fmt: skip
    _used(world, platform)


def _service(world: Any, *, why: dict[str, str], path: str, **facts: Any) -> Service:
    released = {key: {"why": said, "since": world.year.starts.isoformat()} for key, said in why.items()}
    service = Service.objects.create(released=released, changed_at=timezone.now(), **facts)
    origin = "/".join(service.address.split("/")[:3])
    Address.objects.create(service=service, origin=origin, path=path)
    return service


def _used(world: Any, service: Service) -> None:
    """The cast's pupil has been there; the school's counts of a week."""
    if pupil := world.people.get("pupil"):
        facts = {"value": f"pdemo{pupil.pk}", "made_at": timezone.now(), "used_on": world.today}
        Alias.objects.get_or_create(service=service, person=pupil, defaults=facts)
    Usage.objects.bulk_create(
        Usage(
            service=service, school=world.school, day=world.today - timedelta(days=back), profile=profile.value,
            count=count,
        )
        for back in range(1, 6)
        for profile, count in OPENED.items()
    )  # fmt: skip
