"""« Mes données »: everything that is held about a person, nothing of another."""

import csv
import json
import os
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
import vobject
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from icalendar.parser import Contentlines
from lxml import html

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.files.tasks import sweep
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.privacy import exports
from preau.commons.privacy.actions import copies
from preau.commons.privacy.models import DataCopy
from preau.commons.privacy.queries import held as held_queries
from preau.commons.privacy.queries import taken
from preau.commons.privacy.queries.held import Subject
from preau.commons.privacy.tasks import every_night, make_copy
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World, make_parent_of
from preau.domains.attendance.models import Decision, Entry, Explanation, Notice
from preau.domains.homework.models import HandIn, HandInFile, Homework
from preau.foundation import boards, vault
from preau.foundation.readers import EVERY_ROW
from preau.identity.models import Account

PAGE, EXPORT = "/mes-donnees/", "/mes-donnees/export/"
SECRET = "Rendez-vous que le père ne doit pas lire"
ANSWER = "Réponse que le père ne doit pas lire"


@pytest.fixture
def explained(college: World) -> Explanation:
    """The mother has explained, the school has answered and written to her."""
    pupil = college.people["pupil"]
    entry = Entry.objects.to_explain().filter(pupil=pupil)[0]
    given = Explanation.objects.create(
        school=college.school,
        pupil=pupil,
        day=entry.day,
        reason_id=1,
        comment=SECRET,
        given_by=college.people["guardian"],
        given_at=NOW,
    )
    Decision.objects.create(
        school=college.school,
        explanation=given,
        state=Explanation.State.REFUSED,
        comment=ANSWER,
        decided_by=college.people["cpe"],
        decided_at=NOW,
    )
    Notice.objects.get_or_create(
        school=college.school, entry=entry, pupil=pupil, guardian=college.people["guardian"], day=entry.day
    )
    return given


def subject(college: World, key: str, reader: str = "") -> Subject:
    return Subject(college.people[key], college.people[reader or key])


def texts_of(who: Subject) -> str:
    """Everything that the archive says, its two files one after the other."""
    with ZipFile(BytesIO(exports.archive_of(who, NOW))) as archive:
        return "\n".join(archive.read(name).decode() for name in ("donnees.json", "donnees.html"))


def reachable(person: Person) -> dict[str, set[int]]:
    """Every row of the platform one of whose own fields points at this person or their account, found without the board."""
    account = Account.objects.filter(person=person).first()
    found: dict[str, set[int]] = {}
    for model in apps.get_models():
        if not model.__module__.startswith("preau."):
            continue
        rows: set[int] = set()
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target = {Person: person, Account: account}.get(field.related_model)
            if target is not None:
                rows |= set(
                    model._meta.default_manager.filter(**{field.name: target}).values_list("pk", flat=True)
                )
        if model in {Person, Account}:
            rows |= {person.pk if model is Person else account.pk} if account else set()
        if rows:
            found[model._meta.label] = rows
    return found


# Of these alone, somebody does not read every row about themselves: it is another person's, or not for them yet.
NARROWED = {
    "appointments.Meeting",
    "appointments.Party",
    "appointments.Taken",
    "appointments.Wish",
    "attendance.Announcement",
    "attendance.Decision",
    "attendance.Explanation",
    "attendance.FollowUpAction",
    "attendance.Notice",
    "attendance.PastAbsence",
    "attention.Finding",
    "campaigns.Sending",
    "campaigns.Target",
    "competences.Balance",
    "competences.Level",
    "competences.LevelChange",
    "conduct.Involvement",
    "directory.Consent",
    "directory.PhotoConsent",
    "gradebook.Mark",
    "gradebook.MarkChange",
    "homework.Annotation",
    "homework.HandInFile",
    "homework.Homework",
    "journal.Line",
    "messaging.Freeze",
    "liaison.Answer",
    "liaison.Recipient",
    "liaison.Word",
    "paperwork.Submission",
    "surveys.Survey",
    "surveys.Voter",
    "messaging.Message",
    "messaging.Thread",
    "notifications.Item",
    "privacy.DataCopy",
    "privacy.DataRequest",
    "privacy.RequestLine",
    "privacy.SchoolErasure",
    "questions.Response",
    "report_cards.Appreciation",
    "report_cards.Council",
    "report_cards.Decision",
    "report_cards.ReportCard",
    "report_cards.Suggestion",
}


