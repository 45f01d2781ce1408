"""Objects of mediacentre for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.mediacentre.models import BroughtList, Resource, Rule, Target


def own_digital_resource(college: World) -> Resource:
    """A resource of the GAR that everyone of the school's cast reads, families too."""
    found, made = Resource.objects.get_or_create(
        school=college.school,
        code="ark:/every/page",
        defaults={
            "name": "Atlas des vents",
            "search_name": "atlas des vents",
            "url": "https://sp-auth.gar.example/x",
            "listed_on": NOW.date(),
            "with_families": True,
        },
    )
    if made:
        for public in ("pupil", "teacher", "other"):
            own_rule(college, public).resources.add(found)
    return found


def own_rule(college: World, public: str = "pupil") -> Rule:
    head = college.people["head"]
    return Rule.objects.get_or_create(
        school=college.school, public=public, scope="all", made_by=head, defaults={"made_at": NOW}
    )[0]


def many_digital_resources(college: World, count: int) -> None:
    for _ in range(count):
        number = Resource.objects.count()
        found = Resource.objects.create(
            school=college.school,
            code=f"ark:/many/{number}",
            name=f"Ressource {number}",
            search_name=f"ressource {number}",
            url="https://sp-auth.gar.example/x",
            listed_on=NOW.date(),
            with_families=True,
        )
        own_rule(college).resources.add(found)


def many_digital_rules(college: World, count: int) -> None:
    for _ in range(count):
        rule = Rule.objects.create(
            school=college.school, public="pupil", scope="levels", made_by=college.people["head"], made_at=NOW
        )
        Target.objects.create(school=college.school, rule=rule, level="6e")
        rule.resources.add(own_digital_resource(college))


def many_in_a_rule(college: World, count: int) -> None:
    """`count` people more who are named by the rule of named people."""
    rule = named_rule(college)
    for _ in range(count):
        person = Person.objects.create(family_name=f"Nommé {Person.objects.count()}", given_name="Ana")
        Holding.objects.create(person=person, role=Role.PUPIL, school=college.school)
        Target.objects.create(school=college.school, rule=rule, person=person)


def named_rule(college: World) -> Rule:
    """A rule that names the cast's pupil."""
    head = college.people["head"]
    rule, made = Rule.objects.get_or_create(
        school=college.school,
        public="",
        scope="people",
        made_by=head,
        sent_as="c" * 32,
        defaults={"made_at": NOW},
    )
    if made:
        Target.objects.create(school=college.school, rule=rule, person=college.people["pupil"])
        rule.resources.add(own_digital_resource(college))
    return rule


def many_librarians(college: World, count: int) -> None:
    """`count` people more whom no rule means."""
    for _ in range(count):
        person = Person.objects.create(family_name=f"Doc {Person.objects.count()}", given_name="Ada")
        Holding.objects.create(person=person, role=Role.LIBRARIAN, school=college.school)


def own_list(college: World) -> BroughtList:
    """A list of the GAR that was brought, and waits."""
    report = {"created": 0, "changed": 0, "back": 0, "closed": 0, "same": 1, "aside": [], "names": {}}
    report["names"] = {part: [] for part in ("created", "changed", "back", "closed")}
    return BroughtList.objects.get_or_create(
        school=college.school,
        kind="resources",
        name="liste.json",
        digest="d",
        by=college.people["head"],
        defaults={"at": NOW, "facts": {"records": [], "aside": [], "kept": []}, "report": report},
    )[0]


def many_lists(college: World, count: int) -> None:
    for _ in range(count):
        BroughtList.objects.create(
            school=college.school,
            kind="resources",
            state="dropped",
            name=f"liste-{BroughtList.objects.count()}.json",
            digest="x",
            by=college.people["head"],
            at=NOW,
        )


def many_lines_aside(college: World, count: int) -> None:
    brought = own_list(college)
    brought.report["aside"] += [{"line": 3, "what": "Ressource", "reason": "Le nom manque."}] * count
    brought.save()
