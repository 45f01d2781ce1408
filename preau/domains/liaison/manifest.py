"""What the notebook shows to the rest of the platform."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.commons.questions.boards import Owner, owners
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.liaison import api, rules, seeds, tasks
from preau.domains.liaison.actions import remarking, translating, writing
from preau.domains.liaison.models import Recipient, Word
from preau.domains.liaison.queries import book, words
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    Nature,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import NO_ROW, Readers, Rows, on_themselves, own, with_guardians
from preau.identity import boards as signing

KEY = "liaison"
boards.doors.add(
    boards.Door(
        "api.carnet",
        _("Carnet de liaison"),
        _("les mots du carnet, et ceux qui attendent une réponse ; aucun ne se signe par là."),
        rules.has_notebook,
        by=("token",),
        most=1000,
        service=KEY,
        order=35,
    )
)
boards.api.add(boards.ApiPart("carnet", api.router, "api.carnet", order=35))
writing.telling.connect(tasks.enqueue_telling, dispatch_uid="liaison.telling")
owners.add(Owner(writing.HOUSE, book.questionnaires_shown, book.questionnaires_read))
boards.services.add(
    boards.Service(
        KEY,
        _("Carnet de liaison"),
        text=_(
            "Les mots aux familles, signés par les bonnes personnes, sur papier aussi ; les observations."
        ),
        namespaces=("liaison",),
        order=24,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Carnet de liaison"),
        "liaison:words",
        "notebook",
        rules.reads_words,
        "school-life",
        order=18,
        service=KEY,
        in_primary=_("Cahier de liaison"),
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Carnet"),
        "liaison:book",
        "notebook",
        rules.has_notebook,
        "school-life",
        order=18,
        service=KEY,
        in_primary=_("Cahier de liaison"),
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        book.SOURCE, book.rows_to_sign, book.words_to_sign, rules.has_notebook, order=15, service=KEY
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        book.DISAGREED, book.rows_disagreed, book.words_disagreed, rules.heads, order=5, service=KEY
    )
)
for act in [
    boards.Act(
        "liaison.usual", _("Autoriser une sortie gratuite sur le temps scolaire"), Nature.USUAL, 12, KEY
    ),
    boards.Act(
        "liaison.non_usual", _("Signer un mot qui demande l’accord de tous"), Nature.NON_USUAL, 12, KEY
    ),
    boards.Act("liaison.information", _("Lire un mot du carnet"), Nature.INFORMATION, 12, KEY),
]:
    boards.acts.add(act)
boards.search.add(
    boards.SearchSource(
        _("Mots du carnet"),
        "notebook",
        None,
        rules.reads_or_has,
        letters=3,
        order=57,
        service=KEY,
        titles=words.titles,
        hits=words.words_found,
    )
)
boards.seeds.add(boards.Seed("carnet de liaison", seeds.plant, order=78))


def address_of_group(pk: int) -> str:
    return f"{reverse('liaison:write')}?groupe={pk}"


boards.group_links.add(
    boards.GroupLink(_("Un mot aux familles"), address_of_group, "notebook", rules.writes_to_group, order=35)
)


def address_of_pupil(public_id: str) -> str:
    return f"{reverse('liaison:write')}?{urlencode({'eleve': public_id})}"


def words_about(public_id: str) -> str:
    return f"{reverse('liaison:words')}?{urlencode({'eleve': public_id})}"


boards.pupil_links.add(
    boards.PupilLink(
        _("Un mot à la famille"),
        address_of_pupil,
        "notebook",
        rules.writes_words,
        order=37,
        service=KEY,
        follows_up=True,
    )
)


def _chooses_language(viewer: Viewer) -> bool:
    return rules.chooses_language(viewer) and viewer.offers(KEY)


signing.profile_links.add(
    signing.AccountLink(
        _("Ma langue de lecture"),
        lambda: reverse("liaison:language"),
        "language",
        order=40,
        open_to=_chooses_language,
    )
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Traduction du carnet"),
        _("Si une machine peut traduire les mots, et ce qui lui est envoyé."),
        "liaison:permit",
        "language",
        rules.permits_translations,
        heading=boards.SettingsHeading.DAILY,
        order=45,
        words=_("traduction langue étrangère machine allophone"),
    )
)
boards.pupil_links.add(
    boards.PupilLink(
        _("Mots déjà écrits"), words_about, "notebook", rules.writes_words, order=38, service=KEY
    )
)
for page in [
    boards.SitePage(
        _("Saisir un coupon"),
        "liaison:coupon",
        "notebook",
        rules.writes_words,
        _("papier coupon code réponse"),
        KEY,
    ),
    boards.SitePage(
        _("Observations et encouragements"),
        "liaison:remarks",
        "notebook",
        rules.reads_words,
        _("félicitations remarque observation"),
        KEY,
    ),
    boards.SitePage(
        _("Phrases toutes faites du carnet"),
        "liaison:phrases",
        "language",
        rules.reads_words,
        _("pictogramme français facile traduction langue allophone"),
        KEY,
    ),
    boards.SitePage(
        _("Ma langue de lecture"),
        "liaison:language",
        "language",
        rules.chooses_language,
        _("traduction langue étrangère carnet"),
        KEY,
    ),
]:
    boards.site_pages.add(page)
for step in [
    boards.FirstStep(
        _("Écrire un mot aux familles"),
        _("Une information, une autorisation, une demande : chaque réponse se voit, même sur papier."),
        "liaison:write",
        rules.writes_words,
        where=_("Dans « Carnet de liaison »"),
        order=42,
        service=KEY,
    ),
    boards.FirstStep(
        _("Lire et signer le carnet"),
        _("Les mots de l’établissement se signent d’un geste ; la preuve se garde."),
        "liaison:book",
        rules.has_notebook,
        where=_("Dans « Carnet »"),
        order=42,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)
boards.reasons_to_read.add(
    boards.ReasonToRead("liaison.words_read", _("Suivre un élève : lire les mots écrits à sa famille."))
)
for verb, label in [
    ("liaison.words_read", _("Mots à la famille d’un élève lus")),
    ("liaison.sent", _("Mot du carnet envoyé")),
    ("liaison.sent_again", _("Mot du carnet envoyé à de nouveaux arrivés")),
    ("liaison.completed", _("Mot du carnet précisé")),
    ("liaison.reminded", _("Mot du carnet relancé")),
    ("liaison.prolonged", _("Date d’un mot du carnet repoussée")),
    ("liaison.closed", _("Mot du carnet terminé")),
    ("liaison.answered", _("Mot du carnet signé ou refusé")),
    ("liaison.entered", _("Réponse sur papier saisie")),
    ("liaison.coupons_printed", _("Coupons du carnet imprimés")),
    ("liaison.exported", _("Suivi d’un mot exporté")),
    ("liaison.translations_permitted", _("Traduction automatique du carnet permise")),
    ("liaison.translations_stopped", _("Traduction automatique du carnet arrêtée")),
    ("liaison.remarked", _("Observation ou encouragement écrit")),
    ("liaison.remark_removed", _("Observation ou encouragement retiré")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

CATEGORY = _("Carnet de liaison")
TEXTED = {"paper_answer": _("Répondez sur le coupon papier remis à l’élève.")}
WHY = _("Ce mot du carnet vous a été envoyé, pour vous ou pour un élève dont vous êtes responsable.")
for key, label, subject, body, action, for_whom, options in [
    (
        "told",
        _("Un mot est dans le carnet"),
        _("Un mot dans le carnet de liaison"),
        _("%(title)s\n%(school)s"),
        _("Lire le mot"),
        rules.reads_or_has,
        {"pace": Pace.AT_ONCE, "push": True, "order": 16} | TEXTED,
    ),
    (
        "reminded",
        _("Un mot attend encore une réponse"),
        _("Un mot du carnet attend votre réponse"),
        _("%(title)s\n%(school)s"),
        _("Lire et répondre"),
        rules.reads_or_has,
        {"pace": Pace.AT_ONCE, "push": True, "order": 17} | TEXTED,
    ),
    (
        "answered",
        _("L’autre responsable a répondu à un mot"),
        _("Une réponse a été donnée à un mot du carnet"),
        _("%(title)s\n%(school)s"),
        _("Voir le mot"),
        rules.has_notebook,
        {"pace": Pace.DAILY, "order": 18},
    ),
    (
        "prolonged",
        _("La date d’un mot est repoussée"),
        _("Vous avez plus de temps pour répondre à un mot"),
        _("%(title)s\nVous pouvez répondre jusqu’au %(day)s.\n%(school)s"),
        _("Lire et répondre"),
        rules.reads_or_has,
        {"pace": Pace.AT_ONCE, "order": 18} | TEXTED,
    ),
    (
        "entered",
        _("Votre réponse sur papier a été saisie"),
        _("Votre réponse à un mot du carnet a été saisie"),
        _("%(title)s\nL’établissement a saisi la réponse de votre coupon.\n%(school)s"),
        _("Vérifier la réponse"),
        rules.has_notebook,
        {"pace": Pace.DAILY, "order": 18},
    ),
    (
        "disagreed",
        _("Un oui et un non pour le même élève"),
        _("Désaccord sur un mot du carnet"),
        _("%(title)s\nUn responsable est d’accord, l’autre non. Rien n’est décidé.\n%(school)s"),
        _("Voir le suivi"),
        rules.heads,
        {"pace": Pace.AT_ONCE, "order": 16},
    ),
    (
        "remarked",
        _("Une observation ou un encouragement"),
        _("Une ligne de plus dans le carnet"),
        _("Un enseignant a écrit dans le carnet.\n%(school)s"),
        _("Lire le carnet"),
        rules.has_notebook,
        {"pace": Pace.DAILY, "order": 19},
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(f"{KEY}.{key}", label, CATEGORY, subject, body, action, WHY, for_whom, **options)
    )

COMMON: dict[str, Any] = dict(
    purpose=_(
        "Informer les familles, recueillir leur accord et en garder la preuve ; remplacer le carnet de papier."
    ),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
ANYBODY = (Concerned.GUARDIANS, Concerned.PUPILS, Concerned.STAFF)
FOLLOWERS = (_("qui a écrit le mot, et ceux avec qui le suivi est partagé"), Role.HEAD)
# In the record of the pupil: the words, never what was answered.
READ_IN_RECORD = (*FOLLOWERS, _("vie scolaire et professeur principal de l’élève, les mots seuls"))


def _words_read(person_id: int) -> Q:
    """A draft is its author's alone; a pupil who was chosen reads the word that was sent to them, as on its page."""
    received = Recipient.objects.filter(person=person_id).order_by().values("word_id")
    shared = Word.colleagues.through.objects.filter(person_id=person_id).values("word_id")
    return Q(author=person_id) | (Q(pk__in=received) | Q(pk__in=shared)) & ~Q(state=Word.State.DRAFT)


