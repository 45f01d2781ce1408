"""Objects of the drive for the tests: something of one's own, something of a class, many more."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.commons.drive.actions.keeping import nest
from preau.commons.drive.models import Item, Nesting, Opening, Share, Version
from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Person, School
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.foundation import text

WEEK = timedelta(days=7)


def a_file(school: School, name: str, by: Person | None = None, **facts: Any) -> StoredFile:
    """A row of which no byte was kept."""
    facts = {"kind": "text/plain", "size": 12, "digest": "0" * 64} | facts
    return StoredFile.objects.create(school=school, name=name, kept_by=by, kept_at=NOW, **facts)


def an_item(school: School, name: str, by: Person, **facts: Any) -> Item:
    """A document, or with `is_folder` a folder; where nothing is said, among the own files of who made it."""
    where = {"place": "own", "owner": by} if "place" not in facts else {}
    folder = facts.get("is_folder", False)
    file = None if folder else facts.pop("file", None) or a_file(school, name, by)
    item: Item = Item.objects.create(
        school=school,
        name=name,
        search_name=text.fold(name),
        file=file,
        versions=0 if folder else 1,
        made_by=by,
        made_at=NOW,
        changed_at=NOW,
        **where,
        **facts,
    )
    nest(item)
    if file:
        Version.objects.create(item=item, number=1, file=file, made_by=by, made_at=NOW)
    return item


def of_class(group: Group, name: str, by: Person, **facts: Any) -> Item:
    return an_item(group.school, name, by, place="class", group=group, **facts)


def known(college: World, name: str, **facts: Any) -> Item | None:
    return Item.objects.present().filter(school=college.school, name=name, **facts).first()


def class_item(college: World) -> Item:
    """A document that the teacher gave to the class of the cast's pupil."""
    name = "Consignes.txt"
    return known(college, name) or of_class(own_class(college), name, college.people["teacher"])


def own_item(college: World) -> Item:
    """A document of the teacher's own."""
    name = "Carnet.txt"
    return known(college, name) or an_item(college.school, name, college.people["teacher"])


def own_trashed(college: World) -> Item:
    """A document that the teacher threw away."""
    item = an_item(college.school, f"Vieux {Item.objects.count()}.txt", college.people["teacher"])
    Item.objects.filter(pk=item.pk).update(trashed_at=NOW, trashed_by=college.people["teacher"])
    return item


def a_share(item: Item, to: str, **facts: Any) -> Share:
    facts = {"until": (NOW + WEEK).date()} | facts
    return Share.objects.create(item=item, to=to, given_by=item.owner, given_at=NOW, **facts)


def former_version(college: World) -> Version:
    """The first of two versions of a document of the teacher's own."""
    item = own_item(college)
    first = item.all_versions.order_by("number")[0]
    if item.versions < 2:
        newer = a_file(college.school, item.name, item.owner, digest="1" * 64)
        Version.objects.create(item=item, number=2, file=newer, made_by=item.owner, made_at=NOW)
        Item.objects.filter(pk=item.pk).update(file=newer, versions=2)
    return first


def many_own(college: World, count: int, key: str = "teacher") -> None:
    person = college.people[key]
    _many(college.school, person, count, place=Item.Place.OWN, owner=person)


def many_of_pupil(college: World, count: int) -> None:
    many_own(college, count, "pupil")


def many_of_class(college: World, count: int) -> None:
    _many(college.school, college.people["teacher"], count, place=Item.Place.CLASS, group=own_class(college))


def many_of_staff(college: World, count: int) -> None:
    _many(college.school, college.people["teacher"], count, place=Item.Place.STAFF)


def _many(school: School, by: Person, count: int, **where: Any) -> list[Item]:
    """`count` documents more, laid by few statements."""
    start = Item.objects.count()
    names = [f"Document {start + number}.txt" for number in range(count)]
    files = StoredFile.objects.bulk_create(
        [
            StoredFile(
                school=school, name=name, kind="text/plain", size=12, digest="0" * 64, kept_by=by, kept_at=NOW
            )
            for name in names
        ],
        batch_size=500,
    )
    items = Item.objects.bulk_create(
        [
            Item(
                school=school,
                name=name,
                search_name=name.lower(),
                file=file,
                versions=1,
                made_by=by,
                made_at=NOW,
                changed_at=NOW,
                **where,
            )
            for name, file in zip(names, files, strict=True)
        ],
        batch_size=500,
    )
    Nesting.objects.bulk_create([Nesting(item=item, above=item, depth=0) for item in items], batch_size=500)
    Version.objects.bulk_create(
        [Version(item=item, number=1, file=item.file, made_by=by, made_at=NOW) for item in items],
        batch_size=500,
    )
    return items


def many_received(college: World, count: int) -> None:
    for item in _many(
        college.school,
        college.people["cpe"],
        count,
        place=Item.Place.OWN,
        owner=college.people["cpe"],
    ):
        a_share(item, "person", person=college.people["teacher"])


def many_trashed(college: World, count: int) -> None:
    teacher = college.people["teacher"]
    ids = [item.pk for item in _many(college.school, teacher, count, place=Item.Place.OWN, owner=teacher)]
    Item.objects.filter(pk__in=ids).update(trashed_at=NOW, trashed_by=teacher)


def many_openings(college: World, count: int, item: Item | None = None) -> None:
    """So many people more have opened a document (the teacher's), which is shared with them."""
    item = item or own_item(college)
    start = Person.objects.count()
    for number in range(count):
        person = Person.objects.create(family_name=f"Lecteur {start + number}", given_name="Ana")
        Opening.objects.create(item=item, person=person, first_at=NOW, last_at=NOW)
        a_share(item, "person", person=person)
