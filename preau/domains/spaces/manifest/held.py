"""What spaces hold about people: why, for how long, who reads it."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.domains.spaces.actions import keeping, meeting
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention, Term
from preau.foundation.readers import EVERY_ROW, Readers, Rows, on_themselves

COMMON: dict[str, Any] = dict(
    purpose=_(
        "Faire travailler une classe, une équipe ou un projet ensemble, et poser des questions aux professeurs."
    ),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
STAFF, BOTH = (Concerned.STAFF,), (Concerned.PUPILS, Concerned.STAFF)
HERE = _("celles et ceux qui entrent dans l’espace")
RUNNERS = _("qui anime l’espace")
IN_SPACE = on_themselves(_("direction"), _("vie scolaire"), RUNNERS, others=(HERE,))
# What somebody takes away is theirs to say: its author reads it, the person who took it away wrote no more than the reason.
REMOVED: dict[str, FieldClass] = dict.fromkeys(["removed_at", "removed_by", "why"], PERSONAL)
WROTE = IN_SPACE
SHOWN_TO_GUARDIANS = Rows(lambda _reader: Q(to_guardians=True), _("ce que l’élève leur montre"))

for label, model, person, fields, more in [
    (
        _("Espaces ouverts"),
        "Space",
        "owner",
        dict.fromkeys(
            "school year kind group subject search_title opens closes last_day archived_at told pupils_may asks moderates sent_as".split(),
            NONE,
        )
        | dict.fromkeys("owner title purpose made_by made_at".split(), PERSONAL),
        {
            "readers": IN_SPACE,
            "about": ("made_by",),
            "forget": keeping.forget_spaces,
            "people": {"owner": BOTH, "made_by": BOTH},
        },
    ),
    (
        _("Participations à des projets et à des équipes"),
        "Party",
        "person",
        {"space": NONE, "school": NONE, "group": NONE}
        | dict.fromkeys("person power added_by added_at left_at".split(), PERSONAL),
        {"readers": IN_SPACE, "people": {"person": STAFF, "added_by": STAFF}},
    ),
    (
        _("Invitations d’autres établissements"),
        "Call",
        "made_by",
        {"space": NONE, "digest": NONE} | dict.fromkeys("made_by made_at until used_at".split(), PERSONAL),
        {
            "readers": on_themselves(RUNNERS),
            "withheld": frozenset({"digest"}),
            "people": {"made_by": STAFF},
        },
    ),
    (
        _("Annonces dans des espaces"),
        "Announcement",
        "by",
        {"space": NONE, "sent_as": NONE} | dict.fromkeys("text by at".split(), PERSONAL) | REMOVED,
        {"readers": WROTE, "people": {"by": STAFF, "removed_by": STAFF}},
    ),
    (
        _("Questions posées dans des espaces"),
        "Question",
        "by",
        dict.fromkeys("space is_out told_at sent_as".split(), NONE)
        | dict.fromkeys("by text at shown_at answer answered_by answered_at closed_at".split(), PERSONAL)
        | REMOVED,
        {
            "readers": WROTE,
            "forget": keeping.forget_words,
            "people": {"by": BOTH, "answered_by": STAFF, "removed_by": BOTH},
        },
    ),
    (
        _("« J’ai la même question »"),
        "SameQuestion",
        "person",
        {"question": NONE, "person": PERSONAL, "at": PERSONAL},
        {"readers": on_themselves(), "forget": keeping.forget_same, "people": {"person": BOTH}},
    ),
    (
        _("Signalements dans des espaces"),
        "Report",
        "by",
        dict.fromkeys("space question card".split(), NONE)
        | dict.fromkeys("by words at settled_at settled_by".split(), PERSONAL),
        {
            "readers": on_themselves(_("direction"), _("vie scolaire"), RUNNERS),
            "forget": keeping.forget_reports,
            "people": {"by": BOTH, "settled_by": STAFF},
        },
    ),
    (
        _("Ressources posées dans des espaces"),
        "Resource",
        "by",
        {"space": NONE, "kind": NONE, "address": NONE, "shelf": NONE}
        | dict.fromkeys("title note file by at".split(), PERSONAL),
        {"readers": WROTE, "people": {"by": BOTH}},
    ),
    (
        _("Heures des questions"),
        "OpeningHours",
        "space__owner",
        dict.fromkeys("space weekday starts ends".split(), NONE),
        {"readers": IN_SPACE, "people": {"owner": BOTH}},
    ),
    (
        _("Colonnes de murs"),
        "Column",
        "space__owner",
        {"space": NONE, "rank": NONE, "title": PERSONAL},
        {"readers": IN_SPACE, "people": {"owner": BOTH}},
    ),
    (
        _("Cartes de murs"),
        "Card",
        "by",
        dict.fromkeys("space column mark rank sent_as".split(), NONE)
        | dict.fromkeys("text by at".split(), PERSONAL)
        | REMOVED,
        {"readers": WROTE, "forget": keeping.forget_cards, "people": {"by": BOTH, "removed_by": BOTH}},
    ),
    (
        _("Définitions de glossaires"),
        "Definition",
        "by",
        {"space": NONE, "search_word": NONE}
        | dict.fromkeys("word text by at accepted_at accepted_by".split(), PERSONAL)
        | REMOVED,
        {
            "readers": WROTE,
            "forget": keeping.forget_definitions,
            "people": {"by": BOTH, "accepted_by": STAFF, "removed_by": BOTH},
        },
    ),
    (
        _("Classes virtuelles prévues"),
        "Meeting",
        "made_by",
        {"space": NONE, "number": NONE, "sent_as": NONE}
        | dict.fromkeys(
            "title starts ends made_by made_at opened_at ended_at cancelled_at".split(), PERSONAL
        ),
        {"readers": IN_SPACE, "people": {"made_by": STAFF}},
    ),
    (
        _("Présences à des classes virtuelles"),
        "Attendance",
        "person",
        {"meeting": NONE} | dict.fromkeys("person came_at last_at".split(), PERSONAL),
        {
            "readers": on_themselves(_("direction"), _("vie scolaire"), RUNNERS),
            "forget": meeting.forget,
            "people": {"person": BOTH},
        },
    ),
    (
        _("Portfolios"),
        "Kept",
        "pupil",
        {"school": NONE, "sent_as": NONE}
        | dict.fromkeys(
            "pupil path title said text address file year to_teachers to_guardians at".split(), CHILD
        ),
        {
            "readers": Readers(
                EVERY_ROW, SHOWN_TO_GUARDIANS, (_("ses professeurs, ce que l’élève leur montre"),)
            ),
            "forget": keeping.forget_portfolio,
            "keep": Retention.ACCOUNT,
            "purpose": _(
                "Garder d’une année à l’autre ce qu’un élève choisit, avec ce qu’il en dit, et l’emporter."
            ),
            "changed_at": "spaces:portfolio",
            "people": {"pupil": (Concerned.PUPILS,)},
        },
    ),
    (
        _("Portfolios à emporter"),
        "Bundle",
        "pupil",
        {"school": NONE, "state": NONE} | dict.fromkeys("pupil file asked_at".split(), PERSONAL),
        {
            "readers": on_themselves(),
            "forget": keeping.forget_bundles,
            "keep": Retention.MONTH,
            "people": {"pupil": (Concerned.PUPILS,)},
        },
    ),
]:
    boards.personal_data.add(PersonalData(label, f"spaces.{model}", person, fields=fields, **COMMON | more))

boards.terms.add(
    Term(
        "spaces.spaces",
        _("Espaces d’une année, et tout ce qui y est écrit"),
        keep=Retention.YEAR_PLUS_ONE,
        model="spaces.Space",
        when="last_day",
        since=SINCE,
        text=_(
            "À la fin de l’année on ne fait plus que lire, deux mois plus tard l’espace est archivé, et il est effacé à la fin de l’année "
            "scolaire qui suit ; qui l’anime est prévenu avant chaque étape. Le portfolio d’un élève et l’espace de chacun n’en sont pas."
        ),
        due=by_year("spaces.Space", "last_day"),
        erase=keeping.erase,
        people=("questions__by", "cards__by", "definitions__by", "announcements__by"),
        with_it=(
            "spaces.Party",
            "spaces.Call",
            "spaces.Announcement",
            "spaces.Question",
            "spaces.SameQuestion",
            "spaces.Report",
            "spaces.Resource",
            "spaces.Card",
            "spaces.Definition",
            "spaces.OpeningHours",
            "spaces.Column",
            "spaces.Meeting",
            "spaces.Attendance",
        ),
        order=29,
    )
)
for models, why, how in [
    (
        ("spaces.Kept",),
        _("Un portfolio est à l’élève : il part avec sa personne, ou quand il le retire lui-même."),
        {"within": "directory.Person"},
    ),
    (
        ("spaces.Bundle",),
        _("L’archive d’un portfolio s’efface après sept jours."),
        {"by": "spaces.drop_bundles"},
    ),
]:
    boards.endings.add(boards.Ending(models, why, **how))

for words in [
    boards.InWords("spaces", boards.Section.WORK),
    boards.InWords("spaces.Space", when="made_at", sentence=("%(title)s",), names=lambda row: row.title),
    boards.InWords("spaces.Party", when="added_at", sentence=(_("Participation à un espace"), "%(power)s")),
    boards.InWords("spaces.Call", when="made_at", sentence=(_("Invitation d’un autre établissement"),)),
    boards.InWords("spaces.Announcement", when="at", sentence=(_("Annonce : « %(text)s »"),)),
    boards.InWords(
        "spaces.Question",
        when="at",
        sentence=(_("Question : « %(text)s »"), _("réponse : « %(answer)s »")),
        names=lambda row: str(_("question d’un espace")),
        quiet=frozenset({"shown_at"}),
    ),
    boards.InWords("spaces.SameQuestion", when="at", sentence=(_("A dit avoir la même question"),)),
    boards.InWords("spaces.Report", when="at", sentence=(_("Signalement : « %(words)s »"),)),
    boards.InWords("spaces.Resource", when="at", sentence=(_("Posé sur une étagère : « %(title)s »"),)),
    boards.InWords(
        "spaces.Card",
        when="at",
        sentence=(_("Carte : « %(text)s »"),),
        names=lambda row: str(_("carte d’un mur")),
    ),
    boards.InWords("spaces.OpeningHours", when="", sentence=(_("Heures des questions"),)),
    boards.InWords(
        "spaces.Column",
        when="",
        sentence=(_("Colonne d’un mur : « %(title)s »"),),
        names=lambda row: row.title,
    ),
    boards.InWords(
        "spaces.Definition", when="at", sentence=(_("Définition de « %(word)s » : « %(text)s »"),)
    ),
    boards.InWords(
        "spaces.Kept",
        when="at",
        sentence=(_("Portfolio : « %(title)s »"), "%(year)s", _("« %(said)s »"), _("« %(text)s »")),
    ),
    boards.InWords(
        "spaces.Meeting",
        when="starts",
        sentence=(_("Classe virtuelle : « %(title)s »"),),
        names=lambda row: row.title,
    ),
    boards.InWords("spaces.Attendance", when="came_at", sentence=(_("Présence à une classe virtuelle"),)),
    boards.InWords("spaces.Bundle", when="asked_at", sentence=(_("Portfolio à emporter"),)),
]:
    boards.data_in_words.add(words)
