"""For families who read little French: phrases with pictograms, a language of one's own, and a machine that replaces nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.privacy.queries.register import leaving
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Role
from preau.domains.liaison import exports, rules
from preau.domains.liaison.actions import answering, translating, writing
from preau.domains.liaison.models import (
    Answer,
    Precision,
    ReadingLanguage,
    TranslationPermit,
    Word,
    WordTranslation,
)
from preau.domains.liaison.models.languages import LANGUAGES
from preau.domains.liaison.queries import masking, phrases, reading
from preau.domains.liaison.tests import standin
from preau.domains.liaison.tests.props import a_draft, a_word, copy_of
from preau.domains.liaison.tests.standin import StandIn
from preau.foundation import translators
from preau.foundation.translators import Unreachable

pytestmark = pytest.mark.django_db
CHECKED = """
[[phrase]]
key = "outing"
sign = "backpack"
text = "Il y a une sortie. La classe sort de l’école."
checked_by = ""
[phrase.translations.tr]
text = "Essai"
checked_by = "Ayla Demir, interprète"
checked_on = "2027-01-12"
[phrase.translations.ar]
text = "Pas encore relu"
checked_by = ""
"""


@pytest.fixture
def machine(settings: Any) -> Iterator[type[StandIn]]:
    """A site whose operator has set a translator."""
    settings.TRANSLATOR = standin.PATH
    StandIn.given, StandIn.says, StandIn.is_down = [], None, False
    yield StandIn
    StandIn.given, StandIn.says, StandIn.is_down = [], None, False


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bank of which one translation has been checked, and one has not."""
    made = phrases.read(CHECKED)
    monkeypatch.setattr(phrases, "bank", lambda: made)


def permitted(world: World) -> None:
    TranslationPermit.objects.create(school=world.school, by=world.people["head"], at=NOW)


def reads(world: World, key: str, code: str) -> None:
    ReadingLanguage.objects.update_or_create(person=world.people[key], defaults={"code": code})


def page_of(client: SchoolClient, world: World, word: Word, key: str = "guardian") -> str:
    shown = client.sit(world.people[key]).get(
        reverse("liaison:read", args=[copy_of(word, world.people[key]).pk])
    )
    return str(shown.content.decode())


# The bank


def test_the_bank_that_ships_says_of_no_translation_that_it_was_checked(
    college: World, client: SchoolClient
) -> None:
    found = phrases.bank()
    icons = set((Path(__file__).parents[4] / "frontend" / "icons.txt").read_text().split())
    assert len(found) > 10 and {one.sign for one in found.values()} <= icons
    assert not phrases.has_checked() and not any(one.translations for one in found.values())
    page = client.sit(college.people["teacher"]).get(reverse("liaison:phrases")).content.decode()
    assert "Aucune traduction n’a encore été vérifiée" in page and "pas encore vérifié" in page
    assert "interprète" not in page


def test_only_what_names_who_checked_it_is_shown_as_such(
    college: World, client: SchoolClient, bank: None
) -> None:
    page = client.sit(college.people["teacher"]).get(reverse("liaison:phrases")).content.decode()
    assert "Ayla Demir, interprète" in page and "Essai" in page
    assert "Pas encore relu" not in page and "1 traduction attend" in page
    word = a_word(college, phrases=phrases.frozen(["outing"]))
    reads(college, "guardian", "ar")
    assert "Pas encore relu" not in page_of(client, college, word)
    reads(college, "guardian", "tr")
    mine = page_of(client, college, word)
    assert '<span lang="tr" dir="ltr">Essai</span>' in mine and "Ayla Demir" in mine
    assert "Il y a une sortie." in mine
    assert "Essai" not in page_of(client, college, word, "other_guardian")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('checked_on = "2027-01-12"', ""),
        ('checked_by = "Ayla Demir, interprète"\n', ""),
        ('"2027-01-12"', '"hier"'),
        ("translations.tr", "translations.xx"),
        ('text = "Essai"', 'text = ""'),
        ('sign = "backpack"', ""),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused(before: str, after: str) -> None:
    with pytest.raises(phrases.WrongBank):
        phrases.read(CHECKED.replace(before, after))
    with pytest.raises(phrases.WrongBank):
        phrases.read(CHECKED + CHECKED)


