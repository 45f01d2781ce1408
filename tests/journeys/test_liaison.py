"""The notebook in a browser, by keyboard, with and without JavaScript: a slip from its draft to its end, with reminders and coupons;
two guardians who do not say the same, a third who lost authority; a parent who reads nothing but paper."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import NOW
from preau.commons.delivery.models import SchoolPolicy
from preau.commons.notifications.models import Item
from preau.commons.notifications.tests.post import deliver
from preau.commons.outbox.models import Letter
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.liaison import tasks
from preau.domains.liaison.actions import telling
from preau.domains.liaison.models import Answer, Recipient, TranslationPermit, Word
from preau.domains.liaison.queries.phrases import frozen
from preau.domains.liaison.queries.reading import digest_of_lines, lines_of_answer
from preau.domains.liaison.tests import standin
from preau.domains.liaison.tests.props import a_draft, a_word, copy_of
from preau.foundation import pdf
from preau.identity.models import Account

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TITLE = "Sortie au planétarium"


def coupon_of(copy: Recipient) -> str:
    """As it stands on the sheet: two groups of four signs."""
    return f"{copy.code[:4].lower()}-{copy.code[4:].lower()}"


def type_in(page: Page, server: str, copy: Recipient, button: str) -> None:
    """A sheet has come back: its code, then what it says."""
    page.goto(f"{server}/carnet-de-liaison/coupon/")
    page.get_by_label("Code du coupon").fill(coupon_of(copy))
    page.get_by_label("Code du coupon").press("Enter")
    page.get_by_role("button", name=button).press("Enter")
    expect(page.get_by_text("La réponse est saisie.")).to_be_visible()


def test_a_slip_from_its_draft_to_its_end(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open("/carnet-de-liaison/nouveau/")
    page.get_by_label("Autorisation").press("Space")
    page.get_by_role("textbox", name="Titre").fill(TITLE)
    page.get_by_role("textbox", name="Texte", exact=True).fill(
        "Jeudi 10 décembre, de 8 h 30 à 12 h. C’est gratuit."
    )
    page.get_by_label(own_class(college).name, exact=True).press("Space")
    page.get_by_label("Réponse avant le").fill("2026-12-04")
    page.get_by_role("button", name="Garder le brouillon").last.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("planétarium")
    teacher.check("carnet-brouillon")
    page.get_by_role("button", name="Envoyer le mot").press("Enter")
    expect(page.get_by_text("Le mot part vers")).to_be_visible()
    teacher.check("carnet-suivi")
    word = Word.objects.get(title=TITLE)
    everyone = list(word.recipients.order_by("pk").values_list("pk", flat=True))
    tasks.tell.call(word.pk, everyone, 0, word.author_id)

    mother = visit("guardian")
    hers = mother.page
    mother.open("/a-repondre/")
    hers.get_by_role("link", name="Lire et signer").filter(has_text="").first.wait_for()
    mother.open(f"/carnet/{copy_of(word, college.people['guardian']).pk}/")
    mother.check("carnet-mot")
    hers.get_by_role("button", name="Je suis d’accord, je signe").press("Enter")
    expect(hers.get_by_text("C’est signé.")).to_be_visible()
    mother.check("carnet-signé")

    # One family is reached by paper alone, the others are reminded.
    others = word.recipients.filter(part="guardian").exclude(pupil=college.people["pupil"])
    pupils = list(dict.fromkeys(others.order_by("pk").values_list("pupil_id", flat=True)))
    word.recipients.filter(pupil=pupils[0]).update(channel="paper")
    teacher.open(f"/carnet-de-liaison/{word.pk}/")
    page.get_by_role("button", name="Relancer").press("Enter")
    expect(page.get_by_text("sont relancées.").or_(page.get_by_text("est relancée."))).to_be_visible()
    reminder = word.reminders.get()
    for _twice in range(2):
        tasks.tell.call(word.pk, everyone, reminder.pk, word.author_id)
    notices = Item.objects.filter(kind=telling.REMINDED)
    assert notices.count() == notices.values("person_id", "about_id").distinct().count() > 0
    assert not notices.filter(person=college.people["guardian"]).exists()

    # The date is put off, for those who have not answered.
    teacher.open(f"/carnet-de-liaison/{word.pk}/")
    page.get_by_label("Nouveau dernier jour").fill("2026-12-08")
    page.get_by_role("button", name="Prolonger").press("Enter")
    expect(page.get_by_text("La date est repoussée.")).to_be_visible()

    # Every sheet comes back; each is typed in by its code.
    Recipient.objects.filter(word=word).update(printed_at=NOW)
    for pupil in pupils:
        type_in(
            page,
            teacher.server,
            word.recipients.filter(pupil=pupil, part="guardian")[0],
            "Le coupon dit : d’accord",
        )
    expect(page.get_by_text("Plus rien à régler.")).to_be_visible()
    page.get_by_role("button", name="Terminer ce mot").press("Enter")
    expect(page.get_by_text("Le mot est terminé")).to_be_visible()
    teacher.check("carnet-terminé")
    assert Answer.objects.current().filter(recipient__word=word).count() == len(pupils) + 1
    teacher.done()
    mother.done()


def test_two_guardians_who_do_not_agree_and_a_third_who_lost_authority(
    visit: Any, schools: dict[str, World]
) -> None:
    college = schools["college"]
    people, pupil = college.people, college.people["pupil"]
    third = (
        Guardianship.objects.exclude(pupil=pupil)
        .exclude(guardian__in=people.values())
        .order_by("pk")[0]
        .guardian
    )
    link = Guardianship.objects.create(
        pupil=pupil, guardian=third, authority="legal", kinship="other", starts=college.year.starts
    )
    word = a_word(college, "Photo du spectacle", nature="non usuel", closes_at=NOW + timedelta(days=8))
    lost = copy_of(word, third)
    Answer.objects.create(recipient=lost, is_yes=True, at=NOW, digest="0" * 64)
    Guardianship.objects.filter(pk=link.pk).update(ends=NOW.date())

    mother = visit("guardian")
    mine = copy_of(word, people["guardian"])
    mother.open(f"/carnet/{mine.pk}/")
    # The other is named by nobody here, and whoever answers no more is not counted.
    expect(mother.page.get_by_text("L’autre responsable")).to_have_count(1)
    expect(mother.page.get_by_text("Pas encore répondu")).to_be_visible()
    mother.page.get_by_role("button", name="Je suis d’accord, je signe").press("Enter")
    expect(mother.page.get_by_text("C’est signé.")).to_be_visible()

    teacher = visit("teacher", wide=True)
    his = copy_of(word, people["other_guardian"])
    Recipient.objects.filter(pk=his.pk).update(channel="paper", printed_at=NOW)
    type_in(teacher.page, teacher.server, his, "Le coupon dit : pas d’accord")
    row = teacher.page.get_by_role("row").filter(has_text=pupil.list_name)
    expect(row.get_by_text("Désaccord")).to_be_visible()
    expect(row.get_by_text("N’est plus responsable")).to_be_visible()
    teacher.check("carnet-désaccord")
    assert Item.objects.filter(kind=telling.DISAGREED, person=people["head"]).count() == 1

    mother.open(f"/carnet/{mine.pk}/")
    expect(mother.page.get_by_text("A refusé")).to_be_visible()
    mother.check("carnet-désaccord-famille")
    # The proof of each: who, when, how, and the digest of what was read, which anybody computes again.
    for visitor, copy, way in ((mother, mine, "sur Préau"), (teacher, his, "sur papier")):
        answer = copy.answers.get()
        lines = lines_of_answer(answer, Word.objects.get(pk=word.pk), [], [])
        assert digest_of_lines(lines) == answer.digest
        response = visitor.page.request.get(f"{visitor.server}/carnet/{copy.pk}/preuve.pdf")
        assert response.ok
        if pdf.is_possible():
            assert response.body().startswith(b"%PDF")
        else:
            assert answer.digest in response.text() and way in response.text()
    teacher.done()
    mother.done()


def test_a_parent_who_reads_nothing_but_paper(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    father = college.people["other_guardian"]
    Account.objects.filter(person=father).update(password="")
    word = a_word(college, "Piscine, le matériel", closes_at=NOW + timedelta(days=6))
    copy = copy_of(word, father)
    Guardianship.objects.filter(pupil=college.people["pupil"]).exclude(guardian=father).update(
        ends=NOW.date()
    )
    Recipient.objects.filter(pk=copy.pk).update(channel="paper")
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open(f"/carnet-de-liaison/{word.pk}/")
    expect(page.get_by_role("button", name="Imprimer les coupons")).to_be_visible()
    form = page.locator("form[action$='/coupons.pdf']").first
    token = form.locator("input[name=csrfmiddlewaretoken]").get_attribute("value")
    stamp = {
        one.get_attribute("name"): one.get_attribute("value")
        for one in form.locator("input[type=hidden]").all()
    }
    sheets = page.request.post(
        f"{teacher.server}/carnet-de-liaison/{word.pk}/coupons.pdf",
        form=stamp | {"csrfmiddlewaretoken": token or ""},
        headers={"Referer": teacher.server},
    )
    assert sheets.ok
    copy.refresh_from_db()
    assert copy.printed_at is not None
    # A reminder does not pretend to reach him.
    teacher.open(f"/carnet-de-liaison/{word.pk}/")
    row = page.get_by_role("row").filter(has_text=college.people["pupil"].list_name)
    expect(row.get_by_text("Coupon remis")).to_be_visible()
    type_in(page, teacher.server, copy, "Le coupon dit : d’accord")
    answer = copy.answers.get()
    assert (answer.way, answer.noted_by_id) == ("paper", college.people["teacher"].pk)
    assert not Item.objects.filter(kind=telling.REMINDED, person=father).exists()
    teacher.check("carnet-papier")
    teacher.done()


def test_a_parent_who_reads_nothing_but_texts_and_paper(
    visit: Any, schools: dict[str, World], settings: Any
) -> None:
    college = schools["college"]
    father, pupil = college.people["other_guardian"], college.people["pupil"]
    settings.SMS_GATEWAY = "preau.commons.outbox.sms.OutboxGateway"
    SchoolPolicy.objects.update_or_create(school=college.school, defaults={"offers_texts": True})
    Account.objects.filter(person=father).update(password="")
    Person.objects.filter(pk=father.pk).update(phone="06 12 34 56 78", email="")
    Guardianship.objects.filter(pupil=pupil).exclude(guardian=father).update(ends=NOW.date())
    teacher = visit("teacher", wide=True)
    page = teacher.page
    word = a_draft(college, "Rendez-vous avec l’infirmière", closes_at=NOW + timedelta(days=8))
    word.groups.clear()
    word.pupils.set([pupil])
    # Before it leaves: how each is reached.
    teacher.open(f"/carnet-de-liaison/{word.pk}/")
    expect(page.get_by_text("Responsables prévenus")).to_contain_text("1 par SMS, réponse sur papier")
    page.get_by_role("button", name="Envoyer le mot").press("Enter")
    expect(page.get_by_text("Le mot part vers")).to_be_visible()
    copy = copy_of(word, father)
    everyone = list(word.recipients.order_by("pk").values_list("pk", flat=True))
    for _twice in range(2):
        tasks.tell.call(word.pk, everyone, 0, word.author_id)
    deliver()

    def texts() -> list[str]:
        return list(Letter.objects.filter(to="+33612345678").order_by("pk").values_list("body", flat=True))

    (text,) = texts()
    assert f"{pupil.given_name} : un mot à signer jusqu'au" in text and "coupon papier" in text
    assert "infirmière" not in text and pupil.family_name not in text

    # He says nothing: he is reminded, once.
    teacher.open(f"/carnet-de-liaison/{word.pk}/")
    page.get_by_role("button", name="Relancer").press("Enter")
    expect(page.get_by_text("est relancée.")).to_be_visible()
    for _twice in range(2):
        tasks.tell.call(word.pk, everyone, word.reminders.get().pk, word.author_id)
    deliver()
    assert len(texts()) == 2

    # His coupon is on the list, with the reason; it is printed, comes back, and is typed in.
    page.get_by_text("Pour qui, et pourquoi").press("Enter")
    expect(page.get_by_text("prévenu par SMS, répond sur papier")).to_be_visible()
    teacher.check("carnet-sms")
    form = page.locator("form[action$='/coupons.pdf']").first
    hidden = {
        one.get_attribute("name"): one.get_attribute("value")
        for one in form.locator("input[type=hidden]").all()
    }
    address = f"{teacher.server}/carnet-de-liaison/{word.pk}/coupons.pdf"
    assert page.request.post(address, form=hidden, headers={"Referer": teacher.server}).ok
    copy.refresh_from_db()
    assert copy.printed_at is not None
    type_in(page, teacher.server, copy, "Le coupon dit : d’accord")
    expect(page.get_by_text("Plus rien à régler.")).to_be_visible()
    answer = copy.answers.get()
    assert (answer.is_yes, answer.way, answer.noted_by_id) == (True, "paper", college.people["teacher"].pk)
    # Nothing more is sent of it.
    deliver()
    assert len(texts()) == 2
    teacher.done()


def test_a_mother_who_reads_little_french(visit: Any, schools: dict[str, World], settings: Any) -> None:
    college = schools["college"]
    settings.TRANSLATOR = standin.PATH
    TranslationPermit.objects.create(school=college.school, by=college.people["head"], at=NOW)
    word = a_word(college, TITLE, phrases=frozen(["outing", "on-foot", "free", "to-sign"]))
    mother = visit("guardian")
    page = mother.page
    mother.open("/profil/")
    page.get_by_role("link", name="Ma langue de lecture").press("Enter")
    page.get_by_label("Langue, en plus du français").select_option("ar")
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.get_by_text("Votre choix est gardé.")).to_be_visible()
    expect(page.get_by_text("Aucune traduction n’a encore été vérifiée")).to_be_visible()
    mother.check("carnet-langue")
    mother.open(f"/carnet/{copy_of(word, college.people['guardian']).pk}/")
    expect(page.get_by_text("C’est gratuit.")).to_be_visible()
    mother.check("carnet-phrases")
    page.get_by_role("button", name="Traduire avec une machine").press("Enter")
    expect(page.get_by_role("heading", name="Traduction automatique, non vérifiée")).to_be_visible()
    mother.check("carnet-traduction")
    page.get_by_role("button", name="Je suis d’accord, je signe").press("Enter")
    expect(page.get_by_text("C’est signé.")).to_be_visible()
    mother.done()
    for key, where, name in (
        ("teacher", "/carnet-de-liaison/phrases/", "carnet-banque"),
        ("teacher", "/carnet-de-liaison/nouveau/", "carnet-écrire"),
        ("head", "/carnet-de-liaison/traduction/", "carnet-permis"),
    ):
        reader = visit(key, wide=True)
        reader.open(where)
        reader.check(name)
        reader.done()
