"""Who reads what a family says of an absence: one sentence, the same everywhere, and as true as `visible_to`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Holding
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance import rules
from preau.domains.attendance.actions import announcements, explanations
from preau.domains.attendance.models import ABSENCES, SCHOOL_LIFE, Announcement, Entry, Explanation, Reason
from preau.foundation import boards

FORMER = ("Lue par la vie scolaire et la direction seulement", "ils sont lus par la vie scolaire")


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_every_page_says_the_same_sentence(
    college: World, client: SchoolClient, absence: Entry, seat_of: Any
) -> None:
    sentence = plain(rules.who_reads_explanations())
    explain = reverse("attendance:explain", kwargs={"pk": absence.pk})
    for address in (explain, reverse("attendance:announce"), reverse("attendance:absences")):
        page = plain(client.sit(college.people["guardian"]).get(address).content.decode())
        assert sentence in page, address
        assert not [one for one in FORMER if one in page], address
    explanations.explain(
        seat_of("guardian"), [absence], Reason.objects.offered_to_families(college.school.pk)[0]
    )
    page = client.sit(college.people["cpe"]).get(reverse("attendance:entry", kwargs={"pk": absence.pk}))
    assert sentence in plain(page.content.decode())


@pytest.mark.parametrize("guide", ["famille", "enseignant", "vie-scolaire"])
def test_the_guides_say_it_too(guide: str) -> None:
    text = Path(settings.BASE_DIR, "docs", "guides", f"{guide}.md").read_text()
    assert plain(rules.who_reads_explanations()) in plain(text)
    assert not [one for one in FORMER if one in text]


@pytest.mark.parametrize("model", ["Explanation", "Announcement", "Decision"])
def test_the_register_says_it_too(model: str) -> None:
    (entry,) = [one for one in boards.personal_data if one.model == f"attendance.{model}"]
    assert set(rules.SCHOOL_LIFE) <= set(entry.readers.staff)
    assert "que la direction charge de suivre les absences" in entry.readers.in_words
    assert "enseignant" not in entry.readers.in_words


def test_what_it_says_is_what_the_rule_does(
    college: World, absence: Entry, seat_of: Any, holder: Any
) -> None:
    """Whom it names reads; nobody else does, of an explanation as of an announcement."""
    mother = seat_of("guardian")
    reason = Reason.objects.offered_to_families(college.school.pk)[0]
    explained = explanations.explain(mother, [absence], reason, "mot de la mère")
    announced = announcements.announce(
        mother,
        absence.pupil,
        college.school.pk,
        kind=Announcement.Kind.ABSENCE,
        starts=NOW + timedelta(days=1),
        ends=NOW + timedelta(days=1, hours=2),
        reason=reason,
        comment="mot de la mère",
    )
    for rows, one in ((Explanation.objects, explained), (Announcement.objects, announced)):
        read = {role for role in Role if one in rows.visible_to(holder(role))}
        assert read == set(SCHOOL_LIFE) == set(rules.CALLED)
        for key in ("other_guardian", "pupil", "teacher", "secretary"):
            assert one not in rows.visible_to(seat_of(key)), key
        assert one in rows.visible_to(mother)
    # Whoever the head asks to follow absences; not what is confidential.
    day = NOW.date().replace(month=12).isoformat()
    given = {ABSENCES: {"until": day, "by": college.people["head"].pk}}
    Holding.objects.filter(person=college.people["secretary"]).update(scope=given)
    entrusted = seat_of("secretary")
    assert explained in Explanation.objects.visible_to(entrusted)
    assert not rules.reads_confidential(entrusted)
    sentence = rules.who_reads_explanations()
    assert (
        "les personnes que la direction charge de suivre les absences (sauf un motif confidentiel)"
        in plain(sentence)
    )
    for role in SCHOOL_LIFE:
        assert str(rules.CALLED[role]) in sentence


def test_one_gesture_goes_from_an_explanation_to_the_next_that_waits(
    college: World, client: SchoolClient, absence: Entry, seat_of: Any
) -> None:
    Explanation.objects.pending().update(state=Explanation.State.WITHDRAWN)
    reason = Reason.objects.offered_to_families(college.school.pk)[0]
    first = explanations.explain(seat_of("guardian"), [absence], reason)
    other = Entry.objects.filter(school=college.school).exclude(pk=absence.pk).order_by("pk")[0]
    second = Explanation.objects.create(
        school=college.school,
        pupil=other.pupil,
        day=other.day,
        reason=reason,
        given_by=college.people["guardian"],
        given_at=first.given_at + timedelta(minutes=1),
    )
    Entry.objects.filter(pk=other.pk).update(explanation=second)
    client.sit(college.people["cpe"])
    of_first, of_second = (reverse("attendance:entry", kwargs={"pk": one.pk}) for one in (absence, other))
    for page, following in ((of_first, of_second), (of_second, of_first)):
        shown = client.get(page).content.decode()
        assert "Enregistrer et lire la suivante" in shown and f'href="{following}"' in shown
    decided = {"state": "accepted", "entry": str(absence.pk), "seen": "0", "geste": "suivante"}
    answer = client.post(reverse("attendance:decide", kwargs={"pk": first.pk}), decided)
    assert answer.headers["Location"] == of_second
    assert "Enregistrer et lire la suivante" not in client.get(of_second).content.decode()
    last = client.post(
        reverse("attendance:decide", kwargs={"pk": second.pk}), decided | {"entry": str(other.pk)}
    )
    assert last.headers["Location"] == reverse("attendance:board")
    assert not Explanation.objects.pending().exists()
