"""A school settles itself: name, logo, colours, hours, periods, holidays, who administers; and the trace it leaves."""

import json
import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import html
from PIL import Image

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Closure, Group, Holding, Period, School
from preau.directory.queries.settings import days_off
from preau.directory.seeds.world import World
from preau.directory.words import Palette

TODAY = NOW.date()
ROOT = Path(__file__).parents[3]
IDENTITY = {"name": "Collège Rosa-Parks", "phone": "02 99 00 00 01", "email": "college@ecole.example"}


@pytest.fixture
def head(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["head"])


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def line(verb: str) -> Line:
    return Line.objects.filter(verb=verb).latest("pk")


# Name and contacts


def test_the_head_renames_the_school(head: SchoolClient, college: World) -> None:
    response = head.post(reverse("directory:identity"), IDENTITY, follow=True)
    assert "Collège Rosa-Parks" in response.content.decode()
    school = School.objects.get(pk=college.school.pk)
    assert (school.name, school.email) == ("Collège Rosa-Parks", "college@ecole.example")
    # What was typed is not in the journal: only what changed.
    assert line("directory.identity_changed").details == {"fields": "name,phone,email"}
    # The official files do not take the name back.
    assert school.settled == ["name", "phone"]


def test_a_name_that_did_not_change_stays_with_the_official_files(head: SchoolClient, college: World) -> None:
    head.post(reverse("directory:identity"), {"name": college.school.name, "phone": college.school.phone})
    assert School.objects.get(pk=college.school.pk).settled == []
    assert not Line.objects.filter(verb="directory.identity_changed").exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "obligatoire"),
        ({"phone": "<b>"}, "Un numéro de téléphone"),
        ({"email": "personne"}, "adresse"),
        ({"website": "javascript:alert(1)"}, "Cette adresse n’est pas complète"),
        ({"website": "ftp://college.example"}, "https://"),
    ],
)
def test_what_is_typed_wrong_is_said_beside_its_field(
    head: SchoolClient, college: World, typed: dict[str, str], says: str
) -> None:
    response = head.post(reverse("directory:identity"), IDENTITY | typed)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert School.objects.get(pk=college.school.pk).name == college.school.name


@pytest.mark.parametrize("key", ["secretary", "cpe", "teacher", "guardian", "pupil"])
def test_nobody_else_changes_the_settings(client: SchoolClient, college: World, key: str) -> None:
    client.sit(college.people[key])
    for name in ("identity", "look", "take_logo", "hours", "closures", "zone", "administrators"):
        assert client.post(reverse(f"directory:{name}"), IDENTITY).status_code == 403, name
    assert School.objects.get(pk=college.school.pk).name == college.school.name


def test_the_other_school_is_neither_seen_nor_changed(head: SchoolClient, twin: World) -> None:
    period = Period.objects.filter(year=twin.year)[0]
    closure = Closure.objects.filter(school=twin.school).order_by("-starts")[0]
    for name, kwargs in (
        ("change_period", {"pk": period.pk}),
        ("school", {"public_id": twin.school.public_id}),
        ("logo", {"public_id": twin.school.public_id}),
    ):
        assert head.get(reverse(f"directory:{name}", kwargs=kwargs)).status_code == 404
    assert head.post(reverse("directory:remove_closure", kwargs={"pk": closure.pk})).status_code == 404
    assert head.post(reverse("directory:remove_period", kwargs={"pk": period.pk})).status_code == 404
    assert Closure.objects.filter(pk=closure.pk).exists()


# Logo


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), **fields: Any) -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", size, "green").save(drawn, kind, **fields)
    return SimpleUploadedFile(f"photo.{kind.lower()}", drawn.getvalue())


