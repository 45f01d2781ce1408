"""Words, dates, hours as French people write them."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils.functional import lazystr

from preau.foundation import csvtext, dates, templating, text

N = "\u00a0"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Élève", "eleve"),
        ("  DE LA  Cœur-Ève ", "de la coeur eve"),
        ("O’Connor d'Arc", "o connor d arc"),
        ("Ñandú Łódź ß", "nandu łodz ss"),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert text.fold(typed) == folded


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("5e B", "5<sup>e</sup> B"),
        ("1re STMG", "1<sup>re</sup> STMG"),
        ("6eA <b>", "6eA &lt;b&gt;"),
        ("2nde 4", "2nde 4"),
        ("Groupe 12", "Groupe 12"),
    ],
)
def test_ordinals(label: str, shown: str) -> None:
    assert text.ordinals(label) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("+33 6 39 98 79 26", f"06{N}39{N}98{N}79{N}26"),
        ("+33639987926", f"06{N}39{N}98{N}79{N}26"),
        ("+33 (0)2 61 91 00 00", f"02{N}61{N}91{N}00{N}00"),
        ("02.61.91.00.00", f"02{N}61{N}91{N}00{N}00"),
        ("+262 692 12 34 56", "+262 692 12 34 56"),
        ("3020", "3020"),
        ("anne@famille.example", "anne@famille.example"),
        ("", ""),
    ],
)
def test_a_french_phone_number_is_read_as_here(given: str, shown: str) -> None:
    assert text.phone(given) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Oui : non ; ou ? Bien !", "Oui\u202f: non\u202f; ou\u202f? Bien\u202f!"),
        ("« Valider » et « %(name)s »", "«\u202fValider\u202f» et «\u202f%(name)s\u202f»"),
        ("à 10:30, page ?suite=/, déjà\u202f: là", "à 10:30, page ?suite=/, déjà\u202f: là"),
    ],
)
def test_french_signs_stay_with_their_word(typed: str, shown: str) -> None:
    assert text.french(typed) == shown


def test_hours() -> None:
    assert dates.hour(time(8, 5)) == f"8{N}h{N}05"
    assert dates.hours(time(10, 15), time(11, 10)) == f"10{N}h{N}15{N}– 11{N}h{N}10"
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert dates.hour(noon) == f"13{N}h{N}00"
    assert dates.hour(noon, "Indian/Reunion") == f"16{N}h{N}00"


def test_days() -> None:
    tuesday = date(2026, 11, 24)
    assert dates.day(tuesday) == "mardi 24 novembre"
    assert dates.day(date(2026, 12, 1), year=True) == "mardi 1er décembre 2026"
    assert dates.near_day(tuesday, tuesday) == "aujourd’hui"
    assert dates.near_day(date(2026, 11, 25), tuesday) == "demain"
    assert dates.near_day(date(2025, 11, 23), tuesday) == "dimanche 23 novembre 2025"
    assert dates.monday_of(tuesday) == date(2026, 11, 23)


def test_a_day_is_the_local_one() -> None:
    assert dates.day(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == "mardi 24 novembre"
    assert dates.day_and_hour(datetime(2026, 11, 24, 7, 5, tzinfo=UTC)) == f"mardi 24 novembre à 8{N}h{N}05"


@pytest.mark.parametrize(("count", "shown"), [(5, f"5{N}min"), (59, f"59{N}min"), (65, f"1{N}h{N}05")])
def test_minutes(count: int, shown: str) -> None:
    assert dates.minutes(count) == shown


def test_a_count_is_read_with_its_thousands_apart() -> None:
    lines = '{{ ngettext("%(num)s ligne", "%(num)s lignes", count) }}'
    template = templating.environment(autoescape=True).from_string(lines)
    assert [template.render(count=count) for count in (1, 42, 1942)] == [
        "1 ligne",
        "42 lignes",
        "1\u202f942 lignes",
    ]
    assert dates.minutes(9141 * 60) == f"9\u202f141{N}h{N}00"


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert csvtext.safe(cell) == f"'{cell}"


def test_an_ordinary_cell_is_left_alone() -> None:
    assert csvtext.safe("ABADIE Nina") == "ABADIE Nina"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Nina", "Absences de Nina"),
        ("Anaïs", "Absences d’Anaïs"),
        ("ÉLOUAN Maé", "Absences d’ÉLOUAN Maé"),
        ("Œdipe", "Absences d’Œdipe"),
        ("Hamza", "Absences de Hamza"),
        ("Yanis", "Absences de Yanis"),
        ("6e A", "Absences de 6e A"),
        ("", "Absences de "),
    ],
)
def test_de_is_elided_before_a_vowel(name: str, said: str) -> None:
    assert text.filled("Absences de %(name)s", name=name) == said


def test_a_lazy_text_is_filled_as_another() -> None:
    assert (
        text.filled(lazystr("pendant le cours de %(name)s"), name="Anglais") == "pendant le cours d’Anglais"
    )


def test_elision_in_a_page_leaves_what_is_typed_escaped() -> None:
    says = templating.in_one_language(lambda sentence: sentence)
    assert says("Famille de %(name)s, %(day)s", name="<b>", day="lundi") == "Famille de &lt;b&gt;, lundi"
    assert says("Famille de %(name)s", name="Anaïs <b>") == "Famille d’Anaïs &lt;b&gt;"
    assert says("Aucune famille") == "Aucune famille"
