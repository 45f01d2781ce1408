"""Prepared queries: one statement for every caller of a shape, and nothing of one caller for another."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from preau.directory.counting import numbers
from preau.directory.models import Person, School
from preau.directory.queries.finding import PUPILS, STAFF, pupils_here
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry, Reason
from preau.domains.attendance.queries import absences, school_life
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import own_lessons, own_rows
from preau.foundation import boards
from preau.foundation.awaited import awaited_of
from preau.foundation.lookup import TITLED, LookupTerms
from preau.foundation.prepared import Lines, Prepared, padded

pytestmark = pytest.mark.engine

EVERYONE = ("teacher", "teacher_1", "cpe", "head", "secretary", "pupil", "guardian", "other_guardian")


def test_a_query_is_built_once_and_answers_each_caller(college: World) -> None:
    built: list[Any] = []

    def build(name: Any) -> Any:
        built.append(name)
        return Person.objects.filter(family_name=name).order_by("pk").values_list("pk", flat=True)

    prepared = Prepared(build)
    for person in (college.people["head"], college.people["cpe"]):
        expected = list(
            Person.objects.filter(family_name=person.family_name).order_by("pk").values_list("pk", flat=True)
        )
        assert prepared(person.family_name) == expected
        assert person.pk in expected
    assert len(built) == 1


def test_rows_come_as_the_queryset_gives_them(college: World) -> None:
    """Instances with what they select, dates as dates, moments as moments."""
    lesson = Lesson.objects.order_by("pk")[0]
    whole = Prepared(lambda pk: Lesson.objects.select_related("subject").filter(pk=pk))
    (found,) = whole(lesson.pk)
    with CaptureQueriesContext(connection) as asked:
        assert (found, found.subject.name, found.starts) == (lesson, found.subject.name, lesson.starts)
    assert not asked.captured_queries
    values = Prepared(lambda day: Lesson.objects.filter(day=day).order_by("pk").values("day", "starts"))
    assert values(lesson.day)[0] == {"day": lesson.day, "starts": lesson.starts}
    assert values(date(2001, 1, 1)) == []


def plain_and_prepared(queryset: Any) -> tuple[list[Any], list[Any]]:
    return list(queryset), Prepared(queryset.all)()


def test_each_kind_of_column_is_read_as_the_queryset_reads_it(college: World) -> None:
    """Days, moments, yes and no, nothing, JSON, related rows that are there and that are not."""
    School.objects.update(services={"agenda": {"levels": ["6EME", None]}})
    read = [
        Lesson.objects.order_by("pk").values("day", "starts", "room__name", "school__timezone"),
        Lesson.objects.order_by("pk").values_list("day", "ends", "room_id"),
        School.objects.order_by("pk").values_list("name", flat=True),
        Entry.objects.order_by("pk").values(
            "status", "handling__settled", "explanation__state", late=F("minutes_late")
        ),
        Reason.objects.order_by("pk").values_list("settles", "school", "retired_on"),
        School.objects.order_by("pk").values_list("services", "settled"),
        Person.objects.order_by("pk").values_list("pk", "given_name", named=True),
    ]
    for queryset in read:
        plain, prepared = plain_and_prepared(queryset)
        assert prepared == plain
        assert list(map(repr, prepared)) == list(map(repr, plain))
        assert plain


def test_instances_come_with_all_that_they_select(college: World) -> None:
    lessons = Lesson.objects.select_related("subject", "room__school").order_by("pk")
    counted = lessons.annotate(
        groups_there=Count("groups"), late=ExpressionWrapper(Q(room=None), BooleanField())
    )
    plain, prepared = plain_and_prepared(counted)
    with CaptureQueriesContext(connection) as asked:
        for one, other in zip(plain, prepared, strict=True):
            assert one == other
            assert (one.starts, one.room, one.subject) == (other.starts, other.room, other.subject)
            assert (one.groups_there, one.late) == (other.groups_there, other.late)
            assert not other._state.adding
    assert not asked.captured_queries
    assert {one.late for one in prepared} <= {True, False}
    few = Person.objects.only("given_name").order_by("pk")
    plain, prepared = plain_and_prepared(few)
    assert [one.get_deferred_fields() for one in prepared] == [one.get_deferred_fields() for one in plain]


def test_what_holds_rows_of_its_own_is_refused(college: World) -> None:
    """They would be given to everybody."""
    subject = Lesson.objects.order_by("pk")[0].subject
    with pytest.raises(TypeError):
        Prepared(subject.lessons.all)()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_lists_of_ids_of_every_length(college: World, count: int) -> None:
    among = Prepared(
        lambda ids: Person.objects.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
    )
    ids = tuple(Person.objects.order_by("pk").values_list("pk", flat=True)[:count])
    assert among(ids) == list(ids)


def test_few_statements_serve_all_lengths() -> None:
    assert {len(padded(tuple(range(count)))) for count in range(33)} == {0, 1, 2, 4, 8, 16, 32}


def test_a_builder_that_compares_a_value_fails(college: World) -> None:
    """Whatever depended on the first caller's value would be kept for everybody."""
    nosy = Prepared(lambda age: Person.objects.filter(pk=age if age > 3 else 0))
    with pytest.raises(TypeError):
        nosy(5)