def test_a_translation_of_another_french_is_not_shown(college: World, bank: None) -> None:
    word = a_word(college, phrases=[{"key": "outing", "sign": "backpack", "text": "Une sortie."}])
    assert phrases.checked_in(word, "tr") == {}
    word.phrases = phrases.frozen(["outing", "gone"])
    assert list(phrases.checked_in(word, "tr")) == ["outing"] and phrases.checked_in(word, "pt") == {}


def test_a_word_bears_phrases_that_are_signed_with_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    typed = {"kind": "information", "title": "Sortie", "text": "Jeudi.", "groups": [own_class(college).pk]}
    wrong = client.post(reverse("liaison:write"), typed | {"phrases": ["nothing"]})
    assert wrong.status_code == 422
    client.post(reverse("liaison:write"), typed | {"phrases": ["free", "outing"]})
    word = Word.objects.get(title="Sortie")
    assert [one["key"] for one in word.phrases] == ["outing", "free"]
    writing.send(seat_of("teacher"), word)
    word.refresh_from_db()
    copy, mother = copy_of(word, college.people["guardian"]), seat_of("guardian", "guardian")
    page = page_of(client, college, word)
    assert "C’est gratuit." in page and 'class="word-phrases"' in page
    assert "C’est gratuit." in exports.coupons_page(word, [copy], [])
    answering.answer(mother, copy, answering.Said(is_yes=True))
    answer = Answer.objects.get(recipient=copy)
    lines = reading.lines_of_answer(answer, word, [], [])
    assert "C’est gratuit." in lines and answer.digest == reading.digest_of_lines(lines)
    assert "C’est gratuit." in client.get(reverse("liaison:book")).content.decode()


def test_a_word_without_phrases_has_the_digest_that_it_had(college: World) -> None:
    word = a_word(college)
    assert reading.lines_shown(word, [], []) == [word.title, "Autorisation (usuel)", word.text]


# One's language


def test_a_guardian_chooses_a_language_from_their_profile_and_nobody_else_reads_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    page, profile = reverse("liaison:language"), reverse("identity:profile")
    client.sit(college.people["guardian"])
    assert page in client.get(profile).content.decode()
    assert "العربيّة" in client.get(page).content.decode()
    assert client.post(page, {"language": "xx"}).status_code == 422
    client.post(page, {"language": "ar"})
    assert ReadingLanguage.objects.get(person=college.people["guardian"]).language.is_rtl
    assert "Aucune traduction n’a encore été vérifiée" in client.get(page).content.decode()
    for key in ("head", "teacher", "other_guardian", "pupil"):
        assert not ReadingLanguage.objects.visible_to(seat_of(key)).exists(), key
    client.post(page, {"language": ""})
    assert not ReadingLanguage.objects.exists()
    for key in ("teacher", "pupil"):
        client.sit(college.people[key])
        assert client.get(page).status_code == 403 and page not in client.get(profile).content.decode()


# The machine


def test_without_a_translator_nothing_is_offered_nor_sent(
    college: World, client: SchoolClient, seat_of: Any, settings: Any
) -> None:
    assert not settings.TRANSLATOR and not translators.is_offered()
    word = a_word(college)
    permitted(college)
    reads(college, "guardian", "tr")
    assert "Traduire avec une machine" not in page_of(client, college, word)
    with pytest.raises(translating.NotOffered):
        translating.translate(seat_of("guardian", "guardian"), copy_of(word, college.people["guardian"]))
    with pytest.raises(LookupError):
        translators.translator()
    assert (
        "Aucune machine" in client.sit(college.people["head"]).get(reverse("liaison:permit")).content.decode()
    )


