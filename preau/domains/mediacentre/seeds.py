"""The demonstration's share: resources that nobody publishes, by publishers that do not exist, and who has them."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from preau.commons.signon.models import Address, Opening, Service
from preau.commons.signon.words import Icon
from preau.directory.models import Group, Holding, School, Subject
from preau.directory.words import Profile, Role
from preau.domains.mediacentre.models import FOR, Public, Resource, Rule, Step, Subscription, Target
from preau.foundation import text

ALL = tuple(Public)
STAFF = (Public.TEACHER, Public.LIBRARIAN)


@dataclass(frozen=True)
class Plan:
    """A resource: how many licences (None: no limit, 0: nothing is known), for whom, until how many days from now."""

    name: str
    publisher: str
    kind: str
    licences: int | None
    publics: tuple[Public, ...] = (Public.PUPIL, Public.TEACHER)
    days: int = 220
    whole: bool = False
    text: str = ""


PLANS = [
    Plan(
        "Maths au Saule, 6e",
        "Éditions du Saule fictif",
        "manuels numériques",
        160,
        text="Le cours, les exercices et leurs corrigés. Ouvrage inventé pour la démonstration.",
    ),
    Plan(
        "Maths au Saule, 5e",
        "Éditions du Saule fictif",
        "manuels numériques",
        160,
        text="Le cours, les exercices et leurs corrigés. Ouvrage inventé pour la démonstration.",
    ),
    Plan(
        "Lexique des Marées",
        "Maison Brumaire (inventée)",
        "dictionnaires et encyclopédies",
        None,
        ALL,
        whole=True,
        text="Un dictionnaire qui n’existe pas, ouvert à tout l’établissement.",
    ),
    Plan(
        "Atlas de Nullepart",
        "Cartes de Nullepart",
        "atlas et cartes",
        30,
        days=20,
        text="Des cartes de pays imaginaires.",
    ),
    Plan(
        "La Salle des profs en sciences",
        "Éditions du Saule fictif",
        "banques de données",
        None,
        STAFF,
        text="Des séances prêtes à adapter, pour les enseignants.",
    ),
    Plan(
        "Presse d’hier",
        "Maison Brumaire (inventée)",
        "presse en ligne",
        0,
        text="Des journaux inventés, pour l’éducation aux médias.",
    ),
]


def plant(world: Any) -> None:
    """Six resources; pupils of a level, teachers of a subject and one person have some."""
    held = Holding.objects.active(world.today).filter(school=world.school).order_by("pk")
    head = held.filter(role=Role.HEAD).values_list("person_id", flat=True).first()
    if head is None:
        return
    made = [_resource(world, number, plan) for number, plan in enumerate(PLANS)]
    now = timezone.now() - timedelta(days=30)
    Step.objects.bulk_create(
        Step(school=world.school, resource=one, gesture=Step.Gesture.LISTED, by_id=head, at=now)
        for one in made
    )
    classes = Group.objects.classes().filter(year=world.school.current_year).exclude(level="").order_by("pk")
    levels = list(dict.fromkeys(classes.values_list("level", flat=True)))
    for resource, level in zip(made[:2], levels, strict=False):
        _rule(world, head, [resource], Public.PUPIL, Rule.Scope.LEVELS, level=level)
    subject = Subject.objects.filter(school=world.school, assignments__isnull=False).order_by("pk").first()
    if subject:
        _rule(world, head, [made[0], made[1], made[4]], Public.TEACHER, Rule.Scope.SUBJECTS, subject=subject)
    if teacher := world.people.get("teacher_1"):
        _rule(world, head, [made[3]], "", Rule.Scope.PEOPLE, person=teacher)
    if world.imported:
        _registered(world)
    made[0].with_families = True
    made[0].save(update_fields=["with_families"])
    Resource.objects.filter(pk=made[1].pk).update(with_families=True)


def _resource(world: Any, number: int, plan: Plan) -> Resource:
    school: School = world.school
    code = f"ark:/00000/{school.uai.lower()}{number}"
    named = world.named(plan.name)
    there = base64.b64encode(school.uai.encode()).decode()
    resource: Resource = Resource.objects.create(
        school=school,
        code=code,
        code_type="ARK",
        name=named,
        search_name=text.fold(f"{named} {plan.publisher}"),
        publisher=plan.publisher,
        kind=plan.kind,
        text=plan.text,
        listed_on=world.today,
        url=f"https://sp-auth.gar.example/domaineGar?idENT=UFJFQVU=&idEtab={there}&idSrc={number}",
    )
    if plan.licences != 0:
        Subscription.objects.create(
            school=school,
            resource=resource,
            code=f"DEMO-{school.uai}-{number}",
            licences=plan.licences,
            kind=Subscription.Kind.SCHOOL if plan.whole else Subscription.Kind.PERSON,
            starts=world.year.starts,
            ends=world.today + timedelta(days=plan.days),
            transferable=False,
            **{column: public in plan.publics for public, column in FOR.items()},
        )
    return resource


def _registered(world: Any) -> None:
    """In the demonstration, the site that opens them is in the register of services: what it receives is said before."""
    why = {
        "profile": "Ouvrir ce qui est pour les élèves, ou pour les enseignants.",
        "school": "Ouvrir ce à quoi l’établissement est abonné.",
    }
    released = {key: {"why": reason, "since": world.year.starts.isoformat()} for key, reason in why.items()}
    service, made = Service.objects.get_or_create(
        school=None,
        name="Accès aux ressources (démonstration)",
        defaults={
            "text": "Ouvre les ressources numériques de l’établissement.",
            "address": "https://sp-auth.gar.example/",
            "profiles": [Profile.PUPIL, Profile.STAFF],
            "released": released,
            "changed_at": timezone.now(),
            "icon": Icon.BACKPACK,
        },
    )
    if made:
        Address.objects.create(service=service, origin="https://sp-auth.gar.example", path="/")
    Opening.objects.get_or_create(
        service=service,
        school=world.school,
        defaults={
            "is_on": True,
            "since": world.year.starts,
            "agreed": service.asks,
            "profiles": service.profiles,
        },
    )


def _rule(world: Any, head: int, resources: list[Resource], public: str, scope: str, **target: Any) -> None:
    now = timezone.now() - timedelta(days=20)
    rule = Rule.objects.create(school=world.school, public=public, scope=scope, made_by_id=head, made_at=now)
    rule.resources.set(resources)
    Target.objects.create(school=world.school, rule=rule, **target)
    Step.objects.bulk_create(
        Step(
            school=world.school,
            resource=resource,
            rule=rule,
            gesture=Step.Gesture.ASSIGNED,
            by_id=head,
            at=now,
        )
        for resource in resources
    )