def test_a_builder_that_writes_a_value_into_a_text_fails(college: World) -> None:
    nosy = Prepared(lambda name: Person.objects.filter(family_name=f"{name} fils"))
    with pytest.raises(TypeError):
        nosy("Moreau")


def test_a_stand_in_has_nothing_of_the_viewer(seat_of: Any) -> None:
    seen: list[Any] = []
    spy = Prepared(lambda viewer: seen.append(viewer) or Person.objects.filter(pk=viewer.person.pk))
    head = seat_of("head")
    assert spy(head) == [head.person]
    (stand_in,) = seen
    assert stand_in.seats is None
    kept = [stand_in.person.pk, stand_in.school.pk, stand_in.year, stand_in.account_id]
    kept += [stand_in.today, stand_in.moment, stand_in.key]
    assert not [value for value in kept if isinstance(value, int | str | date | Person)]


@pytest.mark.parametrize("key", EVERYONE)
def test_each_viewer_reads_what_visible_to_gives_them(
    college: World, twin: World, seat_of: Any, key: str
) -> None:
    """The twin's people ask first: the statements are theirs, the rows must be ours."""
    for world in (twin, college):
        viewer = seat_of(key, world=world)
        first, last = date(2026, 11, 16), date(2026, 11, 27)
        plain = own_lessons(viewer).between(first, last)
        assert {row.pk for row in own_rows(viewer, first, last)} == set(plain.values_list("pk", flat=True))
        seen = Entry.objects.visible_to(viewer)
        if viewer.is_guardian:
            expected = set(seen.to_explain().values_list("pupil__given_name", "day"))
            assert {
                (one.whose, one.day) for one in awaited_of(viewer) if one.gesture == "Expliquer"
            } == expected
        if not viewer.is_staff:
            recent = list(absences.absences_of(viewer).values_list("pk", flat=True)[:4])
            assert [row.pk for row in absences.recent_rows(viewer)] == recent
        (absent,) = numbers(viewer, school_life.number_absent)
        if viewer.school:
            assert absent == seen.absences().filter(day=viewer.today).values("pupil").distinct().count()


def test_a_part_is_what_a_slice_gives_and_all_parts_are_one_statement(college: World) -> None:
    plain = Person.objects.order_by("pk").values_list("pk", flat=True)
    people = Prepared(
        lambda after: Person.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    )
    lines = Lines(plain.count, lambda first, last: people.part(first, last, 0))
    assert lines.count() == len(plain) > 7
    for first, last in (
        (0, 3),
        (3, 7),
        (5, 5),
        (len(plain) - 1, len(plain) + 9),
        (len(plain), len(plain) + 1),
    ):
        assert lines[first:last] == list(plain[first:last])
    assert lines[:2] == list(plain[:2])
    assert len(people._statements) == 1
    assert Paginator(lines, 3).get_page(2).object_list == list(plain[3:6])


def test_a_query_that_prefetches_is_refused(college: World) -> None:
    with pytest.raises(TypeError):
        Prepared(lambda pk: Lesson.objects.filter(pk=pk).prefetch_related("groups"))(1)


