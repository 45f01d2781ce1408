"""Objects of signon for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.commons.signon.models import Address, Client, Opening, Service
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World


def own_service(college: World) -> Service:
    """That of the seeds, of the school's own."""
    return Service.objects.filter(school=college.school).order_by("pk")[0]


def own_oidc_service(college: World) -> Service:
    """The same, when it speaks OpenID Connect."""
    service = own_service(college)
    Service.objects.filter(pk=service.pk).update(protocol=Protocol.OIDC)
    Client.objects.get_or_create(service=service, defaults={"redirects": [service.address]})
    return service


def many_services(college: World, count: int) -> None:
    """`count` services more, open in the school, for everybody."""
    for _ in range(count):
        number = Service.objects.count()
        service = Service.objects.create(
            school=college.school,
            name=f"Atelier {number}",
            text="Écrire",
            address="https://atelier.example/",
            released={"first_name": {"why": "Signer.", "since": "2026-09-01"}},
            changed_at=NOW,
        )
        Address.objects.create(service=service, origin="https://atelier.example", path=f"/{number}/")
        Opening.objects.create(
            service=service, school=college.school, is_on=True, since=NOW.date(), levels=["6e", "5e"]
        )