def test_a_logo_is_redrawn_without_its_metadata(head: SchoolClient, college: World, shelf: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Pris chez moi"
    head.post(reverse("directory:take_logo"), {"picture": picture(exif=exif)})
    [kept] = list(shelf.rglob("*.png"))
    with Image.open(kept) as image:
        assert image.format == "PNG"
        assert image.size == (512, 341)
        assert not image.getexif()
    assert b"Pris chez moi" not in kept.read_bytes()
    assert re.fullmatch(r"[0-9a-f]{32}\.png", kept.name)


def test_a_logo_is_served_to_its_school_in_a_sandbox(
    client: SchoolClient, college: World, twin: World
) -> None:
    client.sit(college.people["head"]).post(reverse("directory:take_logo"), {"picture": picture()})
    address = reverse("directory:logo", kwargs={"public_id": college.school.public_id})
    answer = client.sit(college.people["guardian"]).get(address)
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.sit(twin.people["head"]).get(address).status_code == 404
    assert SchoolClient().get(address).status_code == 302


def test_a_logo_whose_file_is_lost_is_not_there(head: SchoolClient, college: World, shelf: Path) -> None:
    """A backup put back without its files: the page goes on, without its picture."""
    head.post(reverse("directory:take_logo"), {"picture": picture()})
    for kept in shelf.rglob("*.png"):
        kept.unlink()
    address = reverse("directory:logo", kwargs={"public_id": college.school.public_id})
    assert head.get(address).status_code == 404
    assert head.get("/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (SimpleUploadedFile("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), "SVG"),
        (SimpleUploadedFile("a.png", b"<?xml version='1.0'?><svg></svg>"), "SVG"),
        (SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n, and then nothing"), "lisible"),
        (SimpleUploadedFile("a.png", b"MZ a program"), "lisible"),
        (SimpleUploadedFile("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "lisible"),
        (SimpleUploadedFile("a.png", b"\x89PNG" + b"0" * (5 * 1024 * 1024)), "trop lourde"),
    ],
    ids=["svg", "svg under another name", "cut", "program", "gif", "heavy"],
)
def test_what_is_no_picture_is_refused(
    head: SchoolClient, college: World, shelf: Path, sent: SimpleUploadedFile, says: str
) -> None:
    response = head.post(reverse("directory:take_logo"), {"picture": sent})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not list(shelf.rglob("*.png"))


def test_a_bomb_is_refused_before_it_is_drawn(head: SchoolClient, college: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("preau.foundation.pictures.MOST_PIXELS", 900 * 600 - 1)
    assert "trop grande" in head.post(reverse("directory:take_logo"), {"picture": picture()}).content.decode()


def test_a_new_logo_replaces_the_former_one(
    head: SchoolClient, college: World, shelf: Path, django_capture_on_commit_callbacks: Any
) -> None:
    for colour in ("JPEG", "PNG"):
        with django_capture_on_commit_callbacks(execute=True):
            head.post(reverse("directory:take_logo"), {"picture": picture(colour)})
    assert len(list(shelf.rglob("*.png"))) == 1
    with django_capture_on_commit_callbacks(execute=True):
        head.post(reverse("directory:remove_logo"))
    assert not list(shelf.rglob("*.png"))
    assert not School.objects.get(pk=college.school.pk).logo
    assert default_storage.listdir("logos")[1] == []


# Colours


def test_a_palette_is_worn_by_every_page(head: SchoolClient, college: World) -> None:
    head.post(reverse("directory:look"), {"palette": "prune"})
    html = head.get("/").content.decode()
    assert '<html lang="fr" data-color-scheme="auto" data-palette="prune"' in html
    assert head.post(reverse("directory:look"), {"palette": "fluo"}).status_code == 422


def built_palettes() -> str:
    return (ROOT / "build" / "palettes.css").read_text()


def test_every_palette_is_built_and_none_else() -> None:
    asked = set(json.loads((ROOT / "frontend" / "palettes.json").read_text()))
    assert asked == set(Palette.values) == set(re.findall(r'data-palette="(\w+)"', built_palettes()))


def tokens_of(palette: str, scheme: str) -> dict[str, str]:
    start = f'[data-palette="{palette}"]' + ('[data-color-scheme="dark"]' if scheme == "dark" else "")
    block = re.search(re.escape(start) + r"\{([^}]*)\}", built_palettes())
    assert block
    return dict(re.findall(r"--ds-color-accent-([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# What is written on what, and the ratio that WCAG asks (AA): 4.5 for words, 3 for what must be seen.
PAIRS = [
    ("text-default", "background-default", 4.5),
    ("text-default", "background-tinted", 4.5),
    ("text-default", "surface-tinted", 4.5),
    ("text-subtle", "background-default", 4.5),
    ("text-subtle", "surface-tinted", 4.5),
    ("base-contrast-default", "base-default", 4.5),
    ("base-contrast-default", "base-hover", 4.5),
    ("base-default", "background-default", 3),
    ("border-strong", "surface-default", 3),
    ("border-default", "surface-default", 3),
]


def too_faint(tokens: dict[str, str]) -> list[tuple[str, str]]:
    return [(one, other) for one, other, least in PAIRS if contrast(tokens[one], tokens[other]) < least]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("palette", Palette.values)
def test_every_palette_can_be_read(palette: str, scheme: str) -> None:
    assert too_faint(tokens_of(palette, scheme)) == []


def test_a_faint_palette_is_found() -> None:
    tokens = tokens_of("ocean", "light") | {"text-default": "#a0b0c0", "base-default": "#9ad0f0"}
    assert ("text-default", "background-default") in too_faint(tokens)
    assert ("base-contrast-default", "base-default") in too_faint(tokens)


# Hours and periods


def test_hours_are_shown_to_everyone(client: SchoolClient, college: World) -> None:
    client.sit(college.people["head"])
    assert (
        client.post(reverse("directory:hours"), {"opens_at": "17:00", "closes_at": "08:00"}).status_code
        == 422
    )
    client.post(reverse("directory:hours"), {"opens_at": "08:00", "closes_at": "17:30"})
    page = client.sit(college.people["pupil"]).get(
        reverse("directory:school", kwargs={"public_id": college.school.public_id})
    )
    assert "8\u00a0h\u00a000\u00a0– 17\u00a0h\u00a030" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"starts": "2026-11-30", "ends": "2026-12-04"}, "occupe déjà ces jours"),
        ({"name": "Trimestre 2", "starts": "2027-07-01", "ends": "2027-07-02"}, "porte ce nom"),
        ({"starts": "2027-07-02", "ends": "2027-07-01"}, "précède le début"),
        ({"starts": "2025-11-01", "ends": "2025-12-01"}, "Hors de l’année"),
        ({"starts": ""}, "obligatoire"),
    ],
)
def test_a_period_that_cannot_be_is_refused(
    head: SchoolClient, college: World, typed: dict[str, str], says: str
) -> None:
    Period.objects.filter(year=college.year, name="Trimestre 3").update(ends=date(2027, 6, 30))
    form = {"name": "Révisions", "starts": "2027-07-01", "ends": "2027-07-02"} | typed
    response = head.post(reverse("directory:create_period"), form)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert Period.objects.filter(year=college.year).count() == 3


