"""Objects of federation for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.commons.federation.models import Link, Provider
from preau.commons.federation.tests.desk import described
from preau.directory.seeds.world import World


def provider_named(college: World, name: str) -> Provider:
    facts = {"issuer": "https://guichet.exemple.fr", "client_id": "preau", "changed_at": NOW}
    return Provider.objects.get_or_create(school=college.school, name=name, defaults=facts)[0]


def own_provider(college: World) -> Provider:
    """One of the school's own, of families."""
    return provider_named(college, "Guichet du bassin")


def own_saml_provider(college: World) -> Provider:
    """One that speaks SAML, and whose description was read."""
    provider = provider_named(college, "Guichet SAML du bassin")
    provider.protocol, provider.saml = "saml", {"described": described(), "read_at": NOW.isoformat()}
    provider.save()
    return provider


def many_providers(college: World, count: int) -> None:
    """`count` providers more of the school, that are open."""
    for _ in range(count):
        number = Provider.objects.count()
        Provider.objects.create(
            school=college.school,
            name=f"Guichet {number}",
            issuer=f"https://guichet-{number}.exemple.fr",
            client_id="preau",
            is_on=True,
            changed_at=NOW,
        )


def many_links(college: World, count: int) -> None:
    """`count` accounts of elsewhere more, that open those of the guardian and of the pupil."""
    row = Provider.objects.filter(name="Liens").first() or Provider.objects.create(
        name="Liens", changed_at=NOW
    )
    for _ in range(count):
        number = Link.objects.count()
        for key in ("guardian", "pupil"):
            Link.objects.create(
                provider=row, subject=f"{key}-{number}", person=college.people[key], made_at=NOW
            )
