"""The demonstration's share: a PAI with what to do in an emergency, a PAP with its measures, a follow-up that its author alone reads."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from preau.directory.models import Enrolment, Holding, Person
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.records.actions import access, hanging, writing
from preau.domains.records.actions.writing import RecordWords
from preau.domains.records.models import Kind, Reader, Record, Words, next_review
from preau.foundation import notices

# What a plan says, as schools write it: nothing of any child of this world.
PAI = Words(
    needs="Allergie à l’arachide et aux fruits à coque, suivie à l’hôpital. Ordonnance et courrier du médecin joints au dossier papier.",
    plan="Panier-repas à la cantine. La trousse suit la classe en sortie.",
    emergency="1. Ne pas laisser l’élève seul, l’allonger jambes relevées.\n2. Prendre la trousse d’urgence, salle 12.\n3. Injecter le stylo dans la cuisse, à travers le vêtement.\n4. Appeler le 15, puis les parents.",
    plain="Tu manges ton panier-repas à la cantine. Si ta gorge te gratte, préviens tout de suite un adulte.",
)
PAP = Words(
    needs="Dyslexie diagnostiquée, bilan orthophonique de l’an dernier. Lecture lente, fatigue en fin de journée.",
    plan="Supports aérés, consignes relues, évaluation à l’oral quand c’est possible.",
    plain="Tu as plus de temps pour les contrôles, et tu peux demander qu’on relise la consigne avec toi.",
)
NOTES = Words(
    needs="Deux passages cette semaine pour des maux de ventre avant les cours. Rendez-vous proposé.",
    plan="Revoir l’élève lundi.",
)
MEASURES = {
    Kind.PAI: ["Trousse d’urgence en salle 12", "Panier-repas à la cantine"],
    Kind.PAP: ["Tiers-temps", "Consignes relues", "Polycopiés en Arial 14"],
}


def plant(world: Any) -> None:
    """Three records of an imported school: the cast's own pupil has the plan; nothing where nobody opens one."""
    if not world.imported:
        return
    head = world.people.get("head")
    nurse = world.people.get("nurse")
    opener = _seat(world, nurse) or _seat(world, head)
    if opener is None or world.people.get("pupil") is None:
        return
    others = _others(world)
    with notices.told_already():
        _plan(world, opener, world.people["pupil"], Kind.PAP, PAP, 70)
        if others:
            _plan(world, opener, others[0], Kind.PAI, PAI, 40)
        if nurse and len(others) > 1:
            _opened(opener, others[1], Kind.HEALTH, NOTES, 6, shows=False)


def _others(world: Any) -> list[Person]:
    """Two pupils of the class of the cast's own."""
    own = Enrolment.objects.active(world.today).filter(pupil=world.people["pupil"], group__kind="class")
    mates = Enrolment.objects.active(world.today).filter(group__in=own.values("group_id"))
    cast = [person.pk for person in world.people.values()]
    return list(
        Person.objects.filter(pk__in=mates.values("pupil_id")).exclude(pk__in=cast).order_by("pk")[:2]
    )


def _seat(world: Any, person: Person | None) -> Any:
    held = person and Holding.objects.active(world.today).filter(person=person, school=world.school)
    if not person or not held or held.filter(role=Role.PUPIL).exists():
        return None
    moment = timezone.make_aware(datetime.combine(world.today, time(8, 30)))
    return viewer_for(person, 0, moment, f"staff-{world.school.pk}")


def _plan(world: Any, opener: Any, pupil: Person, kind: Kind, words: Words, ago: int) -> None:
    record = _opened(opener, pupil, kind, words, ago, shows=bool(words.emergency))
    for measure in MEASURES[kind]:
        hanging.add_measure(opener, record, measure, opener.today - timedelta(days=ago), None)
    for key, reason in [("cpe", Reader.Reason.SCHOOLING), ("teacher", Reader.Reason.TEAM)]:
        person = world.people.get(key)
        if _seat(world, person):
            access.add_reader(opener, record, person, reason, None)


def _opened(opener: Any, pupil: Person, kind: Kind, words: Words, ago: int, *, shows: bool) -> Record:
    written = RecordWords(words, next_review(opener.today - timedelta(days=ago)), shows)
    record = writing.open_record(opener, pupil, kind, written)
    then = timezone.now() - timedelta(days=ago)
    Record.objects.filter(pk=record.pk).update(opened_at=then)
    record.versions.update(at=then)
    record.readers.update(added_at=then)
    return record
