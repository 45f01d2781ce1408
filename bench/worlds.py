"""`python -m bench.worlds grow PEOPLE|multiply N`: the schools of the bench, in the database of DATABASE_URL.

One school is grown as the demonstration's are: a delivery of an invented académie is imported, then its year is planned
and some weeks of it are lived. The others are copies of it, made by the database: same rows, other keys. A page of the
first school is thus the same page whatever stands around it, and only the size of the tables differs.
"""

import argparse
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import django
import time_machine

from bench import grids

# A Tuesday in the middle of the morning: lessons are going on.
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
PEOPLE = 1_500  # about 500 pupils, their guardians and the staff
MANY_PEOPLE = 3_550  # about 1 200 pupils
PAST, COMING = timedelta(weeks=4), timedelta(weeks=2)
STRIDE = 1_000_000  # between the keys of two copies
# Common to all schools, or not of a school: what is here is not copied.
SHARED = {
    "directory.Territory",
    "directory.OfficialCode",
    "directory.Delivery",
    "directory.DeliveryShare",
    "attendance.Reason",
    "outbox.Letter",
    "journal.Line",
    "journal.Seal",
}
# What the world reads belongs to no school, but for what one person follows there.
OF_THE_WORLD, ONES_OWN = {"catalogue", "exams"}, {"catalogue.FollowedSearch"}


def is_shared(model: Any) -> bool:
    label = model._meta.label
    return label in SHARED or (model._meta.app_label in OF_THE_WORLD and label not in ONES_OWN)


# Texts that hold the key of another row: those of a copy hold the keys of the copy.
KEYS_IN_TEXTS = {
    "notifications.Item.key": """CAST(CAST("key" AS bigint) + %(shift)s AS text)""",
    "notifications.Item.seat": """CASE WHEN "seat" = '' THEN '' ELSE 'staff-' || ("school_id" + %(shift)s) END""",
}


def grow(people: int) -> None:
    """One school with six weeks of lessons, four of them lived."""
    from preau.directory.models import School
    from preau.directory.seeds.deliveries import write_delivery
    from preau.directory.seeds.scale import scale_academy
    from preau.directory.seeds.world import World, plant
    from preau.domains.competences import seeds as competences
    from preau.domains.gradebook import seeds as gradebook
    from preau.domains.homework import seeds as homework
    from preau.domains.timetable import seeds as timetable

    is_large = people > PEOPLE
    with TemporaryDirectory() as folder:
        academy = scale_academy(1, people, seed=1, today=NOW.date())
        write_delivery(Path(folder), academy, day=NOW.date())
        django.core.management.call_command("import_aaf", folder, stdout=StringIO())
    school = School.objects.get()
    world = World.of(school, {}, NOW.date())
    plant(world)
    world.people |= cast_of(school)
    if is_large:
        add_rooms(school)
        grids.gather(school)
    timetable.plant(world)
    keep_weeks(NOW.date())
    live(school)
    homework.write(school, NOW.date() - PAST, NOW, set())
    gradebook.plant(world)
    competences.plant(world)
    if is_large:
        grids.fill(school, NOW.date())
    open_accounts()
    tell(school)


def add_rooms(school: Any) -> None:
    """A room for each teacher, as the plan of a year wants: a large school has more of both."""
    from preau.directory.models import Holding, Room

    teachers = Holding.objects.filter(school=school, role="teacher").count()
    names = [*(f"{900 + number}" for number in range(teachers)), *(f"Stade {number}" for number in range(20))]
    Room.objects.bulk_create([Room(school=school, name=name) for name in names])


def cast_of(school: Any) -> dict[str, Any]:
    """Who acts in what the seeds tell: the first of each function."""
    from preau.directory.models import Holding

    held = Holding.objects.filter(school=school).order_by("-pk").select_related("person")
    roles = {
        "head": "head",
        "secretary": "secretary",
        "school_life": "cpe",
        "teacher": "teacher",
        "pupil": "pupil",
    }
    return {roles[holding.role]: holding.person for holding in held if holding.role in roles}


def keep_weeks(today: date) -> None:
    """Of the lessons of the year, those of the last four weeks and of the next two."""
    from preau.domains.timetable.models import Lesson

    Lesson.objects.exclude(day__range=(today - PAST, today + COMING)).delete()


def live(school: Any) -> None:
    """Call the rolls until now, and let families answer. Nobody has an account yet: no lesson waits for its teacher."""
    from preau.domains.attendance.seeds import excuses, weeks
    from preau.domains.timetable.models import Lesson

    before = Lesson.objects.filter(school=school, ends__lte=NOW)
    excuses.write(school, weeks.call(school, before, NOW, {}), NOW, {})


def open_accounts() -> None:
    """An account for everyone, all with the one password, hashed once."""
    from django.contrib.auth.hashers import make_password

    from preau.directory.models import Person
    from preau.foundation.db import insert
    from preau.identity.models import Account

    password = make_password("sous le préau")
    people = Person.objects.filter(is_institution=False)
    insert(
        [
            Account(
                login=f"p{person.pk}", stem=f"p{person.pk}", person=person, password=password, created_at=NOW
            )
            for person in people
        ]
    )


def tell(school: Any) -> None:
    """The news that people would have received in these weeks."""
    from preau.domains.attendance.seeds import told

    told.tell(school)


def multiply(schools: int) -> None:
    """Copy the school until there are so many."""
    from django.db import connection, transaction

    from preau.domains.exams.imports import folder as folder_imports
    from preau.foundation.db import gather_statistics

    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What points at what is copied with it: checking it again would take most of the time.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for model in copied():
            sql = copy_of(model)
            for number in range(1, schools):
                cursor.execute(sql, {"shift": number * STRIDE, "mark": f"{number:03d}", "stride": STRIDE})
    # The resources are of nobody's school: once, beside all of them.
    django.core.management.call_command("plant_catalogue", stdout=StringIO())
    folder_imports.plant()
    with connection.cursor() as cursor:
        # What autovacuum would have done in a database that lives, and the nightly upkeep in one of SQLite.
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
    gather_statistics()


def copied() -> list[Any]:
    """The models of a school's rows."""
    from django.apps import apps
    from django.db import models

    # A proxy is another look at the same table.
    found = [
        get_model for get_model in apps.get_models(include_auto_created=True) if not get_model._meta.proxy
    ]
    return [m for m in found if isinstance(m._meta.pk, models.BigAutoField) and not is_shared(m)]


def copy_of(model: Any) -> str:
    """INSERT … SELECT of the first school's rows: keys shifted, texts that must be unique marked."""
    table = model._meta.db_table
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(copied_value(field) for field in fields)
    return f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" WHERE "id" < %(stride)s'


def copied_value(field: Any) -> str:
    column = f'"{field.column}"'
    if known := KEYS_IN_TEXTS.get(f"{field.model._meta.label}.{field.name}"):
        return known
    if field.is_relation:
        return column if is_shared(field.related_model) else f"{column} + %(shift)s"
    if field.primary_key:
        return f"{column} + %(shift)s"
    is_told_elsewhere = (field.model._meta.label, field.name) == ("directory.ExternalId", "value")
    if field.unique or is_told_elsewhere:
        return f"substr({column}, 1, {field.max_length - 4}) || '-' || %(mark)s"
    return column


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["grow", "multiply"])
    parser.add_argument("count", type=int)
    options = parser.parse_args()
    django.setup()
    with time_machine.travel(NOW, tick=True):
        if options.what == "grow":
            grow(options.count)
        else:
            multiply(options.count)


if __name__ == "__main__":
    main()