def test_a_period_is_created_changed_and_removed(head: SchoolClient, college: World) -> None:
    third = Period.objects.get(year=college.year, name="Trimestre 3")
    change = reverse("directory:change_period", kwargs={"pk": third.pk})
    head.post(change, {"name": "Trimestre 3", "starts": "2027-03-16", "ends": "2027-06-30"})
    head.post(
        reverse("directory:create_period"), {"name": "Été", "starts": "2027-07-01", "ends": "2027-07-04"}
    )
    summer = Period.objects.get(year=college.year, name="Été")
    head.post(reverse("directory:remove_period", kwargs={"pk": summer.pk}))
    assert [p.name for p in Period.objects.filter(year=college.year)] == [
        "Trimestre 1",
        "Trimestre 2",
        "Trimestre 3",
    ]
    verbs = ["period_changed", "period_created", "period_removed"]
    assert all(line(f"directory.{verb}").school_id == college.school.pk for verb in verbs)


# Holidays


def test_holidays_are_said_once_with_their_public_holidays_inside() -> None:
    days = [
        ("Vacances de Noël", date(2026, 12, 19), date(2026, 12, 24)),
        ("Noël", date(2026, 12, 25), date(2026, 12, 25)),
        ("Vacances de Noël", date(2026, 12, 26), date(2026, 12, 31)),
        ("Jour de l’an", date(2027, 1, 1), date(2027, 1, 1)),
        ("Vacances de Noël", date(2027, 1, 2), date(2027, 1, 3)),
        ("Pont", date(2027, 1, 4), date(2027, 1, 4)),
        ("Pont", date(2027, 5, 7), date(2027, 5, 7)),
        ("Ascension", date(2027, 5, 8), date(2027, 5, 8)),
        ("Pont", date(2027, 5, 10), date(2027, 5, 10)),
    ]
    found = days_off(Closure(name=name, starts=first, ends=last) for name, first, last in days)
    assert [(one.name, one.starts, one.ends) for one in found] == [
        ("Vacances de Noël", date(2026, 12, 19), date(2027, 1, 3)),
        *days[5:],
    ]