def test_a_translation_stands_beside_the_french_and_is_never_what_is_signed(
    college: World, client: SchoolClient, machine: type[StandIn], seat_of: Any
) -> None:
    word = a_word(college, text="Le musée, jeudi.\nRetour à midi.")
    permitted(college)
    reads(college, "guardian", "ar")
    copy = copy_of(word, college.people["guardian"])
    assert "Traduire avec une machine" in page_of(client, college, word)
    content = client.post(reverse("liaison:translate", args=[copy.pk]), follow=True).content.decode()
    assert "Traduction automatique, non vérifiée" in content and "Seul le texte en français compte" in content
    assert (
        'lang="ar" dir="rtl"' in content and "Retour à midi." in content and "ar: midi. à Retour" in content
    )
    assert f'name="lu" value="{reading.digest_shown(word)}"' in content
    client.post(reverse("liaison:sign", args=[copy.pk]), {"said": "oui", "lu": reading.digest_shown(word)})
    answer = Answer.objects.get(recipient=copy)
    assert not any("ar:" in line for line in reading.lines_of_answer(answer, word, [], []))
    # Asked once for all who read that language; the other parent has chosen none.
    client.post(reverse("liaison:translate", args=[copy.pk]))
    assert len(machine.given) == 1 and WordTranslation.objects.get().word == word
    assert "Traduction automatique" not in page_of(client, college, word, "other_guardian")
    # Of another text, nothing is shown until it is asked again.
    Precision.objects.create(word=word, text="Prévoir un manteau.", by=word.author, at=NOW)
    later = page_of(client, college, word)
    assert "ar: midi" not in later and "Traduire avec une machine" in later


def test_nothing_personal_leaves(college: World, machine: type[StandIn], seat_of: Any) -> None:
    pupil, mother, teacher = (college.people[key] for key in ("pupil", "guardian", "teacher"))
    text = (
        f"{pupil.given_name} {pupil.family_name.upper()} et {mother.full_name} voient {teacher.full_name}. "
        "Écrire à vie.scolaire@college.example, appeler le 01 23 45 67 89, lire https://college.example/sortie."
    )
    word = a_word(college, text=text)
    permitted(college)
    reads(college, "guardian", "tr")
    made = translating.translate(seat_of("guardian", "guardian"), copy_of(word, mother))
    sent = " ".join(machine.given[0]).casefold()
    people = [pupil, mother, teacher]
    names = {name.casefold() for one in people for name in (one.given_name, one.family_name)}
    assert not [name for name in names if name in sent]
    assert not [part for part in ("example", "01 23", "67 89") if part in sent]
    assert "voient" in sent and "appeler" in sent
    back = " ".join(made.lines)
    assert pupil.given_name in back and "vie.scolaire@college.example" in back and "⟦" not in back


def test_a_word_to_chosen_pupils_never_leaves(college: World, machine: type[StandIn], seat_of: Any) -> None:
    word = a_word(college)
    permitted(college)
    reads(college, "guardian", "tr")
    word.pupils.set([college.people["pupil"]])
    with pytest.raises(translating.NotOffered):
        translating.translate(seat_of("guardian", "guardian"), copy_of(word, college.people["guardian"]))
    assert machine.given == []


@pytest.mark.parametrize("says", [["rien"], ["tr: a", "tr: ⟦0⟧ ⟦0⟧"], ["⟦0⟧", "tr: b"]])
def test_an_answer_that_lost_a_mark_is_not_shown(
    college: World, client: SchoolClient, machine: type[StandIn], says: list[str]
) -> None:
    word = a_word(college, "Piscine", text=f"Demandez {college.people['pupil'].given_name}.")
    permitted(college)
    reads(college, "guardian", "tr")
    machine.says = says
    copy = copy_of(word, college.people["guardian"])
    client.sit(college.people["guardian"])
    content = client.post(reverse("liaison:translate", args=[copy.pk]), follow=True).content.decode()
    assert "Aucune traduction n’est arrivée" in content and not WordTranslation.objects.exists()
    assert len(machine.given) == 1


def test_a_machine_that_is_down_is_said_and_asked_no_more_than_it_should(
    college: World, client: SchoolClient, machine: type[StandIn]
) -> None:
    word = a_word(college)
    permitted(college)
    reads(college, "guardian", "tr")
    machine.is_down = True
    client.sit(college.people["guardian"])
    address = reverse("liaison:translate", args=[copy_of(word, college.people["guardian"]).pk])
    for _ in range(translating.MOST):
        content = client.post(address, follow=True).content.decode()
        assert "Aucune traduction n’est arrivée" in content
    assert "Trop de demandes" in client.post(address, follow=True).content.decode()
    assert len(machine.given) == translating.MOST