for label, model, person, fields, more in [
    (
        _("Mots du carnet écrits"),
        "Word",
        "author",
        dict.fromkeys(
            "school audience kind nature each_reads sign phrases closes_at groups roles questionnaire state sent_at digest "
            "sent_as".split(),
            NONE,
        )
        | dict.fromkeys("title text easy search_title pupils colleagues author written_at".split(), PERSONAL),
        {
            "readers": Readers(
                Rows(_words_read, _("ses brouillons, et les mots partis que l’on a reçus ou que l’on suit")),
                NO_ROW,
                READ_IN_RECORD,
                (_("ceux à qui le mot est envoyé"),),
            ),
            "about": ("pupils", "colleagues"),
            "people": {
                "author": (Concerned.STAFF,),
                "pupils": (Concerned.PUPILS,),
                "colleagues": (Concerned.STAFF,),
            },
        },
    ),
    (
        _("Précisions ajoutées à un mot"),
        "Precision",
        "by",
        {"word": NONE} | dict.fromkeys(["text", "by", "at"], PERSONAL),
        {
            "readers": on_themselves(*FOLLOWERS, others=(_("ceux à qui le mot est envoyé"),)),
            "people": {"by": (Concerned.STAFF,)},
        },
    ),
    (
        _("Mots du carnet reçus"),
        "Recipient",
        "person",
        {"code": NONE, "printed_precisions": NONE}
        | dict.fromkeys("word pupil person part channel read_at printed_at".split(), PERSONAL),
        {
            "readers": Readers(own("person"), NO_ROW, FOLLOWERS),
            "about": ("pupil",),
            "withheld": frozenset({"code"}),
            "people": {"person": ANYBODY, "pupil": (Concerned.PUPILS,)},
        },
    ),
    (
        _("Signatures du carnet"),
        "Answer",
        "recipient__person",
        dict.fromkeys(["digest", "precisions_shown", "response"], NONE)
        | dict.fromkeys("recipient is_yes at way noted_by replaced_at".split(), PERSONAL),
        {
            "readers": Readers(own("recipient__person"), NO_ROW, FOLLOWERS),
            "about": ("recipient__pupil",),
            "people": {"noted_by": (Concerned.STAFF,), "person": ANYBODY},
        },
    ),
    (
        _("Langue de lecture"),
        "ReadingLanguage",
        "person",
        dict.fromkeys(["person", "code"], PERSONAL),
        {
            "purpose": _(
                "Montrer à côté du français ce qui existe dans la langue que la personne a choisie."
            ),
            "keep": Retention.ACCOUNT,
            "forget": translating.forget_language,
            "erases": _("Le carnet se lit de nouveau en français seul."),
            "changed_at": "liaison:language",
            "readers": on_themselves(),
            "people": {"person": (Concerned.GUARDIANS,)},
        },
    ),
    (
        _("Traduction automatique permise"),
        "TranslationPermit",
        "by",
        {"school": NONE} | dict.fromkeys(["by", "at"], PERSONAL),
        {
            "keep": Retention.SCHOOL,
            "readers": on_themselves(Role.HEAD),
            "people": {"by": (Concerned.STAFF,)},
        },
    ),
    (
        _("Relances d’un mot"),
        "Reminder",
        "by",
        {"word": NONE, "day": NONE, "number": NONE} | dict.fromkeys(["by", "at"], PERSONAL),
        {"readers": on_themselves(*FOLLOWERS), "people": {"by": (Concerned.STAFF,)}},
    ),
    (
        _("Observations et encouragements"),
        "Remark",
        "pupil",
        {"school": NONE, "sent_as": NONE}
        | dict.fromkeys("pupil kind text day".split(), CHILD)
        | dict.fromkeys(["by", "at"], PERSONAL),
        {
            "forget": remarking.forget_remarks,
            "readers": with_guardians(Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY, _("qui l’a écrit")),
            "people": {"by": (Concerned.STAFF,)},
        },
    ),
]:
    boards.personal_data.add(
        PersonalData(label, f"liaison.{model}", person, fields=fields, **(COMMON | more))
    )