def test_a_statement_is_compiled_once_and_its_rows_belong_to_the_call(
    college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `_Statement` takes from the inside of Django: a compiler that is asked for its SQL once, and rows that are never kept."""
    compiled: list[Any] = []
    as_sql = SQLCompiler.as_sql

    def noted(self: Any, *arguments: Any, **named: Any) -> Any:
        compiled.append(self)
        return as_sql(self, *arguments, **named)

    monkeypatch.setattr(SQLCompiler, "as_sql", noted)
    of = Prepared(lambda pk: Person.objects.filter(pk=pk))
    head, cpe = college.people["head"], college.people["cpe"]
    (first,), (again,), (other,) = of(head.pk), of(head.pk), of(cpe.pk)
    assert len(compiled) == 1
    assert (first, again, other) == (head, head, cpe)
    assert first is not again
    assert of(0) == []


def test_what_is_only_sorted_by_is_not_given(college: World) -> None:
    plain = Person.objects.order_by("family_name", "pk").distinct().values_list("given_name")
    assert Prepared(plain.all)() == list(plain)


@pytest.mark.parametrize("typed", ["nina", "abadie nnia", "mor", "a%a", "____"])
def test_a_search_finds_what_its_words_find(college: World, twin: World, seat_of: Any, typed: str) -> None:
    """The twin's head asks first, for other words of the same length."""
    STAFF(seat_of("head", world=twin), LookupTerms.typed("zzzzzzzzzz"[: len(typed)]))
    viewer, wanted = seat_of("head"), LookupTerms.typed(typed)
    pupils = Person.objects.filter(pk__in=pupils_here(viewer).values("person_id")).values("pk", "search_name")
    expected = [line["pk"] for line in wanted.among(pupils, "search_name")]
    assert [line["pk"] for line in PUPILS(viewer, wanted)] == expected


@pytest.mark.parametrize("key", EVERYONE)
def test_what_houses_show_together_is_what_each_would_show(
    college: World, twin: World, seat_of: Any, key: str
) -> None:
    """What is awaited, and what is found by its title; the twin's people ask first, for other words of the same length."""
    prepared: dict[Any, Prepared] = {}
    for world, typed in ((twin, "zzzz"), (college, "rent")):
        viewer, wanted = seat_of(key, world=world), LookupTerms.typed(typed)
        for source, seated in boards.offered(boards.awaited, viewer):
            if source.open_to(seated):
                rows = prepared.setdefault(source, Prepared(source.rows))(seated)
                assert sorted(map(repr, rows)) == sorted(map(repr, source.rows(seated)))
        for kind, seated in boards.offered(boards.search, viewer):
            if kind.titles and kind.open_to(seated) and not viewer.is_guardian:
                plain = kind.titles(seated, wanted).order_by().values_list(*TITLED)
                rows = prepared.setdefault(kind, Prepared(titles_of(kind)))(seated, wanted)
                assert sorted(map(repr, rows)) == sorted(map(repr, plain))


def titles_of(kind: Any) -> Any:
    return lambda viewer, wanted: kind.titles(viewer, wanted).order_by().values_list(*TITLED)


def test_a_service_that_closes_makes_another_statement(college: World, seat_of: Any) -> None:
    mine = Prepared(
        lambda viewer: Person.objects.filter(pk=viewer.person.pk if viewer.offers("attendance") else 0)
    )
    assert mine(seat_of("teacher")) == [college.people["teacher"]]
    School.objects.filter(pk=college.school.pk).update(services={"attendance": {"off": True}})
    assert mine(seat_of("teacher")) == []


def test_what_has_no_shape_is_refused() -> None:
    with pytest.raises(AttributeError):
        Prepared(lambda one: Person.objects.filter(pk=one.pk))(SimpleNamespace(pk=1))


def test_what_is_prepared_is_logged_as_anything_else(college: World) -> None:
    """Every count of statements stands on this log."""
    named = Prepared(lambda name: Person.objects.filter(given_name=name).values_list("pk", flat=True))
    named("Nina")
    with CaptureQueriesContext(connection) as asked:
        named("Nina")
        named("Léo")
    assert len(asked) == 2
    assert all("directory_person" in captured_query["sql"] for captured_query in asked.captured_queries)