def unread(entry: boards.PersonalData, who: Subject) -> set[int]:
    """The rows about somebody that are not for them: what they wrote or did always is."""
    if entry.model not in NARROWED:
        return set()
    about = {entry.person, *entry.about}
    model = apps.get_model(entry.model)
    rows = model._base_manager.exclude(entry.readers.subject.where(who.person.pk))
    for link in set(held_queries.links_of(entry)) - about:
        rows = rows.exclude(pk__in=model._base_manager.filter(**{link: who.person}).values("pk"))
    return set(rows.values_list("pk", flat=True))


def test_what_is_not_read_by_whom_it_is_about_is_listed() -> None:
    narrowed = {entry.model for entry in held_queries.entries() if entry.readers.subject is not EVERY_ROW}
    assert narrowed == NARROWED


@pytest.mark.parametrize("key", ["pupil", "guardian", "teacher", "cpe", "head", "secretary"])
def test_every_row_reachable_from_a_person_appears(
    client: SchoolClient, college: World, explained: Explanation, key: str
) -> None:
    client.sit(college.people[key]).get("/")
    who = subject(college, key)
    held = {one.entry.model: one for one in held_queries.held_about(who)}
    found = reachable(who.person)
    assert len(found) >= 3
    for model, keys in found.items():
        assert model in held, model
        shown = set(held_queries.rows_of(held[model].entry, who).values_list("pk", flat=True))
        assert keys <= shown | unread(held[model].entry, who), model
        assert held[model].count == len(shown), model


def test_a_link_that_is_forgotten_would_show(client: SchoolClient, college: World, monkeypatch: Any) -> None:
    """With the lookups of the board alone, what a person did to others would be missing."""
    who = subject(college, "cpe")
    client.sit(who.person).post("/profil/affichage/", {"text": "150"})
    client.post("/deconnexion/")
    monkeypatch.setattr(held_queries, "links_of", lambda entry: [entry.person or "pk"])
    entry = held_queries.entry_of("journal-line")
    assert entry
    shown = set(held_queries.rows_of(entry, who).values_list("pk", flat=True))
    assert not reachable(who.person)["journal.Line"] <= shown


def test_rows_are_said_in_words_and_not_those_of_others(
    client: SchoolClient, college: World, explained: Explanation
) -> None:
    client.sit(college.people["guardian"])
    page = client.get("/mes-donnees/attendance-explanation/").content.decode()
    assert SECRET in page
    # What is left of others would be a mask: nothing is said of them, and the title of the page names whose it is.
    assert "Julie Abadie" in page and "Nina" not in page
    assert "une autre personne" not in page.partition("<details")[0]


def test_a_separated_parent_reads_the_child_and_not_the_other_parent(
    client: SchoolClient, college: World, explained: Explanation
) -> None:
    child = college.people["pupil"]
    client.sit(college.people["other_guardian"])
    Line.objects.create(
        verb="attendance.explained", actor=college.people["guardian"], acting_as="guardian", subject=child
    )
    for one in boards.personal_data:
        page = client.get(f"/mes-donnees/{held_queries.key_of(one)}/?pour={child.public_id}").content.decode()
        assert SECRET not in page, one.model
        assert ANSWER not in page, one.model
        assert "Julie" not in page, one.model
    absences = client.get(f"/mes-donnees/attendance-entry/?pour={child.public_id}").content.decode()
    assert "Absent, " in absences
    assert (
        "attendance.explained"
        not in client.get(f"/mes-donnees/journal-line/?pour={child.public_id}").content.decode()
    )
    texts = texts_of(subject(college, "pupil", "other_guardian"))
    assert SECRET not in texts
    assert ANSWER not in texts
    assert "Julie" not in texts
    # The mother reads her own words about the child, and the answer to them.
    mother = texts_of(subject(college, "pupil", "guardian"))
    assert SECRET in mother
    assert ANSWER in mother
    assert "Marc" not in mother


def is_of(client: SchoolClient, person: Person, address: str = "/mes-donnees/") -> bool:
    """Are these the data of that person? Whoever may not ask for them reads their own."""
    page = client.get(address, {"pour": person.public_id}).content.decode()
    return f'name="pour" value="{person.public_id}"' in page