boards.terms.add(
    Term(
        "liaison.words",
        _("Mots du carnet et signatures"),
        keep=Retention.YEAR_PLUS_ONE,
        model="liaison.Word",
        when="written_at",
        since=SINCE,
        text=_("Effacés à la fin de l’année scolaire qui suit, avec leurs signatures."),
        due=by_year("liaison.Word", "written_at"),
        people=("author", "recipients__person", "recipients__pupil"),
        with_it=(
            "liaison.Precision",
            "liaison.Recipient",
            "liaison.Answer",
            "liaison.Reminder",
        ),
        order=30,
    )
)
boards.terms.add(
    Term(
        "liaison.remarks",
        _("Observations et encouragements"),
        keep=Retention.YEAR_PLUS_ONE,
        model="liaison.Remark",
        when="day",
        since=SINCE,
        text=_("Effacés à la fin de l’année scolaire qui suit."),
        due=by_year("liaison.Remark", "day"),
        people=("pupil", "by"),
        order=30,
    )
)
boards.endings.add(
    boards.Ending(
        ("liaison.TranslationPermit",),
        _("Ce que la direction a permis vaut pour l’établissement, jusqu’à ce qu’elle l’arrête."),
    )
)
for in_words in [
    boards.InWords("liaison", boards.Section.SCHOOL_LIFE),
    boards.InWords("liaison.Word", when="written_at", names=lambda row: row.title),
    boards.InWords("liaison.Precision", when="at"),
    boards.InWords(
        "liaison.Recipient",
        when="",
        sentence=(_("Mot du carnet : « %(word)s »"),),
        names=lambda row: row.word.title,
        names_with=("word",),
    ),
    boards.InWords("liaison.Answer", when="at", sentence=(_("Réponse au mot « %(recipient)s »"),)),
    boards.InWords("liaison.Reminder", when="at"),
    boards.InWords("liaison.ReadingLanguage", when="", sentence=(_("%(code)s"),)),
    boards.InWords("liaison.TranslationPermit", when="at"),
    boards.InWords("liaison.Remark", when="day", sentence=(_("%(kind)s"), _("%(text)s"))),
]:
    boards.data_in_words.add(in_words)
