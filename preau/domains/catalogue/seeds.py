"""The demonstration's share: the starter collection, the same for every school."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from preau.domains.catalogue.actions.editing import drawing_asked
from preau.domains.catalogue.actions.harvesting import HarvestedRecord, begin, finish, take_in
from preau.domains.catalogue.imports import starter
from preau.domains.catalogue.models import Collection, Institution, Node, Source
from preau.domains.catalogue.queries import index


def plant(world: Any) -> None:
    """A second school finds it there. The index too, so that the first page does not wait for it."""
    starter.plant()
    index.engine(wait=True)
    _draw()


def refresh() -> None:
    """A demonstration that was planted before a collection came gets it when it starts again; and a source that was read once."""
    starter.plant()
    plant_source()
    index.engine(wait=True)
    _draw()


def _draw() -> None:
    """By the worker: the first page does not wait for a film."""
    if settings.DEMO:
        drawing_asked.send(sender=None)


@transaction.atomic
def plant_source() -> None:
    """A source of nowhere, on hold: whoever runs the demonstration sees what one brought, and no network is asked."""
    if Source.objects.exists():
        return
    slug, name = "manuels-exemple", _("Manuels d’exemple")
    shelf = Collection.objects.create(
        slug=slug, title=name, abstract=_("Notices d’un catalogue d’ailleurs, pour montrer."), order=900
    )
    house, _new = Institution.objects.get_or_create(
        slug="maison-exemple", defaults={"name": _("Maison d’exemple")}
    )
    source = Source.objects.create(
        slug=slug,
        name=name,
        kind=Source.Kind.OAI,
        address="https://manuels.example/oai",
        prefix="lom",
        institution=house,
        collection=shelf,
        audiences=["eleve"],
        is_paused=True,
    )
    places = {node.key: node.pk for node in Node.objects.in_force()}
    found = [
        HarvestedRecord(
            f"oai:manuels.example:{number}",
            _("page 1, notice %(number)s") % {"number": number},
            f"https://manuels.example/{number}",
            str(title),
            str(text),
            str(text),
            {
                "type": kind,
                "licence": licence,
                "authors": [house.name],
                "audiences": ["eleve"],
                "keywords": [],
                "accessibility": [],
            },
            [places[level], places[subject]],
            str(terms),
        )
        for number, (title, text, kind, licence, level, subject, terms) in enumerate(RECORDS, 1)
    ]
    run = begin(source, by_hand=True)
    problem = (_("page 1, notice 4"), _("Pas d’adresse web : la notice ne mène nulle part."))
    finish(take_in(run, found, [problem], {}, 18_000, 60), {}, is_whole=True)


# Title, words, kind, licence, level, subject, and the licence in the words of the source.
RECORDS = (
    (
        _lazy("Le cahier des volumes"),
        _lazy("Trente exercices sur les volumes, du cube au cylindre."),
        "exercice",
        "cc-by-sa",
        "6e",
        "mathematiques",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    (
        _lazy("La ville au Moyen Âge, dossier"),
        _lazy("Un dossier de textes et de plans sur la ville."),
        "document",
        "reserve",
        "5e",
        "histoire",
        "",
    ),
    (
        _lazy("Reconnaître les roches"),
        _lazy("Une clé pour nommer les roches que l’on ramasse."),
        "activite",
        "etalab",
        "4e",
        "svt",
        _lazy("Licence Ouverte 2.0"),
    ),
)
