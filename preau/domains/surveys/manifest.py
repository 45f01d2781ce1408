"""What surveys, votes and elections show to the rest of the platform."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.commons.questions.boards import Owner, owners
from preau.directory.boards import Spokespeople, spokespeople
from preau.directory.queries.terms import SINCE, by_year
from preau.directory.words import STAFF, Role
from preau.domains.surveys import api, rules, seeds, tasks
from preau.domains.surveys.actions import voting, writing
from preau.domains.surveys.models import Survey, Voter
from preau.domains.surveys.queries import elections, surveys
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import NO_ROW, Readers, Rows, on_themselves, own

KEY = "surveys"
boards.doors.add(
    boards.Door(
        "api.sondages",
        _("Sondages et votes"),
        _(
            "les sondages auxquels on est invité, et leurs résultats quand ils se lisent ; on n’y répond pas par là."
        ),
        rules.reads_surveys,
        by=("token",),
        most=1000,
        service=KEY,
        order=36,
    )
)
boards.api.add(boards.ApiPart("sondages", api.router, "api.sondages", order=36))
writing.telling.connect(tasks.enqueue_telling, dispatch_uid="surveys.telling")
owners.add(Owner(writing.HOUSE, surveys.questionnaires_shown, surveys.questionnaires_read))
boards.services.add(
    boards.Service(
        KEY,
        _("Sondages et votes"),
        text=_(
            "Des questions aux familles, aux élèves ou aux personnels ; l’élection des délégués, à bulletin secret."
        ),
        namespaces=("surveys",),
        order=25,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Sondages et votes"),
        "surveys:surveys",
        "chart-bar",
        rules.reads_surveys,
        "school-life",
        order=19,
        service=KEY,
        also=("surveys:elections", "surveys:delegates"),
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        surveys.SOURCE,
        surveys.rows_to_answer,
        surveys.surveys_to_answer,
        rules.reads_surveys,
        order=25,
        service=KEY,
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        surveys.RUNNING,
        surveys.rows_running,
        surveys.surveys_running,
        rules.follows_all,
        order=90,
        service=KEY,
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        elections.SOURCE,
        elections.rows_to_vote,
        elections.votes_to_cast,
        rules.is_elector,
        order=26,
        service=KEY,
    )
)
boards.search.add(
    boards.SearchSource(
        _("Sondages et votes"),
        "chart-bar",
        None,
        rules.reads_surveys,
        letters=3,
        order=58,
        service=KEY,
        titles=surveys.titles,
        hits=surveys.surveys_found,
    )
)
boards.schedule.add(boards.Scheduled("surveys.opened", tasks.tell_of_opened, every_minutes=15))
boards.schedule.add(boards.Scheduled("surveys.ended", tasks.end_past, every_minutes=15))
boards.public_routes.add(boards.PublicRoute("surveys:booth"))
boards.seeds.add(boards.Seed("sondages et votes", seeds.plant, order=79))
spokespeople.add(
    Spokespeople("delegates", _("Délégués de classe"), elections.pupils_delegated, are_pupils=True, order=10)
)
spokespeople.add(
    Spokespeople(
        "parent_delegates",
        _("Représentants de parents"),
        elections.parents_delegated,
        are_pupils=False,
        order=20,
    )
)


def address_of_group(pk: int) -> str:
    return f"{reverse('surveys:write')}?groupe={pk}"


boards.group_links.add(
    boards.GroupLink(_("Un sondage"), address_of_group, "chart-bar", rules.surveys_group, order=36)
)
for page in [
    boards.SitePage(
        _("Élections de délégués"),
        "surveys:elections",
        "users",
        rules.reads_elections,
        _("vote candidat scrutin délégués"),
        KEY,
    ),
    boards.SitePage(
        _("Délégués"),
        "surveys:delegates",
        "users",
        rules.reads_delegates,
        _("représentants de parents délégués suppléants"),
        KEY,
    ),
]:
    boards.site_pages.add(page)
boards.first_steps.add(
    boards.FirstStep(
        _("Poser des questions, faire voter"),
        _(
            "Un sondage aux familles, un vote des personnels : qui a répondu se voit, et les résultats se dessinent."
        ),
        "surveys:write",
        rules.asks,
        where=_("Dans « Sondages et votes »"),
        order=43,
        service=KEY,
    )
)

for verb, label in [
    ("surveys.sent", _("Sondage envoyé")),
    ("surveys.sent_again", _("Sondage envoyé à de nouveaux arrivés")),
    ("surveys.reminded", _("Sondage relancé")),
    ("surveys.closed", _("Sondage terminé")),
    ("surveys.answered", _("Sondage : a répondu")),
    ("surveys.sheets_printed", _("Questionnaires d’un sondage préparés à l’impression")),
    ("surveys.entered", _("Réponse sur papier à un sondage saisie")),
    ("surveys.exported", _("Résultats d’un sondage exportés")),
    ("surveys.election_opened", _("Élection de délégués ouverte")),
    ("surveys.stood", _("Candidature aux délégués")),
    ("surveys.candidacy_decided", _("Candidature lue")),
    ("surveys.withdrew", _("Candidature retirée")),
    ("surveys.agreed", _("Suppléance acceptée")),
    ("surveys.stepped_aside", _("Suppléance refusée")),
    ("surveys.round_opened", _("Tour de scrutin ouvert")),
    ("surveys.codes_printed", _("Codes de l’isoloir imprimés")),
    ("surveys.voted", _("Élection de délégués : a voté")),
    ("surveys.round_closed", _("Tour de scrutin dépouillé")),
    ("surveys.delegate_named", _("Représentant de parents noté")),
    ("surveys.delegate_ended", _("Mandat de délégué terminé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

CATEGORY = _("Sondages et votes")
WHY = _("Ce sondage vous est adressé, pour vous ou pour un élève dont vous êtes responsable.")
for key, label, subject, body, action, why, for_whom, order in [
    (
        "told",
        _("Un sondage ou un vote est ouvert"),
        _("Un sondage attend votre réponse"),
        _("%(title)s\n%(school)s"),
        _("Répondre"),
        WHY,
        rules.reads_surveys,
        20,
    ),
    (
        "reminded",
        _("Un sondage attend encore votre réponse"),
        _("Un sondage attend encore votre réponse"),
        _("%(title)s\n%(school)s"),
        _("Répondre"),
        WHY,
        rules.reads_surveys,
        21,
    ),
    (
        "vote",
        _("Le vote des délégués est ouvert"),
        _("Le vote des délégués est ouvert"),
        _("Délégués de %(group)s\n%(school)s"),
        _("Voter"),
        _("Vous êtes élève de cette classe : vous élisez ses délégués."),
        rules.is_elector,
        22,
    ),
    (
        "substitute",
        _("On vous propose une suppléance"),
        _("%(pupil)s vous propose sa suppléance"),
        _("Délégués de %(group)s\n%(school)s"),
        _("Répondre"),
        _(
            "Vous êtes élève de cette classe\u202f: sans votre accord, cette candidature n’est pas proposée au vote."
        ),
        rules.is_elector,
        23,
    ),
    (
        "revise",
        _("Votre candidature est à revoir"),
        _("Votre candidature est à revoir"),
        _("Délégués de %(group)s\n%(school)s"),
        _("Revoir ma candidature"),
        _("Vous vous présentez\u202f: un mot est à changer, ou votre suppléant ne l’est plus."),
        rules.is_elector,
        24,
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"{KEY}.{key}",
            label,
            CATEGORY,
            subject,
            body,
            action,
            why,
            for_whom,
            Pace.AT_ONCE,
            push=True,
            order=order,
            paper_answer=_("Répondez sur le questionnaire papier remis à l’élève."),
        )
    )

COMMON: dict[str, Any] = dict(
    purpose=_("Consulter les familles, les élèves et les personnels ; élire les délégués de classe."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
ANYBODY = (Concerned.GUARDIANS, Concerned.PUPILS, Concerned.STAFF)
FOLLOWERS = (_("qui a écrit le sondage"), Role.HEAD)
HOLDERS = (_("le professeur principal"), Role.HEAD, Role.SCHOOL_LIFE)


def _surveys_read(person_id: int) -> Q:
    """A draft is its author's alone; what one was asked, as on its page."""
    asked = Voter.objects.filter(person=person_id).order_by().values("survey_id")
    return Q(author=person_id) | Q(pk__in=asked) & ~Q(state=Survey.State.DRAFT)


