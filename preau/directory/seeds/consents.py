"""Consents in the demonstration: one project to publish, answered by most of a class; the cast's own answers are still to give."""

from django.utils import timezone

from preau.directory.models import Consent, ConsentRequest, Enrolment, Group, Person
from preau.directory.queries.consents import sheet_of
from preau.directory.seeds.world import World


def plant_consents(world: World) -> None:
    """A school of the tests asks nothing."""
    if not world.imported or "pupil" not in world.people:
        return
    now = timezone.now()
    request = ConsentRequest.objects.create(
        school=world.school,
        year=world.year,
        purpose="image",
        asked_by=world.people.get("head"),
        asked_at=now,
        words="Photos de la journée portes ouvertes, sur le site de l’établissement, jusqu’à la fin de l’année.",
    )
    learning = Enrolment.objects.active(world.today).filter(
        pupil=world.people["pupil"], group__kind=Group.Kind.CLASS, group__year=world.year
    )
    rows = Enrolment.objects.active(world.today).filter(group__in=learning.values("group_id"))
    pupils = list(
        Person.objects.filter(pk__in=rows.values("pupil_id"))
        .exclude(pk=world.people["pupil"].pk)
        .order_by("pk")
    )
    sheet = sheet_of([request], pupils, world.today)
    words = []
    for number, pupil in enumerate(pupils):
        for giver in (pupil.pk, *sheet.needed[request.pk, pupil.pk].deciders) if number % 4 else (pupil.pk,):
            own = giver == pupil.pk
            words.append(
                Consent(
                    request=request,
                    person=pupil,
                    giver_id=giver,
                    given_at=now,
                    part=Consent.Part.OWN if own else Consent.Part.GUARDIAN,
                    answer=Consent.Answer.NO if number == 1 and not own else Consent.Answer.YES,
                )
            )
    Consent.objects.bulk_create(words)