def test_the_data_of_a_child_of_somebody_else_are_not_given(
    client: SchoolClient, college: World, twin: World
) -> None:
    family = college.people["pupil"]
    stranger = Person.objects.filter(enrolments__group__year=college.year).exclude(pk=family.pk)[0]
    for key, person in (
        ("guardian", stranger),
        ("guardian", twin.people["pupil"]),
        ("head", family),
        ("guardian", college.people["other_guardian"]),
        ("pupil", college.people["guardian"]),
    ):
        client.sit(college.people[key])
        assert not is_of(client, person), key
        Person.objects.filter(pk=person.pk).update(birth_name=f"Autre-{person.pk}-nom")
        for address in ("/mes-donnees/directory-person/", "/mes-donnees/consultations/"):
            page = client.get(address, {"pour": person.public_id}).content.decode()
            assert f"Autre-{person.pk}-nom" not in page, (key, address)
        archive = ZipFile(BytesIO(client.post(EXPORT, {"pour": person.public_id}).content))
        assert json.loads(archive.read("donnees.json"))["person"] == college.people[key].full_name


@pytest.mark.parametrize(
    "change", [{"authority": "contact"}, {"may_not_be_informed": True}, {"ends": NOW.date()}]
)
def test_only_a_legal_guardian_of_today_asks_for_a_child(
    client: SchoolClient, college: World, change: dict[str, Any]
) -> None:
    child, guardian = college.people["pupil"], college.people["guardian"]
    # Another child keeps the seat of the guardian open.
    other = Person.objects.filter(enrolments__group__year=college.year).exclude(pk=child.pk)[0]
    make_parent_of(college, "guardian", other)
    client.sit(guardian)
    assert is_of(client, child)
    Guardianship.objects.filter(pupil=child, guardian=guardian).update(**change)
    assert not is_of(client, child)


def test_from_eighteen_a_pupil_asks_for_themselves(client: SchoolClient, college: World) -> None:
    child = college.people["pupil"]
    Person.objects.filter(pk=child.pk).update(birth_date="2008-11-24")
    client.sit(college.people["guardian"])
    assert not is_of(client, child)
    assert is_of(client.sit(child), child)


def test_a_family_reads_in_which_role_a_file_was_opened(client: SchoolClient, college: World) -> None:
    entry = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    SchoolClient().sit(college.people["cpe"]).get(reverse("attendance:entry", kwargs={"pk": entry.pk}))
    for key, more in (("pupil", ""), ("guardian", f"?pour={college.people['pupil'].public_id}")):
        page = client.sit(college.people[key]).get(f"/mes-donnees/consultations/{more}").content.decode()
        assert "Vie scolaire, Collège des Tilleuls" in page
        assert "La page d’une absence" in page
        assert "Haddad" not in page
    empty = client.sit(college.people["guardian"]).get("/mes-donnees/consultations/").content.decode()
    assert "Personne n’a ouvert ce dossier" in empty


def test_the_journal_is_said_in_words(client: SchoolClient, college: World) -> None:
    client.sit(college.people["pupil"])
    client.post("/deconnexion/")
    client.sit(college.people["pupil"])
    body = client.get("/mes-donnees/journal-line/").content.decode()
    assert "Déconnexion" in body and "Élève" in body
    assert "identity.signed_out" not in body and f"pupil-{college.school.pk}" not in body


def test_secrets_are_never_shown(client: SchoolClient, college: World) -> None:
    client.sit(college.people["pupil"])
    account = Account.objects.get(person=college.people["pupil"])
    page = client.get("/mes-donnees/identity-account/").content.decode()
    assert account.login in page
    assert account.password not in page
    assert "demandez à l’établissement" in client.get("/mes-donnees/directory-guardianship/").content.decode()


