"""What a reader must not learn: somebody types a word of their own, or does something at a minute of their own, and it is looked
for in all that those it is not for can read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal import queries as journal_queries
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.privacy import exports
from preau.commons.privacy.queries.held import Subject, entry_of, rows_of, words_of
from preau.commons.privacy.queries.sentences import sections_of
from preau.directory.actions import photos
from preau.directory.models import Guardianship, PhotoConsent
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance.actions import explanations, follow_ups
from preau.domains.attendance.models import Entry, Explanation, FollowUpAction, Reason
from preau.domains.attention.actions import deciding as attention
from preau.domains.attention.models import Finding, Word
from preau.domains.attention.tests.props import own_review
from preau.domains.campaigns.actions.families import note_address
from preau.domains.conduct.actions import incidents
from preau.domains.conduct.models import Involvement
from preau.domains.gradebook.actions import assessments
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.tests.scene import assessment, marked
from preau.domains.homework.actions import corrections, hand_ins
from preau.domains.homework.models import HandIn
from preau.domains.homework.tests.scene import given, lesson_now
from preau.foundation import boards, dates
from preau.foundation.boards import FieldClass
from preau.foundation.readers import EVERY_ROW, NO_ROW

HERS = "Mot-de-la-mère-que-personne-d’autre-ne-lit"
REPLY = "Réponse-de-l’école-à-la-mère"
# Minutes at which nothing else happens.
GIVEN, READ, HANDED = (NOW.replace(hour=2, minute=minute) for minute in (41, 43, 47))

Reads = Callable[..., str]


@pytest.fixture
def reads(college: World) -> Reads:
    """Everything that somebody reads of themselves or of the pupil: `reads("other_guardian", "pupil")`; `reads("pupil")`."""

    def all_of(reader: str, about: str = "") -> str:
        who = college.people[about or reader]
        subject = Subject(who, college.people[reader])
        with ZipFile(BytesIO(exports.archive_of(subject, NOW))) as archive:
            texts = [archive.read(name).decode() for name in archive.namelist()]
        client = SchoolClient().sit(college.people[reader])
        pages = ["/", "/mes-donnees/", "/mes-donnees/consultations/", "/notifications/", "/absences/"]
        pages += [f"/mes-donnees/{kind.key}/" for section in sections_of(subject) for kind in section.kinds]
        texts += [client.get(page, {"pour": who.public_id}).content.decode() for page in pages]
        return "\n".join(texts)

    return all_of


def hour_said(moment: datetime) -> str:
    """As pages and archives write it, on the clock of the school."""
    return dates.hour(dates.local(moment))


@pytest.fixture
def answered(college: World, seat_of: Any) -> Explanation:
    """The mother explained, the school refused with a word to her, she has read it: each at a minute of its own."""
    entry = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    reason = Reason.objects.filter(school=None)[0]
    made = explanations.explain(seat_of("guardian"), [entry], reason, HERS)
    Explanation.objects.filter(pk=made.pk).update(given_at=GIVEN)
    explanations.decide(seat_of("cpe"), made, Explanation.State.REFUSED, REPLY)
    Item.objects.filter(person=college.people["guardian"]).update(read_at=READ)
    Line.objects.filter(target="attendance.explanation", target_id=made.pk).update(at=GIVEN)
    return made


# Between two parents, and between a parent and a pupil


def test_that_an_explanation_was_accepted_is_told_to_whoever_gave_it_alone(
    college: World, seat_of: Any, reads: Reads
) -> None:
    entry = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    made = explanations.explain(seat_of("guardian"), [entry], Reason.objects.filter(school=None)[0], HERS)
    explanations.decide(seat_of("cpe"), made, Explanation.State.ACCEPTED, REPLY)
    made.decisions.update(decided_at=GIVEN)
    Explanation.objects.filter(pk=made.pk).update(given_at=GIVEN)
    Line.objects.filter(target="attendance.explanation", target_id=made.pk).update(at=GIVEN)
    assert hour_said(GIVEN) in reads("guardian", "pupil") + reads("guardian")
    for reader, about in (("other_guardian", "pupil"), ("other_guardian", ""), ("pupil", "")):
        text = reads(reader, about)
        # That nothing is left to be done of it is each one's (decision 130).
        for secret in (HERS, REPLY, hour_said(GIVEN)):
            assert secret not in text, (reader, about, secret)


def test_that_a_word_was_answered_is_told_to_whoever_wrote_it_alone(
    college: World, seat_of: Any, reads: Reads
) -> None:
    review = own_review(college)
    assert attention.write_word(seat_of("guardian"), review, "contest", HERS)
    word = Word.objects.get(text=HERS)
    assert attention.answer(seat_of("cpe"), word, REPLY)
    Word.objects.filter(pk=word.pk).update(at=GIVEN, answered_at=HANDED)
    Line.objects.filter(verb__startswith="attention.word").update(at=GIVEN)
    Item.objects.filter(person=college.people["guardian"]).update(read_at=READ)
    mother = reads("guardian", "pupil") + reads("guardian")
    assert HERS in mother and REPLY in mother and hour_said(GIVEN) in mother
    # Whoever answered takes away the answer, and not the words of the family.
    answered_by = reads("cpe")
    assert REPLY in answered_by and HERS not in answered_by
    for reader, about in (("other_guardian", "pupil"), ("other_guardian", ""), ("pupil", "")):
        text = reads(reader, about)
        if about or reader == "pupil":
            assert '"table": "attention.Review"' in text, "they read that there is one"
        for secret in (HERS, REPLY, hour_said(GIVEN), hour_said(HANDED), hour_said(READ)):
            assert secret not in text, (reader, about, secret)


def test_what_the_school_writes_to_one_parent_is_that_parent_s(answered: Explanation, reads: Reads) -> None:
    mother = reads("guardian", "pupil") + reads("guardian")
    assert HERS in mother and REPLY in mother and hour_said(READ) in mother and hour_said(GIVEN) in mother
    for reader, about in (("other_guardian", "pupil"), ("other_guardian", ""), ("pupil", "")):
        text = reads(reader, about)
        for secret in (HERS, REPLY, hour_said(READ), hour_said(GIVEN), "Une absence reste à expliquer"):
            assert secret not in text, (reader, about, secret)


def test_an_explanation_taken_back_tells_the_others_nothing(
    college: World, seat_of: Any, reads: Reads
) -> None:
    readers = (("other_guardian", "pupil"), ("pupil", ""))
    entry = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    made = explanations.explain(seat_of("guardian"), [entry], Reason.objects.filter(school=None)[0], HERS)
    explanations.withdraw(seat_of("guardian"), made)
    Explanation.objects.filter(pk=made.pk).update(given_at=GIVEN)
    made.decisions.update(decided_at=GIVEN)
    Line.objects.filter(target="attendance.explanation", target_id=made.pk).update(at=GIVEN)
    for reader, about in readers:
        text = reads(reader, about)
        assert hour_said(GIVEN) not in text and "Explication retirée" not in text, reader


def test_a_photo_refused_is_not_told_by_the_journal(college: World, seat_of: Any, reads: Reads) -> None:
    pupil = college.people["pupil"]
    pupil.birth_date = NOW.date().replace(year=2014)
    pupil.save(update_fields=["birth_date"])
    PhotoConsent.objects.filter(pupil=pupil).delete()
    assert photos.answer(seat_of("guardian"), pupil, agrees=False)
    PhotoConsent.objects.filter(pupil=pupil).update(answered_at=GIVEN)
    assert "Accord pour une photo refusé" in reads("guardian", "pupil")
    for reader, about in (("other_guardian", "pupil"), ("pupil", "")):
        text = reads(reader, about)
        assert "Accord pour une photo refusé" not in text and hour_said(GIVEN) not in text, reader


def test_a_note_of_the_school_s_own_is_not_the_family_s(college: World, seat_of: Any, reads: Reads) -> None:
    cpe, day = seat_of("cpe"), NOW.date() - timedelta(days=3)
    follow_up = follow_ups.open_follow_up(cpe, college.people["pupil"])
    note = follow_ups.note_action(cpe, follow_up, FollowUpAction.Kind.NOTE, day, "Mot-interne")
    follow_ups.note_action(cpe, follow_up, FollowUpAction.Kind.CALL, day, "Pour-la-famille", for_family=True)
    assert note
    FollowUpAction.objects.filter(pk=note.pk).update(made_at=GIVEN)
    Line.objects.filter(target="attendance.followupaction", target_id=note.pk).update(at=GIVEN)
    for reader, about in (("guardian", "pupil"), ("pupil", "")):
        text = reads(reader, about)
        assert "Pour-la-famille" in text and "Appel téléphonique" in text
        for secret in ("Mot-interne", "Note interne", "kind\u202f: note", hour_said(GIVEN)):
            assert secret not in text, (reader, secret)


def test_parents_do_not_follow_the_sign_ins_of_a_child(college: World, reads: Reads) -> None:
    child = SchoolClient()
    child.sit(college.people["pupil"]).get("/")
    child.post("/deconnexion/")
    Line.objects.filter(actor=college.people["pupil"]).update(at=GIVEN)
    own = reads("pupil")
    assert "Déconnexion" in own and hour_said(GIVEN) in own
    text = reads("guardian", "pupil")
    for secret in ("Déconnexion", "Connexion", hour_said(GIVEN)):
        assert secret not in text, secret
    for house in ("identity", "notifications.device", "notifications.push", "signon"):
        assert f'"table": "{house}' not in text, house


@pytest.mark.parametrize("field", ["receives_aid", "pays"])
def test_a_pupil_does_not_read_who_pays_nor_who_receives_aid(
    college: World, reads: Reads, field: str
) -> None:
    def of_the_ties(text: str) -> str:
        return text.partition("directory.Guardianship")[2].partition('"table"')[0]

    links = Guardianship.objects.filter(pupil=college.people["pupil"])
    links.update(**{field: False})
    without, hers = of_the_ties(reads("pupil")), of_the_ties(reads("guardian"))
    links.update(**{field: True})
    assert without and of_the_ties(reads("pupil")) == without
    assert of_the_ties(reads("guardian")) != hers


# Before it is theirs


def test_a_correction_is_the_pupil_s_once_it_is_given_back(
    college: World, seat_of: Any, reads: Reads
) -> None:
    work = given(seat_of("teacher"), lesson_now(college), hand_in="online")
    handed = hand_ins.hand_in(seat_of("pupil"), work, "Ma-rédaction", [])
    draft = corrections.CorrectionFacts(
        comment="À-revoir-peut-être", mark="7/20 provisoire", files=[], back=False
    )
    corrections.correct(seat_of("teacher"), handed, draft, handed.version)
    Line.objects.filter(target="homework.handin", actor=college.people["teacher"]).update(at=HANDED)
    text = reads("pupil")
    assert "Ma-rédaction" in text, "what was handed in stays one's own"
    for secret in (draft.comment, draft.mark, hour_said(HANDED), "Correction préparée", "Travail corrigé"):
        assert secret not in text, secret
    assert "7/20 provisoire" in reads("teacher") and draft.mark not in reads("guardian", "pupil")
    handed.refresh_from_db()
    corrections.correct(
        seat_of("teacher"),
        handed,
        corrections.CorrectionFacts(draft.comment, draft.mark, [], back=True),
        HandIn.objects.get(pk=handed.pk).version,
    )
    assert draft.mark in reads("pupil") and draft.mark in reads("guardian", "pupil")
    assert "Ma-rédaction" in reads("guardian", "pupil")
    # What a pupil wrote is no part of the data of whoever corrected it, who keeps what they wrote themselves.
    assert draft.mark in reads("teacher") and "Ma-rédaction" not in reads("teacher")


def test_the_calendar_of_a_copy_is_that_of_whoever_takes_it(college: World, seat_of: Any) -> None:
    """A pupil reads an assessment before the family: what a mother takes away of her child does not say it sooner."""
    one = assessment(college, seat_of("teacher"), "Contrôle-gardé", NOW)
    Assessment.objects.filter(pk=one.pk).update(guardians_at=NOW + timedelta(days=2))
    pupil = college.people["pupil"]

    def taken(reader: str) -> str:
        copy = exports.archive_of(Subject(pupil, college.people[reader]), NOW, seat_of(reader))
        with ZipFile(BytesIO(copy)) as archive:
            return archive.read("agenda.ics").decode()

    assert "Contrôle-gardé" in taken("pupil")
    assert "Contrôle-gardé" not in taken("guardian")
    Assessment.objects.filter(pk=one.pk).update(guardians_at=NOW)
    assert "Contrôle-gardé" in taken("guardian")
    assert "Mathématiques" in taken("guardian"), "and their hours"


def test_how_often_a_mark_was_typed_before_it_is_published_is_the_teacher_s(
    college: World, seat_of: Any, reads: Reads
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    Line.objects.filter(verb__startswith="gradebook.").delete()
    one = assessment(college, teacher, "Contrôle-gardé")
    mark = marked(teacher, one, pupil, "3.25")
    assert mark and marked(teacher, one, pupil, "17.75", seen=mark.version)
    Line.objects.filter(target="gradebook.mark").update(at=HANDED)
    families = (("pupil", ""), ("guardian", "pupil"), ("other_guardian", "pupil"))
    for reader, about in families:
        text = reads(reader, about)
        for secret in ("Contrôle-gardé", "17,75", "Note préparée", hour_said(HANDED)):
            assert secret not in text, (reader, secret)
    assessments.publish_assessment(teacher, one, NOW - timedelta(days=1))
    Assessment.objects.filter(pk=one.pk).update(guardians_at=NOW)
    for reader, about in families:
        text = reads(reader, about)
        assert "17,75" in text, reader
        for secret in ("3,25", "Note préparée", "Note saisie", hour_said(HANDED)):
            assert secret not in text, (reader, secret)
    assert "Note préparée" in reads("teacher") and hour_said(HANDED) in reads("teacher")


def test_an_incident_is_the_family_s_once_the_school_has_written_it(
    college: World, seat_of: Any, reads: Reads
) -> None:
    pupil = college.people["pupil"]
    Involvement.objects.filter(person=pupil).delete()
    Line.objects.filter(verb__startswith="conduct.").delete()
    facts = incidents.Facts(NOW.date(), None, "yard", "scuffle", "Bousculade.", {pupil.pk: "concerned"})
    incident = incidents.report(seat_of("teacher"), facts)
    SchoolClient().sit(college.people["cpe"]).get(reverse("conduct:incident", kwargs={"pk": incident.pk}))
    Line.objects.filter(verb="conduct.page_read").update(at=READ)
    for reader, about in (("pupil", ""), ("guardian", "pupil")):
        before = reads(reader, about)
        assert '"table": "conduct.Involvement"' not in before and hour_said(READ) not in before, reader
    part = incident.involvements.get(person=pupil)
    incidents.tell_family(seat_of("cpe"), part, "Une-phrase-pour-la-famille")
    for reader, about in (("pupil", ""), ("guardian", "pupil")):
        after = reads(reader, about)
        assert "Une-phrase-pour-la-famille" in after and hour_said(READ) in after, reader


def test_homework_given_to_one_pupil_is_theirs_once_it_is_published(college: World, seat_of: Any) -> None:
    work = given(seat_of("teacher"), lesson_now(college))
    work.pupils.add(college.people["pupil"])
    entry = entry_of("homework-homework")
    readers = [Subject(college.people["pupil"], college.people[key]) for key in ("pupil", "guardian")]
    assert entry and all(work in rows_of(entry, reader) for reader in readers)
    work.record.state = work.record.State.DRAFT
    work.record.save(update_fields=["state"])
    assert not any(work in rows_of(entry, reader) for reader in readers)
    assert work in rows_of(entry, Subject(college.people["teacher"], college.people["teacher"]))


def test_a_fact_that_nobody_looked_at_is_not_read(college: World, reads: Reads) -> None:
    pupil = college.people["pupil"]
    Finding.objects.filter(pupil=pupil).delete()
    Finding.objects.create(
        school=college.school,
        pupil=pupil,
        fact="attendance.lates",
        number=9,
        before=1,
        threshold=6,
        since=NOW.date(),
        until=NOW.date(),
        found_at=GIVEN,
    )
    for reader, about in (("pupil", ""), ("guardian", "pupil")):
        text = reads(reader, about)
        assert '"table": "attention.Finding"' not in text and hour_said(GIVEN) not in text, reader


def test_where_others_live_is_no_part_of_the_data_of_whoever_noted_it(
    college: World, seat_of: Any, reads: Reads
) -> None:
    mother = college.people["guardian"]
    lives = {"street": "4 impasse du Secret", "postcode": "35000", "city": "Rennes"}
    assert note_address(seat_of("cpe"), mother, lives)
    assert lives["street"] in reads("guardian")
    for reader, about in (("cpe", ""), ("other_guardian", "pupil"), ("pupil", "")):
        assert lives["street"] not in reads(reader, about), reader


# The rule itself


def test_no_two_choices_of_a_filter_bear_one_label() -> None:
    """Else a list is split by what its words do not say: the notes of a professional, for whoever reads the journal."""
    for house, verbs in journal_queries.verbs_by_house():
        labels = [label for _verb, label in verbs]
        assert len(labels) == len(set(labels)), (house, sorted(labels))
    for model in apps.get_models():
        for field in model._meta.fields:
            labels = [str(label) for _value, label in field.flatchoices]
            if model.__module__.startswith("preau."):
                assert len(labels) == len(set(labels)), (model, field.name)


def test_every_entry_says_who_reads_it_in_words() -> None:
    """Whoever is about a row and reads it is named; so is a guardian; roles come from the list of the roles."""
    for entry in boards.personal_data:
        readers = entry.readers
        assert readers.in_words.endswith("."), entry.model
        assert ("La personne elle-même" in readers.in_words) == (readers.subject is not NO_ROW), entry.model
        assert ("responsable légal" in readers.in_words) == (readers.guardian is not NO_ROW), entry.model
        for one in readers.staff:
            assert isinstance(one, Role) or str(one), entry.model
        for rows in (readers.subject, readers.guardian, *entry.field_readers.values()):
            assert isinstance(rows.where(0), models.Q), entry.model
        meta = apps.get_model(entry.model)._meta
        # A lookup begins with a field of its own.
        begins = {one.partition("__")[0] for one in entry.about}
        assert not begins - {field.name for field in (*meta.fields, *meta.many_to_many)}


def test_a_row_is_not_named_by_words_that_its_reader_may_not_read() -> None:
    """A row that a family reads points at one that it does not: what is shown of that one is said by its house, not its name."""
    entries = {entry.model: entry for entry in boards.personal_data}
    for entry in boards.personal_data:
        for field in apps.get_model(entry.model)._meta.fields:
            other = entries.get(field.related_model._meta.label) if field.related_model else None
            shown = entry.fields.get(field.name, FieldClass.NONE) != FieldClass.NONE
            if other is None or not shown or field.name in entry.withheld | {*entry.field_readers}:
                continue
            called = {"name", "label"} & {
                one for one, kind in other.fields.items() if kind != FieldClass.NONE
            }
            hidden = other.readers.guardian is NO_ROW and entry.readers.guardian is EVERY_ROW
            words = words_of(field.related_model)
            assert not (called and hidden) or (words and words.names), (entry.model, field.name)


def test_an_entry_that_does_not_say_who_reads_it_is_refused() -> None:
    with pytest.raises(TypeError, match="readers"):
        boards.PersonalData(  # type: ignore[call-arg]
            "Carnets",
            "directory.Diary",
            "person",
            purpose="x",
            legal_basis="y",
            keep=boards.Retention.YEAR,
            fields={},
        )


# What only people of the school sign under these names.
OF_STAFF = {"conduct.Punition", "directory.Holding", "journal.Extract"}


def test_what_a_guardian_may_have_written_is_never_read_whole_by_the_other() -> None:
    """A table of which a field may name a guardian says which rows another guardian reads."""
    whole = {
        entry.model
        for entry in boards.personal_data
        for field in apps.get_model(entry.model)._meta.fields
        if field.name in {"given_by", "giver", "guardian", "asked_by"}
        and entry.person not in ("", field.name)
        and entry.readers.guardian is EVERY_ROW
    }
    assert whole == OF_STAFF
