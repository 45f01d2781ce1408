"""Four services of the demonstration: three of the platform, one of which no school has opened; one of the school's own."""

import secrets
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from preau.commons.signon.models import Address, Alias, Client, Opening, Party, Service, Usage
from preau.commons.signon.queries.consent import PURPOSE, version_of
from preau.commons.signon.saml import certificates
from preau.commons.signon.words import ADMITTED, Icon, Protocol, Shape
from preau.directory.models import ConsentRequest
from preau.directory.words import Profile

# Opened each day of the last week, by profile.
OPENED = {Profile.PUPIL: 23, Profile.GUARDIAN: 1, Profile.STAFF: 6}


def plant(world: Any) -> None:
    platform = Service.objects.filter(school=None, name="Moodle").first() or _service(
        world,
        name="Moodle",
        text="Les cours en ligne, les exercices et les devoirs à rendre.",
        icon=Icon.PRESENTATION,
        address="https://moodle.academie.example/",
        path="/",
        why={
            "profile": "Montrer aux élèves leurs cours, aux professeurs leurs outils.",
            "school": "Ranger chacun dans son établissement.",
            "classes": "Inscrire l’élève aux cours de sa classe.",
            "first_name": "Appeler la personne par son prénom.",
            "last_name": "La reconnaître dans la liste d’un cours.",
        },
    )
    own = _service(
        world,
        school=world.school,
        name=world.named("Carnet de lecture"),
        shape=Shape.ENT,
        icon=Icon.NOTEBOOK,
        text="Les livres lus par la classe, et ce que chacun en dit.",
        address="https://lecture.example/ent/entrer",
        path="/ent/",
        profiles=[Profile.PUPIL, Profile.STAFF],
        why={"profile": "Distinguer élèves et professeurs.", "first_name": "Signer un avis d’un prénom."},
    )
    if world.imported:
        # In the demonstration it is optional, and nobody has answered yet.
        own.asks_consent = True
        own.save(update_fields=["asks_consent"])
    for service, profiles in ((platform, [one.value for one in ADMITTED]), (own, own.profiles)):
        Opening.objects.create(
            service=service,
            school=world.school,
            is_on=True,
            since=world.year.starts,
            agreed=service.asks,
            profiles=profiles,
        )
    if own.asks_consent:
        _asked(world, own)
    _used(world, platform)
    _cloud(world)
    _books(world)


def _cloud(world: Any) -> None:
    """A service of the platform that speaks OpenID Connect; its secret was given, and nobody has it."""
    if Service.objects.filter(school=None, name="Nuage").exists():
        return
    service = _service(
        world,
        name="Nuage",
        text="Des dossiers partagés entre collègues.",
        icon=Icon.BACKPACK,
        protocol=Protocol.OIDC,
        address="https://nuage.academie.example/",
        path="",
        profiles=[Profile.STAFF],
        why={
            "first_name": "Appeler la personne par son prénom.",
            "last_name": "La reconnaître dans un dossier partagé.",
        },
    )
    Client.objects.create(
        service=service,
        redirects=["https://nuage.academie.example/apps/user_oidc/code"],
        after_logout=["https://nuage.academie.example/"],
        secret_since=timezone.now(),
        secret=secrets.token_hex(32),
        back_channel="https://nuage.academie.example/apps/user_oidc/backchannel-logout/preau",
    )


def _books(world: Any) -> None:
    """A service of the platform that speaks SAML, open in the school for pupils and staff. Nobody has the keys of its certificates."""
    service = Service.objects.filter(school=None, name="Manuels numériques").first() or _bookshelf(world)
    Opening.objects.create(
        service=service,
        school=world.school,
        is_on=True,
        since=world.year.starts,
        agreed=service.asks,
        profiles=service.profiles,
    )


def _bookshelf(world: Any) -> Service:
    service = _service(
        world,
        name="Manuels numériques",
        text="Les manuels de la classe, à lire en ligne.",
        icon=Icon.BACKPACK,
        protocol=Protocol.SAML,
        address="https://manuels.academie.example/",
        path="",
        profiles=[Profile.PUPIL, Profile.STAFF],
        why={
            "profile": "Donner aux professeurs le livre du maître.",
            "school": "Ouvrir les manuels choisis par l’établissement.",
            "classes": "Montrer à l’élève les manuels de sa classe.",
        },
    )
    certificate = _certificate("manuels.academie.example")
    Party.objects.create(
        service=service,
        entity_id="https://manuels.academie.example/saml/metadata",
        signing=[certificate],
        must_sign=True,
        encryption=certificate,
        hides=True,
        receives=[{"url": "https://manuels.academie.example/saml/acs", "index": 0}],
        logout="https://manuels.academie.example/saml/slo",
        soap="https://manuels.academie.example/saml/slo/soap",
    )
    return service


def _certificate(name: str) -> str:
    """Of a key that is thrown away at once."""
    key = rsa.generate_private_key(65_537, 2_048)
    now = timezone.now()
    return certificates.self_signed(key, name, now - timedelta(days=200), now + timedelta(days=900))


def _service(world: Any, *, why: dict[str, str], path: str, **facts: Any) -> Service:
    released = {key: {"why": reason, "since": world.year.starts.isoformat()} for key, reason in why.items()}
    service = Service.objects.create(released=released, changed_at=timezone.now(), **facts)
    origin = "/".join(service.address.split("/")[:3])
    if path:
        Address.objects.create(service=service, origin=origin, path=path)
    return service


def _asked(world: Any, service: Service) -> None:
    """Whoever tries the demonstration answers."""
    opening = Opening.objects.select_related("service").get(service=service, school=world.school)
    ConsentRequest.objects.create(
        school=world.school,
        year=world.year,
        purpose=PURPOSE,
        about=service.public_id,
        version=version_of(opening),
        asked_by=world.people.get("head"),
        asked_at=timezone.now(),
    )


def _used(world: Any, service: Service) -> None:
    """The cast's pupil has been there; the school's counts of a week."""
    if pupil := world.people.get("pupil"):
        facts = {"value": f"pdemo{pupil.pk}", "made_at": timezone.now(), "used_on": world.today}
        Alias.objects.get_or_create(service=service, person=pupil, defaults=facts)
    Usage.objects.bulk_create(
        Usage(
            service=service,
            school=world.school,
            day=world.today - timedelta(days=back),
            profile=profile.value,
            count=count,
        )
        for back in range(1, 6)
        for profile, count in OPENED.items()
    )