def test_the_archive_holds_a_page_and_a_file_and_leaves_a_trace(
    client: SchoolClient, college: World, explained: Explanation
) -> None:
    client.sit(college.people["guardian"])
    answer = client.post(EXPORT, {"pour": ""})
    assert answer["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("donnees.json"))
        page = archive.read("donnees.html").decode()
    assert SECRET in page
    rows = {table["table"]: len(table["rows"]) for table in data["tables"]}
    held = {one.entry.model: one.count for one in held_queries.held_about(subject(college, "guardian"))}
    # The export itself is written after the archive is made.
    held["journal.Line"] -= 1
    assert {name: count for name, count in held.items() if count} == rows
    assert Line.objects.get(verb="privacy.data_exported").subject_id == college.people["guardian"].pk


def test_both_files_of_the_archive_hold_every_row_in_the_same_words(
    client: SchoolClient, college: World, explained: Explanation
) -> None:
    client.sit(college.people["teacher"]).get("/")
    with ZipFile(BytesIO(exports.archive_of(subject(college, "teacher"), NOW))) as archive:
        data = json.loads(archive.read("donnees.json"))
        page = html.fromstring(archive.read("donnees.html"))
    rows = [[fact["value"] for fact in facts] for table in data["tables"] for facts in table["rows"]]
    assert [[value.text_content() for value in one.iter("dd")] for one in page.iter("dl")] == rows
    assert [table["label"] for table in data["tables"]] == [one.text for one in page.iter("h2")][:-1]
    # What is not held is said too.
    assert data["nothing_in"] == [one.text for one in page.iter("li")]
    assert len(data["tables"]) + len(data["nothing_in"]) == len(held_queries.entries())


def test_the_archive_asks_as_much_of_the_database_for_a_thousand_rows(
    college: World, django_assert_num_queries: Any
) -> None:
    who = subject(college, "teacher")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            exports.archive_of(who, NOW)
        return len(queries_made)

    def read() -> Line:
        return Line(
            verb="attendance.entry_read",
            actor=who.person,
            subject=college.people["pupil"],
            school=college.school,
            acting_as="staff",
            is_read=True,
        )

    Line.objects.bulk_create([read()])
    few = asked()
    Line.objects.bulk_create([read() for _number in range(1500)])
    assert asked() == few


def test_what_is_not_held_is_not_on_the_page_and_is_named_in_the_archive(
    client: SchoolClient, college: World
) -> None:
    who = subject(college, "guardian")
    page = html.fromstring(client.sit(who.person).get("/mes-donnees/").content)
    held = {str(one.entry.label): one.count for one in held_queries.held_about(who)}
    shown = {one.text_content().strip() for one in page.xpath("//main//ul[@class='kinds']//a")}
    assert shown == {label for label, count in held.items() if count}
    with ZipFile(BytesIO(exports.archive_of(who, NOW))) as archive:
        data = json.loads(archive.read("donnees.json"))
    assert set(data["nothing_in"]) == held.keys() - shown


def test_a_field_that_somebody_typed_is_inert_in_the_archive(college: World) -> None:
    person = college.people["teacher"]
    Person.objects.filter(pk=person.pk).update(given_name="<script>alert(1)</script>")
    person.refresh_from_db()
    archive = ZipFile(BytesIO(exports.archive_of(Subject(person, person), NOW)))
    assert "<script>" not in archive.read("donnees.html").decode()


def test_the_number_of_queries_does_not_grow_with_the_board(
    client: SchoolClient, college: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        held_queries.held_about(subject(college, "teacher"))


def test_every_retention_and_field_has_its_words() -> None:
    for entry in boards.personal_data:
        assert entry.keep.said
        names = set(entry.fields)
        assert entry.withheld <= names
        assert set(entry.field_readers) <= names


def test_a_kind_of_data_that_does_not_exist_is_no_page(college: World, client: SchoolClient) -> None:
    assert client.sit(college.people["guardian"]).get(f"{PAGE}inconnu/").status_code == 404


def test_what_is_about_nobody_is_no_part_of_my_data(college: World, client: SchoolClient) -> None:
    """A table without a person in it (how many pupils a school has) once counted all of its rows as everybody's."""
    for entry in boards.personal_data:
        if not held_queries.links_of(entry):
            assert held_queries.entry_of(held_queries.key_of(entry)) is None
    held = {one.entry.model for one in held_queries.held_about(subject(college, "guardian"))}
    assert "directory.Person" in held and "platform.Figures" not in held
    client.sit(college.people["guardian"])
    assert client.get("/mes-donnees/platform-figures/").status_code == 404


def test_what_our_code_calls_by_a_key_is_said_in_words(college: World, client: SchoolClient) -> None:
    cpe = college.people["cpe"]
    Holding.objects.filter(person=cpe).update(scope={"lists": {"until": "2027-03-27", "by": 4038}})
    Item.objects.create(
        person=cpe,
        school=college.school,
        kind="identity.second_proof_on",
        key="1",
        seat=f"staff-{college.school.pk}",
        facts={"login": "samia", "at": "lundi", "left": ""},
        url="/",
        published_at=NOW,
    )
    client.sit(cpe)
    page = client.get(f"{PAGE}notifications-item/").content.decode()
    assert "La double vérification est en place" in page and "lundi, samia" in page and "Personnel" in page
    assert "identity.second_proof_on" not in page and "login\u202f:" not in page
    given = client.get(f"{PAGE}directory-holding/").content.decode()
    assert "Lire les listes, jusqu’au 27 mars 2027" in given and "4038" not in given
    account = client.get(f"{PAGE}identity-account/").content.decode()
    assert "[]" not in account


def test_a_list_or_nothing_at_all_is_said_as_people_write_it(college: World) -> None:
    who = subject(college, "cpe")
    assert held_queries.in_words([], who) == held_queries.in_words({}, who) == "—"
    assert held_queries.in_words(["a", None, True], who) == "a, —, oui"
    assert held_queries.in_words({"a": [1, 2]}, who) == "a\u202f: 1, 2"


# Every way from a row to somebody, found without the board


def relations(model: Any) -> list[Any]:
    return [one for one in [*model._meta.fields, *model._meta.many_to_many] if one.related_model]


def paths_of(model: Any) -> dict[str, str]:
    """Each lookup from a row to a person, straight or through one other table, and the field by which it leaves."""
    found = {}
    for field in relations(model):
        for lookup in _ends(field.related_model, field.name):
            found[lookup] = field.name
        if field.related_model not in {Person, Account}:
            for further in relations(field.related_model):
                for lookup in _ends(further.related_model, f"{field.name}__{further.name}"):
                    found[lookup] = field.name
    return found


def _ends(model: Any, lookup: str) -> list[str]:
    return {Person: [lookup], Account: [f"{lookup}__person"]}.get(model, [])


# Tables that a way leads to and that are not about that person: why their rows are in no export.
OF_NOBODY = {
    "paperwork.Piece": "a document that is wanted; who asks and of whom is in the collection, what came in the submissions",
    "directory.DeliveryShare": "counts of one school in a delivery; who brought it is in the delivery",
    "directory.PlannedClass": "a class of next year; who prepares it is in the plan",
    "privacy.RetentionPart": "counts of a rule; who agreed is in the run",
    "privacy.SchoolErasurePart": "counts of a table; who agreed is in the end of the contract",
    "lti.Column": "what a service counts for a class; who gave it is in the activity, each pupil's in the results",
    "media.Rendition": "a file that was made of a medium: who sent it has the medium among theirs",
    "liaison.WordTranslation": "what a machine made of a word, for all who read its language; whose it is, the word says",
    "documents.State": "what its updates and versions say, as one; whose it is, the document says",
    "drive.Nesting": "in which folders a document lies; whose it is, the document says",
    "surveys.Urn": "the ballots of a vote, which are nobody's: who asked has the survey, who closed the round",
    "homework.LessonFile": "a document of the school beside a lesson: who sent it has it among the files they sent",
}


def not_explained(models: Any) -> dict[str, list[str]]:
    """The ways to a person that no entry declares, and of which the table they go through is not itself shown."""
    entries = {one.model: one for one in boards.personal_data}
    found: dict[str, list[str]] = {}
    for model in models:
        name = model._meta.label
        if not model.__module__.startswith("preau.") or model._meta.proxy or name in OF_NOBODY:
            continue
        entry = entries.get(name)
        known = set(held_queries.links_of(entry)) if entry else set()
        for lookup, field in paths_of(model).items():
            # What it hangs on is shown to that person under its own name, by a link of its own.
            between = model._meta.get_field(field).related_model._meta.label
            rest = lookup.partition("__")[2]
            shown = between in entries and rest in held_queries.links_of(entries[between])
            if lookup not in known and not (entry and shown):
                found.setdefault(name, []).append(lookup)
    return found


def test_every_way_from_a_row_to_a_person_is_declared() -> None:
    assert not_explained(apps.get_models()) == {}


def test_a_way_that_is_not_declared_is_found(monkeypatch: Any) -> None:
    entries = [one for one in boards.personal_data if one.model != "homework.ProgressionStep"]
    monkeypatch.setattr(boards.personal_data, "_entries", entries)
    assert not_explained(apps.get_models()) == {"homework.ProgressionStep": ["progression__author"]}


def test_every_row_of_a_declared_way_is_in_the_archive(college: World, explained: Explanation) -> None:
    """All that the school of the test holds of its cast, straight or through another table."""
    met = set()
    for key in ("pupil", "guardian", "teacher", "cpe", "head", "secretary"):
        who = subject(college, key)
        with ZipFile(BytesIO(exports.archive_of(who, NOW))) as archive:
            counts = {
                table["table"]: len(table["rows"])
                for table in json.loads(archive.read("donnees.json"))["tables"]
            }
        for entry in boards.personal_data:
            model = apps.get_model(entry.model)
            # What is written by several points at nobody itself: the way is the one that the board declares.
            ways = [*paths_of(model), *([entry.person] if "__" in entry.person else [])]
            links = [way for way in dict.fromkeys(ways) if way in held_queries.links_of(entry)]
            keys: set[int] = set()
            for link in links:
                keys |= set(model._base_manager.filter(**{link: who.person}).values_list("pk", flat=True))
            if entry.model == "directory.Person":
                keys.add(who.person.pk)
            keys -= unread(entry, who)
            assert counts.get(entry.model, 0) == len(keys), (key, entry.model)
            met |= {entry.model} if keys else set()
    # The seeds plant most kinds of data: what is looked at is there.
    assert len(met) >= 45, sorted(met)


# The formats, read back by others


def archive_for(seat: Any, who: Subject) -> ZipFile:
    return ZipFile(BytesIO(exports.archive_of(who, NOW, seat)))


def test_each_table_is_a_csv_of_the_same_words(college: World, explained: Explanation) -> None:
    with ZipFile(BytesIO(exports.archive_of(subject(college, "guardian"), NOW))) as archive:
        data = json.loads(archive.read("donnees.json"))
        names = {one for one in archive.namelist() if one.startswith("tableaux/")}
        assert names == {
            f"tableaux/{table['table'].lower().replace('.', '-')}.csv" for table in data["tables"]
        }
        for table in data["tables"]:
            content = archive.read(f"tableaux/{table['table'].lower().replace('.', '-')}.csv").decode(
                "utf-8-sig"
            )
            header, *rows = list(csv.reader(StringIO(content, newline=""), delimiter=";"))
            assert header == [fact["label"] for fact in table["rows"][0]]
            values = [[fact["value"] for fact in facts] for facts in table["rows"]]
            assert [[cell.removeprefix("'") for cell in row] for row in rows] == [
                [cell.replace("\r\n", "\n").removeprefix("'") for cell in row] for row in values
            ]
            assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_the_card_is_read_by_another_reader(college: World) -> None:
    person = college.people["guardian"]
    Person.objects.filter(pk=person.pk).update(
        family_name="Abadie; née, Ça", email="julie@example.org", phone="+33 6 12 34 56 78"
    )
    person.refresh_from_db()
    card = exports.card_of(person)
    read = {}
    for line in Contentlines.from_ical(card):
        if line:
            name, _params, value = line.parts()
            read[name.upper()] = value
    assert read["BEGIN"] == read["END"] == "VCARD"
    assert read["EMAIL"] == "julie@example.org" and read["TEL"] == "+33 6 12 34 56 78"
    assert vobject.readOne(card).n.value.family == "Abadie; née, Ça"
    assert vobject.readOne(card).fn.value == person.full_name


def test_ones_own_hours_are_a_calendar(college: World, seat_of: Any) -> None:
    for reader, key in (("pupil", "pupil"), ("teacher", "teacher"), ("guardian", "pupil")):
        with archive_for(seat_of(reader), subject(college, key, reader)) as archive:
            content = archive.read("agenda.ics")
        events = list(vobject.readOne(content.decode()).vevent_list)
        assert len(events) == len(list(Calendar.from_ical(content).walk("VEVENT"))) > 10
        assert any("Mathématiques" in event.summary.value for event in events), key


def test_files_sent_and_received_are_in_it_and_not_those_of_others(college: World, seat_of: Any) -> None:
    pupil, mother, father = (college.people[one] for one in ("pupil", "guardian", "other_guardian"))
    sent = keep_for(college, pupil, "exposé.txt", b"Mon expos\xc3\xa9")
    letter = keep_for(college, mother, "certificat.txt", b"Certificat de la m\xc3\xa8re")
    entry = Entry.objects.to_explain().filter(pupil=pupil)[0]
    Explanation.objects.create(
        school=college.school,
        pupil=pupil,
        day=entry.day,
        reason_id=1,
        given_by=mother,
        given_at=NOW,
        document=letter,
    )
    work = Homework.objects.filter(school=college.school)[0]
    HandIn.objects.filter(pupil=pupil, homework=work).delete()
    handed = HandIn.objects.create(
        school=college.school, homework=work, pupil=pupil, text="Voilà", handed_at=NOW, is_late=False
    )
    HandInFile.objects.create(hand_in=handed, file=sent, of_teacher=False)

    def names(reader: str, key: str) -> dict[str, bytes]:
        with archive_for(seat_of(reader), subject(college, key, reader)) as archive:
            return {
                one.partition("-")[2]: archive.read(one)
                for one in archive.namelist()
                if one.startswith("fichiers/")
            }

    assert names("pupil", "pupil")["exposé.txt"] == "Mon exposé".encode()
    assert names("guardian", "guardian")["certificat.txt"] == "Certificat de la mère".encode()
    assert "certificat.txt" in names("guardian", "pupil")
    assert "certificat.txt" not in names("other_guardian", "pupil")
    assert names("other_guardian", "other_guardian") == {}
    assert father.pk


def keep_for(college: World, person: Person, name: str, content: bytes) -> StoredFile:
    written = vault.write(BytesIO(content), vault.new_name())
    return StoredFile.objects.create(
        public_id=written.name,
        school=college.school,
        name=name,
        kind="text/plain",
        size=written.size,
        digest=written.digest,
        kept_by=person,
        kept_at=NOW,
    )


# Large: made by a task


def test_what_is_large_is_made_by_a_task_for_whoever_asked_alone(
    client: SchoolClient,
    college: World,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
    clock: Any,
) -> None:
    monkeypatch.setattr(taken, "MOST_ROWS", 3)
    child = college.people["pupil"]
    client.sit(college.people["guardian"])
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(EXPORT, {"pour": child.public_id})
        client.post(EXPORT, {"pour": child.public_id})
    copy = DataCopy.objects.get()
    assert answer.status_code == 302 and copy.state == DataCopy.State.MAKING
    make_copy.call(copy.pk)
    make_copy.call(copy.pk)
    copy.refresh_from_db()
    assert copy.state == DataCopy.State.READY and copy.file
    address = reverse("files:file", kwargs={"public_id": copy.file.public_id})
    assert address in client.get(PAGE, {"pour": child.public_id}).content.decode()
    assert address not in client.get(PAGE).content.decode()
    content = b"".join(client.get(address).streaming_content)
    assert json.loads(ZipFile(BytesIO(content)).read("donnees.json"))["person"] == child.full_name
    assert Line.objects.filter(verb="privacy.data_exported", subject=child).count() == 1
    for other in ("other_guardian", "pupil", "head"):
        assert SchoolClient().sit(college.people[other]).get(address).status_code == 404, other
    clock.shift(timedelta(days=8))
    every_night.call()
    assert not DataCopy.objects.exists()
    # The machine wrote it at its own hour, whatever that of the test.
    os.utime(vault.path_of(copy.file.public_id), times=(NOW.timestamp(), NOW.timestamp()))
    sweep.call()
    assert not vault.path_of(copy.file.public_id).exists()


def test_a_copy_is_not_made_for_whoever_may_not_ask_any_more(college: World, seat_of: Any) -> None:
    copy = copies.ask_copy(seat_of("guardian"), subject(college, "pupil", "guardian"), college.school.pk)
    Guardianship.objects.filter(guardian=college.people["guardian"]).update(may_not_be_informed=True)
    make_copy.call(copy.pk)
    copy.refresh_from_db()
    assert copy.state == DataCopy.State.FAILED and not copy.file