def test_the_head_alone_lets_it_and_what_was_made_goes_when_they_stop_it(
    college: World, twin: World, client: SchoolClient, machine: type[StandIn], seat_of: Any
) -> None:
    word, page = a_word(college), reverse("liaison:permit")
    reads(college, "guardian", "tr")
    permitted(twin)
    mother, copy = seat_of("guardian", "guardian"), copy_of(word, college.people["guardian"])
    with pytest.raises(translating.NotOffered):
        translating.translate(mother, copy)
    client.sit(college.people["head"])
    assert page in client.get(reverse("directory:settings")).content.decode()
    client.post(page, {"is_permitted": "on"})
    assert "Permise par" in client.get(page).content.decode()
    translating.translate(mother, copy)
    assert not translating.permit(seat_of("head"), is_permitted=True)
    client.post(page, {})
    assert not WordTranslation.objects.filter(word=word).exists()
    assert list(TranslationPermit.objects.all()) == list(TranslationPermit.objects.filter(school=twin.school))
    assert not translating.permit(seat_of("head"), is_permitted=False)
    client.sit(college.people["cpe"])
    assert client.get(page).status_code == 403


def test_who_settles_and_who_chooses(holder: Any, seat_of: Any) -> None:
    assert {role for role in Role if rules.permits_translations(holder(role))} == {Role.HEAD}
    assert not any(rules.chooses_language(holder(role)) for role in Role)
    assert rules.chooses_language(seat_of("guardian", "guardian")) and not rules.chooses_language(
        seat_of("pupil")
    )


def test_the_register_says_that_words_leave_once_they_do(machine: type[StandIn], settings: Any) -> None:
    settings.TRANSLATOR_URL = "https://traduction.example"
    mine = next(one for one in leaving() if "traduction" in one.to)
    assert mine.is_on and mine.where == "traduction.example"
    settings.TRANSLATOR = ""
    assert not next(one for one in leaving() if "traduction" in one.to).is_on


def test_the_page_of_a_word_costs_no_more_than_a_page_may(
    college: World, client: SchoolClient, machine: type[StandIn], bank: None, seat_of: Any
) -> None:
    word = a_word(college, phrases=phrases.frozen(["outing"]))
    permitted(college)
    reads(college, "guardian", "tr")
    copy = copy_of(word, college.people["guardian"])
    page_of(client, college, word)
    for _ in range(2):
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("liaison:read", args=[copy.pk]))
        assert len(found) <= 14
        translating.translate(seat_of("guardian", "guardian"), copy)


# Masks


def test_a_name_is_put_aside_with_a_capital_and_a_word_is_not() -> None:
    made = masking.masked(
        ["Rose et Léo ont une rose. Les MOREAU-LE GALL aussi."], ["Rose", "Leo Moreau", "Le Gall", "Des"]
    )
    assert made.lines == ("⟦0⟧ et ⟦1⟧ ont une rose. Les ⟦2⟧-LE ⟦3⟧ aussi.",)
    assert made.restored(["⟦3⟧ ⟦ 1 ⟧ ⟦0⟧ ⟦2⟧"]) == ["GALL Léo Rose MOREAU"]
    assert masking.masked(["⟦7⟧ x"], []).lines == ("7 x",)
    for wrong in ([], ["⟦0⟧"], ["⟦0⟧ ⟦1⟧ ⟦2⟧ ⟦3⟧ ⟦4⟧"]):
        with pytest.raises(masking.Unusable):
            made.restored(wrong)
    dated = masking.masked(["Le 10/12/2026 à 8 h 30, salle 104."], [])
    assert not re.search("2026", dated.lines[0]) and "8 h 30, salle 104" in dated.lines[0]


def test_every_language_is_written_by_django() -> None:
    assert all(one.own and one.label for one in LANGUAGES.values())
    assert {one.code for one in LANGUAGES.values() if one.is_rtl} == {"ar", "ur", "fa"}


def test_a_draft_written_again_keeps_its_phrases(college: World, client: SchoolClient) -> None:
    draft = a_draft(college, phrases=phrases.frozen(["free"]))
    page = (
        client.sit(college.people["teacher"]).get(reverse("liaison:change", args=[draft.pk])).content.decode()
    )
    box = next(one for one in re.findall("<input[^>]*>", page) if 'value="free"' in one)
    assert " checked" in box


def test_unreachable_is_an_error_of_the_network() -> None:
    assert issubclass(Unreachable, OSError)
