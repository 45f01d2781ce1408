"""Objects of campaigns for the tests of pages: one of the cast's own, or many more."""

from typing import Any

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_pupils
from preau.domains.attendance.tests.props import own_absence
from preau.domains.campaigns.models import Campaign, Sending


def own_draft(college: World) -> Campaign:
    """A campaign to confirm, about the cast's pupil."""
    found, made = Campaign.objects.get_or_create(
        school=college.school,
        kind="chosen",
        key="draft",
        made_by=college.people["cpe"],
        defaults={"by_mail": True, "body": "{eleve}", "sms": "{prenom}", "made_at": NOW},
    )
    if made:
        target = found.targets.create(school=college.school, pupil=college.people["pupil"])
        target.entries.add(own_absence(college))
    return found


def own_campaign(college: World) -> Campaign:
    """One that was confirmed: a letter waits, a text message did not arrive."""
    found, made = Campaign.objects.get_or_create(
        school=college.school,
        kind="chosen",
        key="sent",
        made_by=college.people["cpe"],
        defaults={
            "by_mail": True,
            "body": "{eleve}",
            "made_at": NOW,
            "confirmed_at": NOW,
            "confirmed_by": college.people["cpe"],
        },
    )
    if made:
        found.targets.create(school=college.school, pupil=college.people["pupil"])
        wrote(college, found.targets.get(), channel="letter", to="1 rue des Lilas\n35000 Rennes", sheet="x")
        wrote(
            college,
            found.targets.get(),
            channel="sms",
            to="+33612345678",
            state="failed",
            reason="lost",
            parts=1,
        )
    return found


def wrote(college: World, target: Any, **more: Any) -> None:
    Sending.objects.create(
        school=college.school,
        target=target,
        pupil=target.pupil,
        person=college.people["guardian"],
        text="Bonjour",
        made_at=NOW,
        due_at=NOW,
        **more,
    )


def many_campaigns(college: World, count: int) -> None:
    """`count` campaigns more, each about the cast's pupil, each with a mail that left."""
    for _ in range(count):
        campaign = Campaign.objects.create(
            school=college.school,
            kind="chosen",
            key=f"{Campaign.objects.count()}",
            made_by=college.people["cpe"],
            body="x",
            made_at=NOW,
            confirmed_at=NOW,
            confirmed_by=college.people["cpe"],
        )
        target = campaign.targets.create(school=college.school, pupil=college.people["pupil"])
        wrote(college, target, channel="mail", to="a@famille.example", state="sent", sent_at=NOW)


def many_aimed_at(college: World, count: int) -> None:
    """`count` pupils more in both campaigns, each with a guardian."""
    many_pupils(college, count)
    entry = own_absence(college)
    known = own_draft(college).targets.values("pupil_id")
    pupils = Person.objects.filter(family_name__startswith="Élève ").exclude(pk__in=known)
    for pupil in pupils[:count]:
        for campaign in (own_draft(college), own_campaign(college)):
            target = campaign.targets.create(school=college.school, pupil=pupil)
            target.entries.add(entry)
        wrote(college, target, channel="mail", to="a@famille.example")
