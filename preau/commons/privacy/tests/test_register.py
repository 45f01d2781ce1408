"""The register of processing: every field about a person is in it, in the page and in both files."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import html5lib
import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps
from django.urls import reverse
from odfdo import Document

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.privacy.queries import held
from preau.commons.privacy.queries import register as register_queries
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.boards import FieldClass
from preau.foundation.text import french
from preau.identity.models import Account
from tests import building

OURS = [model for model in apps.get_models() if model.__module__.startswith("preau.")]
PAGE, FILE = "/registre-des-traitements/", "/registre-des-traitements/telecharger/"


def missing_of(found: Any, activities: list[register_queries.Activity]) -> list[str]:
    """The fields of these models that are about a person, or may be, and that no activity tells of."""
    fields = {
        (table.model, name)
        for activity in activities
        for table in activity.tables
        for _words, names in table.fields
        for name in names
    }
    entries = {entry.model: entry for entry in boards.personal_data}
    missing = building.unclassed_people_data(found, boards.personal_data)
    for model in found:
        entry = entries.get(model._meta.label)
        if entry is None or model._meta.proxy:
            continue
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            personal = entry.fields.get(field.name, FieldClass.NONE) != FieldClass.NONE
            if personal and (model._meta.label, str(field.verbose_name)) not in fields:
                missing.append(f"{model._meta.label}.{field.name}: not in the register")
    return missing


def test_every_field_about_a_person_is_in_the_register() -> None:
    assert len(OURS) > 100
    assert missing_of(OURS, register_queries.activities()) == []


@isolate_apps("preau.directory")
def test_a_field_or_a_table_that_is_left_out_is_found() -> None:
    class Diary(models.Model):
        author = models.ForeignKey(Person, models.CASCADE, related_name="+")
        text = models.TextField()

        class Meta:
            app_label = "directory"

    assert missing_of([Diary], register_queries.activities()) == [
        "directory.Diary: about people, but not on the personal_data board"
    ]
    without = [activity for activity in register_queries.activities() if activity.house != "Journal"]
    left_out = missing_of(OURS, without)
    assert "journal.Line.verb: not in the register" in left_out
    assert all(one.startswith("journal.") for one in left_out)


def test_a_field_that_nobody_classed_fails(monkeypatch: Any) -> None:
    board = list(boards.personal_data)
    person = next(one for one in board if one.model == "directory.Person")
    poorer = replace(person, fields={k: v for k, v in person.fields.items() if k != "phone"})
    monkeypatch.setattr(boards, "personal_data", [poorer if one is person else one for one in board])
    assert missing_of(OURS, register_queries.activities()) == ["directory.Person.phone: not classed"]


def test_a_link_of_which_nobody_says_whom_it_leads_to_fails(monkeypatch: Any) -> None:
    known = {name: who for name, who in register_queries.LINKS.items() if name != "guardian"}
    monkeypatch.setattr(register_queries, "LINKS", known)
    with pytest.raises(LookupError, match="guardian"):
        register_queries.activities()
    # Nor is anything said of a link that is no more.
    every = {link.rpartition("__")[2] for entry in boards.personal_data for link in held.links_of(entry)}
    monkeypatch.undo()
    assert set(register_queries.LINKS) <= every | {"pk"}
    for entry in boards.personal_data:
        led = {link.rpartition("__")[2] for link in held.links_of(entry)}
        assert set(entry.people) <= led, f"{entry.model}: says whom a link leads to that is no more"


def test_every_sentence_of_the_board_is_in_the_register() -> None:
    activities = register_queries.activities()
    for entry in boards.personal_data:
        one = next(
            activity
            for activity in activities
            if str(entry.label) in {table.label for table in activity.tables}
        )
        assert one.purpose == str(entry.purpose)
        assert str(entry.legal_basis) in one.bases
        assert entry.readers.in_words in one.recipients
        assert str(entry.keep.said) in one.retentions
    assert [activity.number for activity in activities] == list(range(1, len(activities) + 1))


def test_people_are_those_of_the_tables() -> None:
    by_label = {
        table.label: activity.people
        for activity in register_queries.activities()
        for table in activity.tables
    }
    assert by_label["Absences et retards"] == ["élèves", "responsables d’élèves", "personnels"]
    assert by_label["Invitations"] == ["agents et personnes invitées"]
    assert by_label["Absences d’enseignants"] == ["personnels"]
    assert [french(one) for one in by_label["Effectifs des établissements"]] == [
        "personne\u202f: des nombres seulement"
    ]


@pytest.mark.parametrize(("key", "back"), [("head", "directory:settings"), ("operator", "platform:schools")])
def test_the_page_says_who_answers_and_what_leaves(
    college: World, client: SchoolClient, settings: Any, key: str, back: str
) -> None:
    hired = Person.objects.create(family_name="Roussel", given_name="Inès")
    Holding.objects.create(person=hired, role=Role.OPERATOR)
    Account.objects.create_account("ines.roussel", hired)
    people = college.people | {"operator": Person.objects.get(pk=hired.pk)}
    settings.OPERATOR = settings.OPERATOR | {"OPERATOR_NAME": "Région de démonstration"}
    settings.VAPID_PRIVATE_KEY, settings.PUSH_HOSTS = "", ["push.example.org"]
    shown = client.sit(people[key]).get(PAGE).content.decode()
    assert "Région de démonstration" in shown and "push.example.org" in shown
    assert "Pas en service sur ce site." in shown
    assert reverse(back) in shown
    assert (college.school.name in shown) == (key == "head")
    assert ("chaque établissement" in shown) == (key == "operator")


def test_measures_are_those_of_this_site(settings: Any) -> None:
    settings.HTTPS, settings.CLAMD = False, ""
    without = register_queries.measures()
    settings.HTTPS, settings.CLAMD = True, "localhost:3310"
    assert len(register_queries.measures()) == len(without) + 2


def test_the_workbook_holds_texts_and_nothing_that_runs(
    college: World, client: SchoolClient, settings: Any
) -> None:
    settings.OPERATOR = settings.OPERATOR | {"OPERATOR_NAME": "=cmd|calc"}
    response = client.sit(college.people["head"]).post(FILE, {"forme": "ods"})
    assert response["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    with ZipFile(BytesIO(response.content)) as archive:
        assert archive.namelist()[0] == "mimetype"
        content = archive.read("content.xml").decode()
        # Each line of a cell is a paragraph: in one, a spreadsheet would run them together.
        assert "<text:p>élèves</text:p><text:p>" in content
        assert "table:formula" not in content and not [
            one for one in archive.namelist() if "macro" in one.lower()
        ]
    book = Document(BytesIO(response.content))
    names = [table.name for table in book.body.tables]
    assert names == ["Activités", "Qui répond", "Durées", "Sécurité", "Ce qui sort"]
    activities, answers = (book.body.get_table(name=name).get_values() for name in names[:2])
    assert len(activities) == len(register_queries.activities()) + 1
    assert ["Sous-traitant (exploitant)", "=cmd|calc"] in answers
    text = "\n".join(str(cell) for row in activities for cell in row)
    for entry in boards.personal_data:
        for field in (name for name, kind in entry.fields.items() if kind != FieldClass.NONE):
            assert str(apps.get_model(entry.model)._meta.get_field(field).verbose_name) in text
    assert Line.objects.get(verb="privacy.register_exported").details == {"shape": "ods"}


def test_the_page_to_print_stands_alone(college: World, client: SchoolClient) -> None:
    response = client.sit(college.people["head"]).post(FILE, {"forme": "html"})
    assert 'filename="registre-des-traitements-2026-11-24.html"' in response["Content-Disposition"]
    text = response.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    assert text.count("<caption>") == len(register_queries.activities()) + 3
    assert "http" not in text.replace("httpS", "") or "src=" not in text
    for entry in boards.personal_data:
        assert str(entry.label) in text.replace("&#39;", "'")


def test_anything_else_asked_for_is_the_workbook(college: World, client: SchoolClient) -> None:
    response = client.sit(college.people["head"]).post(FILE, {"forme": "../etc"})
    assert response["Content-Disposition"].endswith('.ods"')


def test_anybody_reads_why_and_for_how_long(college: World, client: SchoolClient) -> None:
    shown = client.get("/donnees-personnelles/registre/").content.decode()
    for activity in register_queries.activities():
        assert activity.purpose in shown.replace("&#39;", "'")
    # Neither who answers in a school, nor how this site is set.
    assert college.school.name not in shown and "push" not in shown
    assert reverse("portal:register") in client.get("/donnees-personnelles/").content.decode()
