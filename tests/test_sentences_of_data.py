"""« Mes données » for people: sections, sentences, and nothing of what the reader may not learn."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from lxml import html

from conftest import NOW, SchoolClient
from preau.commons.privacy.queries import held, sentences
from preau.commons.privacy.queries.held import Subject
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry, Explanation
from preau.foundation import boards, dates
from preau.foundation.boards import FieldClass, Section
from preau.foundation.readers import EVERY_ROW, Readers, own

CAST = [("guardian", ""), ("guardian", "pupil"), ("pupil", ""), ("teacher", ""), ("cpe", ""), ("head", "")]


def read_by(college: World, reader: str, about: str = "") -> Subject:
    return Subject(college.people[about or reader], college.people[reader])


def explained(college: World, comment: str) -> Explanation:
    entry = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    return Explanation.objects.create(
        school=college.school,
        pupil=entry.pupil,
        day=entry.day,
        reason_id=1,
        comment=comment,
        given_by=college.people["guardian"],
        given_at=NOW,
    )


# What is declared


def test_what_is_declared_of_a_table_is_a_section_or_fields_of_its_entry() -> None:
    entries = {one.model: one for one in boards.personal_data}
    for words in boards.data_in_words:
        if "." not in words.model:
            assert apps.get_app_config(words.model) and words.section, words.model
            continue
        entry, model = entries[words.model], apps.get_model(words.model)
        asked = {name for part in words.sentence for name in sentences.NEEDED.findall(str(part))}
        shown = {name for name, kind in entry.fields.items() if kind != FieldClass.NONE} - entry.withheld
        assert asked - {sentences.ITSELF} <= shown, words.model
        assert sentences.ITSELF not in asked or words.names, words.model
        assert words.quiet <= {*entry.fields}, words.model
        assert not words.names_with or words.names, words.model
        assert model


def test_the_day_of_a_row_is_one_that_all_its_readers_read() -> None:
    """It orders the rows, and says since when: a day behind a mask would be told by both."""
    for entry in held.entries():
        when = sentences.when_of(entry)
        if when:
            assert entry.fields[when] != FieldClass.NONE, entry.model
            assert when not in entry.withheld | {*entry.field_readers}, entry.model
            assert isinstance(apps.get_model(entry.model)._meta.get_field(when), models.DateField), (
                entry.model
            )


def test_every_house_of_the_board_says_its_section() -> None:
    """Without it, its tables lie among notifications and requests."""
    assert {
        entry.model.partition(".")[0]
        for entry in held.entries()
        if sentences.section_of(entry) == Section.OTHER
    } == {
        "delivery",
        "journal",
        "notifications",
        "privacy",
        "works",
    }


# What is shown


@pytest.mark.parametrize(("reader", "about"), CAST)
def test_pages_are_small_short_and_without_masks_or_numbers(
    client: SchoolClient, college: World, django_assert_max_num_queries: Any, reader: str, about: str
) -> None:
    explained(college, "Rendez-vous")
    who = read_by(college, reader, about)
    client.sit(who.reader).get("/")
    with django_assert_max_num_queries(14):
        pages = [client.get("/mes-donnees/", {"pour": who.person.public_id}).content.decode()]
    for section in sentences.sections_of(who):
        for kind in section.kinds:
            with django_assert_max_num_queries(14):
                answer = client.get(f"/mes-donnees/{kind.key}/", {"pour": who.person.public_id})
            pages.append(answer.content.decode())
    for page in pages:
        assert len(page.encode()) < 60_000
        text = page.partition("<main")[2].partition("<details")[0]
        for mask in ("une autre personne", "pas affiché", "à qui ces mots appartiennent", "Ligne 1"):
            assert mask not in text, mask
        assert not re.search(r"n° \d", text)


@pytest.mark.parametrize(("reader", "about"), CAST)
def test_counts_are_those_of_the_rows_shown(college: World, reader: str, about: str) -> None:
    who = read_by(college, reader, about)
    shown = sentences.sections_of(who)
    assert [section.section for section in shown] == [
        one for one in Section if one in {two.section for two in shown}
    ]
    for section in shown:
        assert section.count and section.kinds
        for kind in section.kinds:
            rows = sentences.rows_shown(kind.entry, who)
            assert rows.count() == kind.count, kind.key
            when = sentences.when_of(kind.entry)
            first = (
                rows.exclude(**{when: None}).order_by(when).values_list(when, flat=True).first()
                if when
                else None
            )
            assert kind.since == sentences._day(first), kind.key


def test_sections_are_folded_and_one_gesture_matters(client: SchoolClient, college: World) -> None:
    who = read_by(college, "guardian", "pupil")
    answer = client.sit(who.reader).get("/mes-donnees/", {"pour": who.person.public_id})
    page = html.fromstring(answer.content)
    folds = page.xpath("//main//details[contains(@class, 'fold')]")
    assert [fold.findtext("summary/h3") for fold in folds] == [
        section.section.label for section in sentences.sections_of(who)
    ]
    assert not any("open" in one.attrib for one in page.iter("details"))
    primary = page.xpath("//main//*[contains(@class, 'ds-button') and @data-variant='primary']")
    assert [one.text_content().strip() for one in primary] == ["Télécharger une copie"]


def test_an_absence_is_said_by_its_day_and_its_lesson(client: SchoolClient, college: World) -> None:
    pupil = college.people["pupil"]
    entry = Entry.objects.filter(pupil=pupil, status="absent").order_by("-day", "-pk")[0]
    page = client.sit(pupil).get("/mes-donnees/attendance-entry/").content.decode()
    hour, lesson = dates.hour(entry.lesson.starts), entry.lesson.subject.name
    assert dates.capital(dates.day(entry.day, year=True)) in page
    assert f"Absent, {lesson}, {hour}" in page
    changes = client.get("/mes-donnees/attendance-entrychange/").content.decode()
    assert f"Absence du {dates.day(entry.day)}, {hour}, {lesson}" in changes


def test_the_law_is_said_once_behind_a_fold(client: SchoolClient, college: World) -> None:
    page = client.sit(college.people["pupil"]).get("/mes-donnees/attendance-entry/").content.decode()
    entry = held.entry_of("attendance-entry")
    assert entry
    before, _fold, behind = page.partition("<main")[2].partition("<details")
    for words in (entry.readers.in_words, str(entry.legal_basis), str(entry.keep.said)):
        assert html.tostring(html.fromstring(f"<p>{words}</p>"), encoding="unicode")[3:-4] in behind
        assert words not in before


# What is behind a mask


@pytest.fixture
def masked(monkeypatch: Any) -> boards.PersonalData:
    """A table of which each parent reads every row, and the words of their own alone."""
    found = held.entry_of("attendance-explanation")
    assert found
    entry = replace(
        found,
        readers=Readers(EVERY_ROW, EVERY_ROW),
        fields={"pupil": FieldClass.CHILD, "given_by": FieldClass.PERSONAL, "comment": FieldClass.SENSITIVE},
        field_readers={"comment": own("given_by")},
    )
    monkeypatch.setattr(sentences, "entries", lambda: [entry])
    return entry


def test_a_row_of_which_a_mask_is_left_is_neither_shown_nor_counted(
    college: World, masked: boards.PersonalData
) -> None:
    mother, father = (read_by(college, one, "pupil") for one in ("guardian", "other_guardian"))
    before = sentences.rows_shown(masked, mother).count()
    given = explained(college, "Rendez-vous")
    assert sentences.rows_shown(masked, mother).count() == before + 1
    assert sentences.sections_of(mother)[0].count == before + 1
    assert not sentences.rows_shown(masked, father).exists() and sentences.sections_of(father) == []
    # Nothing typed is nothing to read, for its writer too; the archive holds the row all the same.
    Explanation.objects.filter(pk=given.pk).update(comment="")
    assert sentences.rows_shown(masked, mother).count() == before
    assert given in held.rows_of(masked, mother) and given in held.rows_of(masked, father)


def test_what_is_behind_a_mask_changes_nothing_for_the_others(
    college: World, masked: boards.PersonalData
) -> None:
    """The same rows, in the same order and words, whatever the mother typed."""
    entry = replace(masked, fields=masked.fields | {"day": FieldClass.CHILD, "state": FieldClass.CHILD})
    father = read_by(college, "other_guardian", "pupil")

    def told() -> list[Any]:
        return list(sentences.sentences_of(entry, father, sentences.rows_shown(entry, father)))

    given = explained(college, "")
    silent = told()
    Explanation.objects.filter(pk=given.pk).update(comment="Rendez-vous")
    assert told() == silent and len(silent)
    assert all("Rendez-vous" not in f"{one.text}{one.more}" for one in silent)


def test_a_sentence_leaves_out_the_part_whose_field_is_masked(college: World) -> None:
    entry = held.entry_of("attendance-explanation")
    assert entry
    entry = replace(entry, readers=Readers(EVERY_ROW, EVERY_ROW), field_readers={"reason": own("given_by")})
    explained(college, "")
    mother, father = (read_by(college, one, "pupil") for one in ("guardian", "other_guardian"))
    hers, his = (
        next(iter(sentences.sentences_of(entry, one, sentences.rows_shown(entry, one))))
        for one in (mother, father)
    )
    assert "Explication de l’absence" in hers.text and "Explication de l’absence" not in his.text
