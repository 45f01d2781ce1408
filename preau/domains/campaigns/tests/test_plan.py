"""Before anything leaves: who would be written to, by what, and each doubt with its remedy."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import NOW
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship, Role
from preau.domains.attendance.models import Entry, Notice, Status
from preau.domains.campaigns import rules
from preau.domains.campaigns.actions import drafts, families, leaving
from preau.domains.campaigns.models import Campaign, Channel, Choice, PostalAddress, Sending
from preau.domains.campaigns.queries import finding, plan
from preau.domains.campaigns.queries.doubts import line_rows
from preau.domains.campaigns.queries.finding import FindingFilter
from preau.domains.campaigns.queries.plan import BLOCKING, Doubt
from preau.domains.campaigns.queries.sheets import sheets_of
from preau.domains.campaigns.queries.words import wording_of
from preau.domains.campaigns.tests.conftest import live_at

pytestmark = pytest.mark.django_db
Kind = Campaign.Kind


def lines(draft: Campaign, seat_of: Any) -> list[plan.Line]:
    return plan.lines_of(seat_of("cpe"), Campaign.objects.get(pk=draft.pk))


def doubts(draft: Campaign, seat_of: Any, channel: str, person: Person | None = None) -> set[Doubt]:
    found = [line for line in lines(draft, seat_of) if line.channel == channel]
    if person:
        found = [line for line in found if line.reach and line.reach.person.pk == person.pk]
    return {doubt for line in found for doubt in line.doubts}


def test_each_parent_has_their_own_lines_with_the_words_filled(
    draft: Campaign, parents: Any, seat_of: Any
) -> None:
    found = lines(draft, seat_of)
    assert {(line.reach.person.pk, line.channel) for line in found} == {
        (person.pk, channel) for person in parents for channel in Channel.values
    }
    pupil = found[0].pupil
    letter = next(line for line in found if line.channel == Channel.LETTER)
    assert letter.text.startswith(f"{pupil.full_name} (")
    assert "demi-journée" in letter.text
    assert {line.to for line in found if line.channel == Channel.SMS} == {"+33612345670", "+33612345671"}
    counts = plan.counts_of(found)
    assert (counts.letters, counts.mails, counts.texts, counts.parts) == (2, 2, 2, 2)


def test_parents_of_one_household_share_a_sheet_and_separated_ones_do_not(
    draft: Campaign, college: World, parents: Any, seat_of: Any
) -> None:
    live_at(college, parents[1], "1 Rue des Lilas")
    assert plan.counts_of(lines(draft, seat_of)).letters == 1
    sheets = sheets_of(seat_of("cpe"), draft, None)
    assert len(sheets) == 1
    assert len(sheets[0].people) == 2
    live_at(college, parents[1], "2 rue du Moulin")
    sheets = sheets_of(seat_of("cpe"), draft, None)
    assert len(sheets[0].people) == 1
    assert "Moulin" not in sheets[0].address or "Lilas" not in sheets[0].address


def test_nothing_is_for_whoever_may_not_be_informed_and_it_is_said(
    draft: Campaign, parents: Any, seat_of: Any
) -> None:
    Guardianship.objects.filter(guardian=parents[1]).update(may_not_be_informed=True)
    found = lines(draft, seat_of)
    barred = [line for line in found if line.reach and line.reach.person.pk == parents[1].pk]
    assert [(line.doubts, line.channel, line.leaves) for line in barred] == [([Doubt.BARRED], "", False)]


def test_a_contact_is_not_written_to(draft: Campaign, parents: Any, seat_of: Any) -> None:
    Guardianship.objects.filter(guardian=parents[1]).update(authority=Authority.CONTACT)
    assert {line.reach.person.pk for line in lines(draft, seat_of)} == {parents[0].pk}


def test_nobody_to_tell_is_said(draft: Campaign, college: World, seat_of: Any) -> None:
    Guardianship.objects.filter(pupil=college.people["pupil"]).delete()
    assert [line.doubts for line in lines(draft, seat_of)] == [[Doubt.NOBODY]]


def test_what_is_missing_is_said_and_another_way_is_offered(
    draft: Campaign, parents: Any, seat_of: Any
) -> None:
    drafts.say_words(seat_of("cpe"), draft, {"by_letter": False, "by_mail": False})
    Person.objects.filter(pk=parents[0].pk).update(phone="02 99 00 00 00")
    found = next(line for line in lines(draft, seat_of) if line.reach.person.pk == parents[0].pk)
    assert (found.doubts, found.others, found.leaves) == ([Doubt.NO_PHONE], ["letter", "mail"], False)
    target = draft.targets.get()
    assert drafts.choose(seat_of("cpe"), draft, target.pk, parents[0].pk, "letter", wanted=True)
    assert not drafts.choose(seat_of("cpe"), draft, target.pk, parents[0].pk, "letter", wanted=True)
    added = [line for line in lines(draft, seat_of) if line.channel == Channel.LETTER]
    assert [(line.reach.person.pk, line.leaves) for line in added] == [(parents[0].pk, True)]


@pytest.mark.parametrize(
    ("field", "channel", "doubt"),
    [
        ("email", Channel.MAIL, Doubt.NO_MAIL),
        ("phone", Channel.SMS, Doubt.NO_PHONE),
    ],
)
def test_no_mail_and_no_phone(
    draft: Any, parents: Any, seat_of: Any, field: str, channel: str, doubt: Doubt
) -> None:
    Person.objects.filter(pk=parents[0].pk).update(**{field: ""})
    assert doubts(draft, seat_of, channel, parents[0]) == {doubt}
    assert doubt not in doubts(draft, seat_of, channel, parents[1])


def test_no_address(draft: Campaign, parents: Any, seat_of: Any) -> None:
    PostalAddress.objects.filter(person=parents[0]).delete()
    assert doubts(draft, seat_of, Channel.LETTER, parents[0]) == {Doubt.NO_ADDRESS}
    assert doubts(draft, seat_of, Channel.LETTER, parents[1]) == set()


def test_an_address_that_refused_a_mail_blocks_until_it_is_corrected(
    draft: Campaign, parents: Any, seat_of: Any
) -> None:
    target = draft.targets.get()
    Sending.objects.create(
        school=draft.school,
        target=target,
        pupil=target.pupil,
        person=parents[0],
        channel=Channel.MAIL,
        to=parents[0].email,
        text="x",
        state="failed",
        reason="refused",
        made_at=NOW,
        due_at=NOW,
    )
    assert Doubt.MAIL_REFUSED in doubts(draft, seat_of, Channel.MAIL, parents[0])
    assert Doubt.MAIL_REFUSED not in doubts(draft, seat_of, Channel.MAIL, parents[1])
    Person.objects.filter(pk=parents[0].pk).update(email="neuve@famille.example")
    assert Doubt.MAIL_REFUSED not in doubts(draft, seat_of, Channel.MAIL, parents[0])


def test_a_mail_that_nobody_has_proven_is_said_and_leaves(
    draft: Campaign, parents: Any, seat_of: Any
) -> None:
    assert Doubt.MAIL_UNPROVEN not in doubts(draft, seat_of, Channel.MAIL, parents[0])
    account = parents[0].account
    account.set_unusable_password()
    account.save()
    assert Doubt.MAIL_UNPROVEN in doubts(draft, seat_of, Channel.MAIL, parents[0])
    assert Doubt.MAIL_UNPROVEN not in BLOCKING


def test_a_family_that_wants_no_sms_gets_none(draft: Campaign, parents: Any, seat_of: Any) -> None:
    families.say_sms(seat_of("guardian"), parents[0], wanted=False)
    assert doubts(draft, seat_of, Channel.SMS, parents[0]) == {Doubt.NO_SMS}
    families.say_sms(seat_of("guardian"), parents[0], wanted=True)
    assert doubts(draft, seat_of, Channel.SMS, parents[0]) == set()


def test_one_number_gets_one_message_about_a_pupil(draft: Campaign, parents: Any, seat_of: Any) -> None:
    Person.objects.filter(pk=parents[1].pk).update(phone="+33 6 12 34 56 70")
    found = [line for line in lines(draft, seat_of) if line.channel == Channel.SMS]
    assert sorted(tuple(line.doubts) for line in found) == [(), (Doubt.SAME_PHONE,)]
    assert sum(line.leaves for line in found) == 1


def test_a_number_of_two_families_is_said(
    draft: Campaign, college: World, parents: Any, seat_of: Any
) -> None:
    other = another_pupil(college)
    stranger = Person.objects.create(family_name="Loin", given_name="Ada", phone=parents[0].phone)
    Guardianship.objects.filter(pupil=other).delete()
    Guardianship.objects.create(
        pupil=other, guardian=stranger, authority=Authority.LEGAL, kinship=Kinship.MOTHER
    )
    aim_also_at(draft, college, other, seat_of)
    assert Doubt.SHARED_PHONE in doubts(draft, seat_of, Channel.SMS, stranger)
    assert Doubt.SHARED_PHONE in doubts(draft, seat_of, Channel.SMS, parents[0])
    assert Doubt.SHARED_PHONE not in doubts(draft, seat_of, Channel.SMS, parents[1])


def test_a_pupil_of_age_is_told_and_it_is_said(draft: Campaign, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    Person.objects.filter(pk=pupil.pk).update(birth_date=date(2008, 11, 24), email="moi@famille.example")
    found = [line for line in lines(draft, seat_of) if line.channel == Channel.MAIL]
    assert pupil.pk in {line.reach.person.pk for line in found}
    assert all(Doubt.ADULT in line.doubts for line in found)
    Person.objects.filter(pk=pupil.pk).update(birth_date=date(2008, 11, 25))
    assert pupil.pk not in {line.reach.person.pk for line in lines(draft, seat_of)}


def test_a_long_text_says_how_many_messages_and_why(draft: Campaign, seat_of: Any) -> None:
    drafts.say_words(seat_of("cpe"), draft, {"sms": "ê" + "a" * 80})
    found = [line for line in lines(draft, seat_of) if line.channel == Channel.SMS]
    assert [(line.parts, line.doubts) for line in found] == [(2, [Doubt.LONG_SMS])] * 2
    assert "2 SMS" in line_rows(found)[0].doubts[0]
    assert "ê" in line_rows(found)[0].doubts[0]
    assert plan.counts_of(found).parts == 4


def test_a_pupil_who_has_left_is_said(draft: Campaign, college: World, seat_of: Any) -> None:
    Holding.objects.filter(person=college.people["pupil"], role=Role.PUPIL).update(ends=NOW.date())
    assert [line.doubts for line in lines(draft, seat_of)] == [[Doubt.LEFT]]


def test_absences_explained_since_are_said(college: World, absences: list[Entry], seat_of: Any) -> None:
    asked = FindingFilter(Kind.ABSENCES, absences[-1].day, absences[0].day)
    found = finding.asked_for(seat_of("cpe"), asked)
    campaign = drafts.make_draft(seat_of("cpe"), found, asked)
    Entry.objects.filter(pk__in=[absence.pk for absence in absences]).update(status=Status.PRESENT)
    assert [line.doubts for line in lines(campaign, seat_of)] == [[Doubt.SETTLED]]


def test_whoever_was_told_today_of_the_same_absences_is_said(
    draft: Campaign, college: World, absences: Any, parents: Any, seat_of: Any
) -> None:
    Notice.objects.create(
        school=college.school,
        entry=absences[0],
        pupil=absences[0].pupil,
        guardian=parents[0],
        day=absences[0].day,
        sent_at=timezone.now(),
    )
    assert Doubt.TOLD_TODAY in doubts(draft, seat_of, Channel.MAIL, parents[0])
    assert Doubt.TOLD_TODAY not in doubts(draft, seat_of, Channel.MAIL, parents[1])
    Notice.objects.all().delete()
    confirm(draft, seat_of)
    again = drafts.make_draft(seat_of("cpe"), {absences[0].pupil_id: [absences[1].pk]})
    drafts.say_words(seat_of("cpe"), again, {"by_mail": True})
    assert doubts(again, seat_of, Channel.MAIL) == {Doubt.TOLD_TODAY}


def confirm(draft: Campaign, seat_of: Any) -> int:
    return leaving.confirm(seat_of("cpe"), draft, plan.mark_of(lines(draft, seat_of)))


def another_pupil(college: World) -> Person:
    group = Group.objects.filter(year=college.year, enrolments__pupil=college.people["pupil"])
    there = Enrolment.objects.filter(group__in=group).exclude(pupil=college.people["pupil"])
    return there.order_by("pk")[0].pupil


def aim_also_at(draft: Campaign, college: World, pupil: Person, seat_of: Any) -> None:
    kept = Entry.objects.filter(campaign_targets__campaign=draft)[0]
    entry, _made = Entry.objects.update_or_create(
        lesson=kept.lesson,
        pupil=pupil,
        defaults={"school": college.school, "day": kept.day, "status": Status.ABSENT, "minutes_late": None},
    )
    target = draft.targets.create(school=college.school, pupil=pupil)
    target.entries.add(entry)


def test_the_queries_do_not_grow_with_the_pupils(draft: Campaign, college: World, seat_of: Any) -> None:
    viewer = seat_of("cpe")
    with CaptureQueriesContext(connection) as one:
        plan.lines_of(viewer, draft)
    for number in range(300):
        pupil = Person.objects.create(family_name=f"Nombreux{number}", given_name="Ada")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        guardian = Person.objects.create(family_name=f"Parent{number}", email=f"p{number}@famille.example")
        Guardianship.objects.create(
            pupil=pupil, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.MOTHER
        )
        aim_also_at(draft, college, pupil, seat_of)
    with CaptureQueriesContext(connection) as many:
        assert len(plan.lines_of(viewer, draft)) > 900
    assert len(many) == len(one) <= 7


# The words


def test_a_text_holds_known_fields_only() -> None:
    assert rules.unknown_fields("{eleve} {classe}") == []
    for text, wrong in [
        ("{password}", ["{password}"]),
        ("{eleve.email}", ["{eleve.email}"]),
        ("{{eleve}}", ["{", "}"]),
        ("{", ["{"]),
        ("{% x %}", ["{% x %}"]),
        ("{0}", ["{0}"]),
        ("{eleve!r}", ["{eleve!r}"]),
    ]:
        assert rules.unknown_fields(text) == wrong, text


def test_a_value_that_looks_like_a_field_stays_what_it_is() -> None:
    assert rules.filled("{eleve}", {"eleve": "{classe}", "classe": "secret"}) == "{classe}"


def test_a_name_does_not_become_html_in_a_letter(
    draft: Campaign, college: World, seat_of: Any, client: Any
) -> None:
    Person.objects.filter(pk=college.people["pupil"].pk).update(
        given_name="<script>alert(1)</script>{telephone}"
    )
    page = (
        client.sit(college.people["cpe"]).get(f"/vie-scolaire/campagnes/{draft.pk}/texte/").content.decode()
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{telephone}" in page


# Whom a campaign is about


def test_pupils_are_found_by_what_they_missed(college: World, absences: list[Entry], seat_of: Any) -> None:
    pupil, viewer = college.people["pupil"].pk, seat_of("cpe")
    since, until = absences[-1].day, NOW.date()
    found = finding.asked_for(viewer, FindingFilter(Kind.ABSENCES, since, until))
    assert {key: set(value) for key, value in found.items()} == {pupil: {absence.pk for absence in absences}}
    assert finding.asked_for(viewer, FindingFilter(Kind.ABSENCES, since, until, 2)) == found
    assert finding.asked_for(viewer, FindingFilter(Kind.ABSENCES, since, until, 3)) == {}
    assert finding.asked_for(viewer, FindingFilter(Kind.LATENESS, since, until)) == {}
    other = Group.objects.filter(year=college.year, kind=Group.Kind.CLASS).exclude(enrolments__pupil=pupil)[0]
    assert finding.asked_for(viewer, FindingFilter(Kind.ABSENCES, since, until, 1, other)) == {}
    own = Group.objects.get(year=college.year, kind=Group.Kind.CLASS, enrolments__pupil=pupil)
    assert finding.asked_for(viewer, FindingFilter(Kind.ABSENCES, since, until, 1, own)) == found


def test_lateness_beyond_a_number(college: World, absences: list[Entry], seat_of: Any) -> None:
    Entry.objects.filter(pk__in=[absence.pk for absence in absences]).update(
        status=Status.LATE, minutes_late=5
    )
    asked = FindingFilter(Kind.LATENESS, absences[-1].day, NOW.date(), 2)
    assert list(finding.asked_for(seat_of("cpe"), asked)) == [college.people["pupil"].pk]
    Entry.objects.filter(pk=absences[0].pk).update(status=Status.PRESENT, minutes_late=None)
    assert finding.asked_for(seat_of("cpe"), asked) == {}


def test_a_list_gives_only_what_its_viewer_sees(absences: list[Entry], twin: World, seat_of: Any) -> None:
    keys = [absence.pk for absence in absences]
    assert finding.followed_among(seat_of("cpe"), entries=keys)
    assert finding.followed_among(seat_of("cpe", world=twin), entries=keys) == {}
    assert finding.followed_among(seat_of("secretary"), entries=keys) == {}


def test_the_same_thing_asked_twice_is_one_draft(
    draft: Campaign, absences: list[Entry], seat_of: Any
) -> None:
    wanted = {absences[0].pupil_id: [absence.pk for absence in absences]}
    assert drafts.make_draft(seat_of("cpe"), wanted).pk == draft.pk
    assert drafts.make_draft(seat_of("head"), wanted).pk != draft.pk


def test_words_are_kept_for_the_next_campaigns(draft: Campaign, seat_of: Any) -> None:
    assert drafts.say_words(seat_of("cpe"), draft, {"body": "Bonjour {prenom}."}, keep=True)
    assert wording_of(draft.school_id, Kind.CHOSEN).body == "Bonjour {prenom}."
    assert "Bonjour" not in wording_of(draft.school_id, Kind.LATENESS).body
    assert not drafts.say_words(seat_of("cpe"), draft, {"body": "Bonjour {prenom}."}, keep=True)


def test_our_words_hold_known_fields_and_one_message(college: World) -> None:
    for kind in Kind.values:
        words = wording_of(college.school.pk, kind)
        assert rules.unknown_fields(words.body + words.sms) == []


def test_every_line_of_a_doubt_is_left_out_at_once(draft: Campaign, parents: Any, seat_of: Any) -> None:
    target = draft.targets.get()
    drafts.choose(seat_of("cpe"), draft, target.pk, parents[0].pk, "mail", wanted=False)
    drafts.choose(seat_of("cpe"), draft, target.pk, parents[0].pk, "mail", wanted=True)
    keys = [(target.pk, person.pk, "mail") for person in parents]
    assert drafts.leave_out(seat_of("cpe"), draft, [*keys, (target.pk + 999, parents[0].pk, "mail")]) == 2
    assert plan.counts_of(lines(draft, seat_of)).mails == 0
    assert plan.counts_of(lines(draft, seat_of)).texts == 2


def test_a_line_left_out_does_not_leave(draft: Campaign, parents: Any, seat_of: Any) -> None:
    target = draft.targets.get()
    assert drafts.choose(seat_of("cpe"), draft, target.pk, parents[0].pk, "sms", wanted=False)
    left = [line for line in lines(draft, seat_of) if line.is_out]
    assert [(line.reach.person.pk, line.channel, line.leaves) for line in left] == [
        (parents[0].pk, "sms", False)
    ]
    assert plan.counts_of(lines(draft, seat_of)).out == 1
    assert drafts.choose(seat_of("cpe"), draft, target.pk, parents[0].pk, "sms", wanted=True)
    assert Choice.objects.filter(target=target).count() == 1
    assert plan.counts_of(lines(draft, seat_of)).out == 0


def test_whoever_acts_in_no_school_writes_nothing(holder: Any) -> None:
    with pytest.raises(LookupError):
        rules.school_of(holder(Role.OPERATOR))
