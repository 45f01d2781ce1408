"""What stays true of the whole building, and proof that each check catches a planted mistake."""

import os
import re
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.test.utils import isolate_apps
from django.urls import get_resolver, path, resolve
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from jinja2 import TemplateSyntaxError, UndefinedError

from conftest import TWIN, TwinLeak, refuse_twin
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import boards, readonly
from preau.foundation.access import AccessMiddleware, anyone, confirmed, opens, signed_in
from preau.foundation.boards import PersonalData
from preau.foundation.templating import NotOffered
from tests import building
from tests.declared import gathered
from tests.environment import ROOM

PACKAGE = Path(__file__).parent.parent / "preau"
OURS = [model for model in apps.get_models() if model.__module__.startswith("preau.")]


def test_each_process_of_the_tests_keeps_its_files_apart() -> None:
    """A test that sweeps the files no row names would take those of another worker, whose rows are in another database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    assert Path(settings.MEDIA_ROOT).parent == ROOM
    # Not by the name of the worker alone: another run of the same folder has one of that name.
    assert re.fullmatch(rf"\d+-{worker}", ROOM.name)


# 1. Every URL says who may open it.


def test_every_url_says_who_may_open_it() -> None:
    assert building.undeclared_routes(get_resolver().url_patterns) == []


def test_a_url_that_does_not_say_is_found_and_refused() -> None:
    def forgotten(request: Any) -> HttpResponse:
        return HttpResponse("anyone could read this")

    planted = [path("secret/", forgotten, name="secret")]
    assert building.undeclared_routes(planted) == ["secret: nobody said who may open it"]
    with pytest.raises(ImproperlyConfigured, match="forgotten does not say who may open it"):
        AccessMiddleware(lambda request: HttpResponse()).process_view(
            RequestFactory().get("/"), forgotten, (), {}
        )


def test_an_address_belongs_to_one_house_whatever_their_order() -> None:
    # But the journal of a school, which the directory would read as a school called so: it comes before.
    contested = building.contested_addresses(get_resolver().url_patterns)
    assert [(address, resolve(address).view_name) for address in contested] == [
        ("/etablissement/journal/", "journal:lines")
    ]


def test_an_address_of_two_houses_is_found() -> None:
    page = opens(to=anyone)(lambda request: HttpResponse())
    planted = [path("absences/<str:key>/", page, name="any"), path("absences/<int:pk>/", page, name="one")]
    assert building.contested_addresses(planted) == ["/absences/7/"]


def test_public_pages_are_exactly_those_of_the_board() -> None:
    assert building.public_routes(get_resolver().url_patterns) == {
        route.url_name for route in boards.public_routes
    }


def test_a_public_page_missing_from_the_board_would_show() -> None:
    planted = [path("open/", opens(to=anyone)(lambda request: HttpResponse()), name="open")]
    assert building.public_routes(planted) == {"open"}


# 2. Every scoped model says who sees it.


def test_what_a_browser_left_open_must_not_do_is_confirmed() -> None:
    declarations = gathered()
    patterns = get_resolver().url_patterns
    assert building.unconfirmed_routes(patterns, declarations.confirmed, declarations.not_confirmed) == []


def test_a_file_that_nobody_confirms_is_found() -> None:
    @opens(to=signed_in)
    @require_safe
    def taken(request: Any) -> HttpResponse:
        return HttpResponse(headers={"Content-Disposition": "attachment"})

    @opens(to=signed_in)
    @confirmed()
    @require_safe
    def linked(request: Any) -> HttpResponse:
        return HttpResponse(headers={"Content-Disposition": "attachment"})

    @opens(to=signed_in)
    @require_POST
    def gesture(request: Any) -> HttpResponse:
        return HttpResponse()

    planted = [path("a/", taken, name="a"), path("b/", linked, name="b"), path("c/", gesture, name="c")]
    assert building.unconfirmed_routes(planted, {"c"}, ["d"]) == [
        "a: hands a file over, and nobody is asked to confirm (@confirmed)",
        "b: hands a file over by a link: @confirmed(reading=True)",
        "c: a gesture that asks to confirm, and does not (@confirmed)",
        "d: no such route any more",
    ]


def test_every_scoped_model_says_who_sees_it() -> None:
    assert building.unscoped_models(OURS) == []


@pytest.mark.parametrize("role", Role)
def test_no_table_shows_a_row_of_the_school_beside(role: Role, holder: Any, twin: World) -> None:
    # Whoever runs the whole platform sees how many people each school has, and nothing else of it.
    counts = ["platform.Figures"] if role == Role.OPERATOR else []
    assert building.shows_of(OURS, holder(role), twin.school, TWIN) == counts


@pytest.mark.parametrize("key", ["guardian", "pupil"])
def test_no_table_shows_a_family_a_row_of_the_school_beside(key: str, seat_of: Any, twin: World) -> None:
    assert building.shows_of(OURS, seat_of(key), twin.school, TWIN) == []


def test_a_table_that_shows_a_row_is_found(seat_of: Any, twin: World) -> None:
    shown = building.shows_of(OURS, seat_of("head", world=twin), twin.school, TWIN)
    assert {"directory.School", "directory.Person", "identity.Account", "timetable.Lesson"} <= set(shown)
    assert {"attendance.Entry", "attendance.RollCall", "journal.Line"} <= set(shown)


@isolate_apps("preau.directory")
def test_a_model_that_does_not_say_who_sees_it_is_found() -> None:
    class Note(models.Model):
        pupil = models.ForeignKey(Person, models.CASCADE, related_name="+")

        class Meta:
            app_label = "directory"

    class Locker(models.Model):
        school = models.ForeignKey(School, models.CASCADE, related_name="+")
        objects = SchoolQuerySet.as_manager()

        class Meta:
            app_label = "directory"

    assert building.unscoped_models([Note, Locker]) == [
        "directory.Note: nobody said who sees its rows (visible_to)",
        "directory.Locker: nobody said who sees its rows (visible_to)",
    ]


# 3. Every table about people is on the personal data board, every field classed.


def test_every_table_about_people_is_classed() -> None:
    assert building.unclassed_people_data(OURS, boards.personal_data) == []


@isolate_apps("preau.directory")
def test_a_table_or_a_field_that_is_not_classed_is_found() -> None:
    class Diary(models.Model):
        author = models.ForeignKey(Person, models.CASCADE, related_name="+")
        text = models.TextField()

        class Meta:
            app_label = "directory"

    missing = building.unclassed_people_data([Diary], [])
    assert missing == ["directory.Diary: about people, but not on the personal_data board"]
    some = SimpleNamespace(model="directory.Diary", fields={"author": "personal", "mood": "sensitive"})
    assert building.unclassed_people_data([Diary], [some]) == [
        "directory.Diary.text: not classed",
        "directory.Diary.mood: classed, but no such field",
    ]


def test_the_board_says_why_and_for_how_long() -> None:
    for entry in boards.personal_data:
        assert isinstance(entry, PersonalData)
        assert all([entry.purpose, entry.legal_basis, entry.readers])
        assert apps.get_model(entry.model)


# 4. The twin school never shows.


def test_the_twin_school_has_what_could_leak(twin: Any) -> None:
    assert TWIN in twin.school.name
    assert all(TWIN in person.family_name for person in twin.people.values())


def test_a_page_that_shows_the_twin_school_is_caught() -> None:
    response = HttpResponse(f"<p>Collège {TWIN}</p>")
    response.request = {"PATH_INFO": "/fuite/"}  # type: ignore[attr-defined]
    with pytest.raises(TwinLeak, match="/fuite/ shows the twin school"):
        refuse_twin(response)


# 5. A GET changes no domain row.


@pytest.mark.django_db
def test_a_get_that_writes_is_stopped() -> None:
    def counting(request: Any) -> HttpResponse:
        School.objects.update(name="vu")
        return HttpResponse()

    guarded = readonly.ReadOnlyGetMiddleware(counting)
    says = "A GET may not change directory_school"
    with pytest.raises(readonly.WriteDuringRead, match=says), transaction.atomic():
        guarded(RequestFactory().get("/"))
    assert guarded(RequestFactory().post("/")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        'INSERT INTO "directory_school" VALUES (1)',
        'DELETE FROM "directory_school"',
        "insert or ignore into x values (1)",
    ],
)
def test_every_way_of_writing_is_seen(sql: str) -> None:
    with pytest.raises(readonly.WriteDuringRead), connection.execute_wrapper(readonly.refuse_writes):
        connection.cursor().execute(sql)


# 6. Undefined names and unknown component arguments fail.


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{ pupil }}", "'pupil' is undefined"),
        ("{% if pupil.absent %}{% endif %}", "'pupil' is undefined"),
        ("{{ ui.tag() }}", "parameter 'label' was not provided"),
    ],
)
def test_an_undefined_name_fails(template: str, says: str) -> None:
    with pytest.raises(UndefinedError, match=says):
        engines["pages"].from_string(template).render({})


@pytest.mark.parametrize(
    ("template", "error", "says"),
    [
        ("{{ ui.button('Valider', colour='green') }}", TypeError, "no keyword argument 'colour'"),
        ("{{ ui.buton('Valider') }}", UndefinedError, "no attribute 'buton'"),
        (
            "{{ ui.tag('Fait', tone='vert') }}",
            NotOffered,
            "ui.tag: tone is one of neutral, done, todo, changed; 'vert' is not",
        ),
        (
            "{{ ui.button('Valider', variant='big') }}",
            NotOffered,
            "variant is one of primary, secondary, quiet, danger",
        ),
    ],
)
def test_an_unknown_component_or_argument_fails(template: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        engines["pages"].from_string(template).render({})


# 8. Migrations are named, none is missing, each can be undone.


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named_and_reversible() -> None:
    loader = MigrationLoader(None)
    labels = {config.label for config in apps.get_app_configs() if config.name.startswith("preau.")}
    ours = [(label, migration) for (label, _), migration in loader.disk_migrations.items() if label in labels]
    assert len(ours) >= 8
    assert building.poor_migrations(ours) == []


def test_a_poor_migration_is_found() -> None:
    planted = Migration("0007_auto_20261124_1030", "directory")
    planted.operations = [RunPython(lambda apps, schema: None)]
    assert building.poor_migrations([("directory", planted)]) == [
        "directory.0007_auto_20261124_1030: give it a name that says what it does",
        "directory.0007_auto_20261124_1030: cannot be undone; say why (« Irreversible: … »)",
    ]


# 9. Module names say something; 10. no template is left over.


def test_modules_are_named_after_what_they_hold() -> None:
    assert building.badly_named_modules(PACKAGE) == []


def test_a_package_gives_no_name_of_its_modules_again() -> None:
    """Whoever needs a name imports the module that holds it; Django looks for models in one place (docs/decisions/0144)."""
    packages = [file for file in PACKAGE.glob("**/__init__.py") if not {"models", "manifest"} & {*file.parts}]
    assert len(packages) > 100
    assert not [file for file in packages if "__all__" in file.read_text()]


def test_a_drawer_is_found(tmp_path: Path) -> None:
    (tmp_path / "preau" / "attendance").mkdir(parents=True)
    (tmp_path / "preau" / "attendance" / "helpers.py").touch()
    assert building.badly_named_modules(tmp_path / "preau") == [
        "preau/attendance/helpers.py: « helpers » says nothing of what is inside"
    ]


def test_no_template_is_left_over() -> None:
    assert building.unused_templates(PACKAGE) == []
    assert building.unused_mails(PACKAGE) == []


def test_a_left_over_template_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "preau" / "x" / "templates" / "x"
    (folder / "mail").mkdir(parents=True)
    (folder / "old.html").write_text("<p>…</p>")
    (folder / "mail" / "old.txt").write_text("…")
    assert building.unused_templates(tmp_path / "preau") == ["x/old.html: nobody uses it"]
    assert building.unused_mails(tmp_path / "preau") == ["x/mail/old: nobody sends it"]


# Icons are all built, and texts are said in French.


def listed_icons() -> set[str]:
    lines = (PACKAGE.parent / "frontend" / "icons.txt").read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def test_every_icon_is_built() -> None:
    assert building.unknown_icons(PACKAGE, listed_icons()) == []


def test_an_icon_that_is_not_built_is_found() -> None:
    assert building.unknown_icons(PACKAGE, listed_icons() - {"home"}) == ["home: not in frontend/icons.txt"]


def test_french_counts_as_the_french_do() -> None:
    sentences = [ngettext("%(num)s élève", "%(num)s élèves", count) % {"num": count} for count in (0, 1, 2)]
    assert sentences == ["0 élève", "1 élève", "2 élèves"]


def test_every_text_is_said_as_it_is_typed() -> None:
    """Its signs held to their word, in the singular for 0 and 1 and in the plural for 2; an unreadable template raises."""
    assert building.said_otherwise(PACKAGE) == []


def test_a_text_that_django_says_otherwise_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        'a = _("Yes")\nb = _("Ici : là")\nc = ngettext("%(num)d day", "%(num)d days : là", 2)\n'
    )
    assert building.said_otherwise(tmp_path) == [
        "« %(num)d day » is said « %(num)d jour »",
        "« %(num)d days : là » is said « %(num)d jours »",
        "« Yes » is said « Oui »",
    ]


def test_the_texts_of_a_folder_are_all_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    page = tmp_path / "templates" / "a.html"
    page.write_text('{{ ngettext("%(num)s mot", "%(num)s mots", count) }}{% do one.append(_("Ici")) %}')
    (tmp_path / "a.py").write_text(
        'a = gettext_lazy("Là")\nb = ngettext_lazy("un mot", "des mots", "count")\n'
    )
    found = {("%(num)s mot", "%(num)s mots"), "Ici", "Là", ("un mot", "des mots")}
    assert building.texts(tmp_path) == found
    page.write_text('{{ _("Ici" }}')
    with pytest.raises(TemplateSyntaxError):
        building.texts(tmp_path)


def test_no_sign_of_a_text_may_leave_its_word() -> None:
    """gettext keeps « : » and its like with their word; what does not pass through it does so by itself."""
    assert building.loose_signs(PACKAGE) == []


def test_a_loose_sign_is_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(
        '{# Un mot : rien. #}Oui : non{{ _("Ici : là") }}{{ url("a:b") }}?c{{ x }}« '
    )
    (tmp_path / "a.py").write_text(
        '"""Un mot : rien."""\nx = f"{y} : {z}"\nt = _("Ici : là")\nSQL = "SELECT a WHERE b = ? AND c"\n'
    )
    assert building.loose_signs(tmp_path) == [
        "a.py: « : »",
        "templates/a.html: « Oui : non »",
        "templates/a.html: « « »",
    ]


# 11. Warnings are errors.


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning, match="old way"):
        warnings.warn("old way", DeprecationWarning, stacklevel=1)