for label, model, person, fields, more in [
    (
        _("Sondages écrits"),
        "Survey",
        "author",
        dict.fromkeys(
            "school audience each_guardian everyone groups roles is_anonymous quorum shows_results opens_at closes_at "
            "on_roll answered questionnaire former state sent_at told_at sent_as".split(),
            NONE,
        )
        | dict.fromkeys("title text search_title author written_at".split(), PERSONAL),
        {
            "readers": Readers(
                Rows(_surveys_read, _("ses brouillons, et les sondages auxquels on a été invité à répondre")),
                NO_ROW,
                FOLLOWERS,
                (_("ceux à qui le sondage est envoyé"),),
            ),
            "people": {"author": (Concerned.STAFF,)},
        },
    ),
    (
        _("Sondages reçus"),
        "Voter",
        "person",
        dict.fromkeys("survey pupil person part answered".split(), PERSONAL),
        {
            "readers": Readers(
                own("person"),
                NO_ROW,
                (),
                (_("qui a écrit le sondage et la direction, sur sa page de suivi"),),
            ),
            "about": ("pupil",),
            "people": {"person": ANYBODY, "pupil": (Concerned.PUPILS,)},
        },
    ),
    (
        _("Relances d’un sondage"),
        "Reminder",
        "by",
        {"survey": NONE, "number": NONE, "day": PERSONAL, "by": PERSONAL},
        {"readers": on_themselves(*FOLLOWERS), "people": {"by": (Concerned.STAFF,)}},
    ),
    (
        _("Élections de délégués ouvertes"),
        "Election",
        "opened_by",
        dict.fromkeys("school group seats state".split(), NONE)
        | dict.fromkeys(["opened_by", "opened_at"], PERSONAL),
        {
            "readers": on_themselves(*HOLDERS, others=(_("les élèves de la classe"),)),
            "people": {"opened_by": (Concerned.STAFF,)},
        },
    ),
    (
        _("Candidatures aux délégués"),
        "Candidate",
        "pupil",
        {"election": NONE}
        | dict.fromkeys("pupil substitute agreed words state refusal elected_in".split(), CHILD),
        {
            "field_readers": {
                "refusal": Rows(own("pupil").where, own("pupil").words, _("ce qui est dit à un autre élève"))
            },
            "readers": on_themselves(*HOLDERS, others=(_("les élèves de la classe, une fois acceptée"),)),
            "about": ("substitute",),
            "forget": voting.forget_words,
            "people": {"substitute": (Concerned.PUPILS,)},
        },
    ),
    (
        _("Tours de scrutin dépouillés"),
        "Round",
        "closed_by",
        dict.fromkeys("election number opened_at on_roll voted blank tally digest".split(), NONE)
        | dict.fromkeys(["closed_by", "closed_at"], PERSONAL),
        {
            "readers": on_themselves(*HOLDERS, others=(_("les élèves de la classe"),)),
            "people": {"closed_by": (Concerned.STAFF,)},
        },
    ),
    (
        _("Listes électorales des délégués"),
        "Elector",
        "pupil",
        {"round": NONE, "code": NONE} | dict.fromkeys(["pupil", "has_voted"], CHILD),
        {
            "readers": on_themselves(
                others=(
                    _(
                        "qui organise l’élection, la direction et la vie scolaire, sur les codes qu’ils impriment"
                    ),
                )
            ),
            "withheld": frozenset({"code"}),
        },
    ),
    (
        _("Délégués de classe et représentants de parents"),
        "Delegate",
        "person",
        {"school": NONE, "group": NONE} | dict.fromkeys("person kind named_at ended_at".split(), PERSONAL),
        {
            "readers": on_themselves(*STAFF, others=(_("les élèves et les familles de la classe"),)),
            "people": {"person": (Concerned.PUPILS, Concerned.GUARDIANS)},
        },
    ),
]:
    boards.personal_data.add(PersonalData(label, f"surveys.{model}", person, fields=fields, **COMMON, **more))