def test_another_zone_moves_the_holidays_to_come_and_nothing_else(head: SchoolClient, college: World) -> None:
    mine = Closure.objects.create(
        school=college.school, name="Pont", starts=date(2027, 5, 7), ends=date(2027, 5, 7)
    )
    past = set(Closure.objects.filter(school=college.school, starts__lte=TODAY))
    seen = head.get(reverse("directory:zone"), {"zone": "C"}).content.decode()
    assert "Redeviennent des jours de cours" in seen
    assert School.objects.get(pk=college.school.pk).holiday_zone == "B"
    head.post(reverse("directory:zone"), {"zone": "C"})
    names = {(c.name, c.starts) for c in Closure.objects.filter(school=college.school, starts__gt=TODAY)}
    assert ("Vacances d’hiver", date(2027, 2, 6)) in names
    assert {name for name in names if name[0] == "Vacances d’hiver"} == {
        ("Vacances d’hiver", date(2027, 2, 6))
    }
    assert mine in Closure.objects.filter(school=college.school)
    assert past == set(Closure.objects.filter(school=college.school, starts__lte=TODAY))
    assert line("directory.zone_changed").details == {"zone": "C"}


def test_a_zone_without_a_published_calendar_keeps_its_own_public_holidays(
    head: SchoolClient, college: World
) -> None:
    head.post(reverse("directory:zone"), {"zone": "reunion"})
    coming = set(
        Closure.objects.filter(school=college.school, starts__gt=TODAY).values_list("name", flat=True)
    )
    assert "Abolition de l’esclavage" in coming
    assert not any(name.startswith("Vacances") for name in coming)


def test_a_closure_is_not_announced_for_today(head: SchoolClient, college: World) -> None:
    form = {"name": "Neige", "starts": TODAY.isoformat(), "ends": TODAY.isoformat()}
    response = head.post(reverse("directory:closures"), form)
    assert response.status_code == 422
    assert "au plus tard la veille" in response.content.decode()


def test_a_closure_is_announced_until_the_end_of_next_year(head: SchoolClient, college: World) -> None:
    assert college.year
    for days, status in ((366, 302), (367, 422)):
        far = (college.year.ends + timedelta(days=days)).isoformat()
        form = {"name": f"Travaux {days}", "starts": far, "ends": far}
        assert head.post(reverse("directory:closures"), form).status_code == status, days


def test_reopening_a_closure_that_has_begun_ends_it_today(head: SchoolClient, college: World) -> None:
    closure = Closure.objects.create(
        school=college.school,
        name="Travaux",
        starts=TODAY - timedelta(days=1),
        ends=TODAY + timedelta(days=2),
    )
    head.post(reverse("directory:remove_closure", kwargs={"pk": closure.pk}))
    closure.refresh_from_db()
    assert (closure.starts, closure.ends) == (TODAY - timedelta(days=1), TODAY)


# Who administers


def holding_of(college: World, key: str) -> Holding:
    return Holding.objects.get(person=college.people[key], school=college.school)


def test_the_head_gives_the_settings_until_a_day_and_takes_them_back(
    client: SchoolClient, college: World, clock: Any
) -> None:
    secretary, until = holding_of(college, "secretary"), TODAY + timedelta(days=3)
    head, other = client.sit(college.people["head"]), SchoolClient().sit(college.people["secretary"])
    head.post(
        reverse("directory:administrators"),
        {"power": "settings", "holding": secretary.pk, "until": until.isoformat()},
    )
    assert other.get(reverse("directory:identity")).status_code == 200
    # Not given on, and neither the journal nor another school comes with it.
    assert other.get(reverse("directory:administrators")).status_code == 403
    assert other.get(reverse("journal:changes")).status_code == 403
    clock.move_to(NOW + timedelta(days=3))
    assert SchoolClient().sit(college.people["secretary"]).get(reverse("directory:look")).status_code == 200
    clock.move_to(NOW + timedelta(days=4))
    assert SchoolClient().sit(college.people["secretary"]).get(reverse("directory:look")).status_code == 403
    clock.move_to(NOW)
    head = client.sit(college.people["head"])
    head.post(reverse("directory:end_delegation", kwargs={"pk": secretary.pk}))
    assert SchoolClient().sit(college.people["secretary"]).get(reverse("directory:look")).status_code == 403
    assert line("directory.power_taken_back").subject_id == college.people["secretary"].pk


