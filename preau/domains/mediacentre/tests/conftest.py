"""A librarian, and answers of the GAR as they come."""

import base64
import json
from typing import Any

import pytest

from conftest import NOW
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.identity.models import Account


@pytest.fixture
def librarian(college: World) -> Person:
    """The « professeur documentaliste » of the school, with an account."""
    person = Person.objects.create(family_name="Le Goff", given_name="Benoît")
    Holding.objects.create(person=person, role=Role.LIBRARIAN, school=college.school)
    Account(login="benoit.legoff", person=person, password="!").save()
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def assigner(librarian: Person) -> Viewer:
    viewer = viewer_for(librarian, librarian.account.pk, NOW)
    assert viewer is not None
    return viewer


def resource(number: int, uai: str = "0359901A", **more: Any) -> dict[str, Any]:
    """One `ressource` of the list, as the GAR writes it."""
    school = base64.b64encode(f"{uai}-ET6".encode()).decode()
    return {
        "idRessource": f"ark:/00001/r{number}",
        "idType": "ARK",
        "nomRessource": f"Ressource {number}",
        "idEditeur": "0_0",
        "nomEditeur": "Éditions inventées",
        "typePresentation": {"code": "MAN", "nom": "manuels numériques"},
        "domaineEnseignement": [{"uri": "u", "nom": "mathématiques (6e)"}],
        "niveauEducatif": [],
        "urlAccesRessource": f"https://sp-auth.gar.example/domaineGar?idENT=RU5U&idEtab={school}&idSrc={number}",
    } | more


def liste(*rows: Any) -> bytes:
    return json.dumps({"listeRessources": {"ressource": list(rows)}}, indent=1, ensure_ascii=False).encode()


def subscription(number: int, **more: Any) -> dict[str, Any]:
    """One `abonnement`, for pupils, thirty licences."""
    return {
        "idAbonnement": f"AB-{number}",
        "idRessource": f"ark:/00001/r{number}",
        "debutValidite": "2026-08-16T00:00:00.000+02:00",
        "finValidite": "2027-08-15T23:59:59.000+02:00",
        "uaiEtab": "0359901A",
        "categorieAffectation": "transferable",
        "typeAffectation": "INDIV",
        "nbLicenceGlobale": "30",
        "publicCible": ["ELEVE"],
    } | more