for key, label, model, when, people, with_it in [
    (
        "surveys",
        _("Sondages et votes"),
        "Survey",
        "written_at",
        ("author", "voters__person", "voters__pupil"),
        ("surveys.Voter", "surveys.Reminder"),
    ),
    (
        "elections",
        _("Élections de délégués"),
        "Election",
        "opened_at",
        ("opened_by", "candidates__pupil", "candidates__substitute", "rounds__electors__pupil"),
        ("surveys.Candidate", "surveys.Round", "surveys.Elector"),
    ),
    ("delegates", _("Délégués de classe"), "Delegate", "named_at", ("person",), ()),
]:
    boards.terms.add(
        Term(
            f"surveys.{key}",
            label,
            keep=Retention.YEAR_PLUS_ONE,
            model=f"surveys.{model}",
            when=when,
            since=SINCE,
            text=_("Effacés à la fin de l’année scolaire qui suit, urnes comprises."),
            due=by_year(f"surveys.{model}", when),
            people=people,
            with_it=with_it,
            order=31,
        )
    )
for in_words in [
    boards.InWords("surveys", boards.Section.SCHOOL_LIFE),
    boards.InWords("surveys.Survey", when="written_at", names=lambda row: row.title),
    boards.InWords("surveys.Voter", when="", sentence=(_("Invité à répondre au sondage « %(survey)s »"),)),
    boards.InWords("surveys.Reminder", when="day"),
    boards.InWords(
        "surveys.Election", when="opened_at", names=lambda row: row.group.name, names_with=("group",)
    ),
    boards.InWords("surveys.Candidate", when="", sentence=(_("Candidature aux délégués"), _("%(words)s"))),
    boards.InWords("surveys.Round", when="closed_at"),
    boards.InWords("surveys.Elector", when="", sentence=(_("Inscrit sur la liste électorale de la classe"),)),
    boards.InWords("surveys.Delegate", when="named_at", sentence=(_("%(kind)s"),)),
]:
    boards.data_in_words.add(in_words)