@pytest.mark.parametrize("key", ["pupil", "head"])
def test_the_settings_are_given_to_staff_only(head: SchoolClient, college: World, key: str) -> None:
    until = (TODAY + timedelta(days=3)).isoformat()
    form = {"power": "settings", "holding": holding_of(college, key).pk, "until": until}
    assert head.post(reverse("directory:administrators"), form).status_code == 422


def test_the_settings_are_not_given_elsewhere_nor_for_ever(
    head: SchoolClient, college: World, twin: World
) -> None:
    for holding, days in ((holding_of(twin, "cpe"), 3), (holding_of(college, "cpe"), 400)):
        until = (TODAY + timedelta(days=days)).isoformat()
        form = {"power": "settings", "holding": holding.pk, "until": until}
        assert head.post(reverse("directory:administrators"), form).status_code == 422
    given = holding_of(twin, "cpe")
    Holding.objects.filter(pk=given.pk).update(scope={"settings": {"until": "2027-01-01", "by": 1}})
    assert head.post(reverse("directory:end_delegation", kwargs={"pk": given.pk})).status_code == 404


# The journal of changes


def test_the_head_reads_who_changed_what(head: SchoolClient, college: World, twin: World) -> None:
    SchoolClient().sit(twin.people["head"]).post(reverse("directory:look"), {"palette": "ocean"})
    head.post(reverse("directory:look"), {"palette": "nuit"})
    head.post(reverse("directory:identity"), IDENTITY)
    until = (TODAY + timedelta(days=3)).isoformat()
    head.post(
        reverse("directory:administrators"),
        {"power": "settings", "holding": holding_of(college, "cpe").pk, "until": until},
    )
    page = head.get(reverse("journal:changes")).content.decode()
    for words in ("Couleurs changées", "Bleu nuit", "nom, téléphone, courriel", "Hélène Carpentier"):
        assert words in page
    assert "Droit confié" in page
    assert "Samia Haddad" in page
    assert TWIN not in page
    assert "Bleu océan" not in page


def test_the_journal_has_pages(head: SchoolClient, college: World) -> None:
    for number in range(40):
        head.post(reverse("directory:look"), {"palette": Palette.values[number % 2 + 1]})
    assert "Page 1 sur 2" in head.get(reverse("journal:changes")).content.decode()
    assert head.get(reverse("journal:changes"), {"page": 2}).content.decode().count("Couleurs changées") == 10


def test_every_verb_of_the_settings_has_its_words() -> None:
    """A verb that the board does not know would be missing from the journal page."""
    from preau.foundation import boards  # noqa: PLC0415

    actions = ROOT / "preau" / "directory" / "actions"
    sources = [(actions / f"{name}.py").read_text() for name in ("settings", "powers", "guests", "reviews")]
    notices = {"directory.review_due"}
    # Lines of before the powers had a board.
    former = {"directory.settings_given", "directory.settings_taken_back"}
    verbs = set(re.findall(r'"(directory\.\w+)"', "".join(sources))) - notices
    assert verbs
    assert verbs | former == {
        word.verb
        for word in boards.journal_words
        if word.topic == "settings" and word.verb.startswith("directory.")
    }


def test_levels_are_said_as_schools_do_the_youngest_first(head: SchoolClient, college: World) -> None:
    """Official files write « 6EME », and « 3EME » comes before it in the alphabet."""
    classes = list(Group.objects.classes().filter(year=college.year).order_by("name"))
    Group.objects.filter(pk=classes[0].pk).update(level="3EME")
    Group.objects.exclude(pk=classes[0].pk).filter(year=college.year, kind="class").update(level="6EME")
    address = reverse("directory:service", kwargs={"key": "homework"})
    page = html.fromstring(head.get(address).content)
    choices = {
        one.get("value"): one.getparent().text_content().strip()
        for one in page.xpath("//input[@name='levels']")
    }
    assert list(choices) == ["6EME", "3EME"]
    assert [" ".join(choice.split()) for choice in choices.values()] == ["6e", "3e"]
    head.post(address, {"open": "on", "levels": ["6EME"]})
    assert "Fermé en 6e" in head.get(reverse("directory:services")).content.decode()
