"""What activities show to the rest: pages of the register and of classes, personal data, what may be written by a GET."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.commons.lti import rules, seeds, tasks
from preau.commons.lti.actions import keeping
from preau.commons.lti.models import Tool
from preau.commons.lti.words import ACTIVITY, ALLOWED, GRADING
from preau.commons.signon.boards import Opener, ProtocolPage, openers, protocol_pages
from preau.commons.signon.words import Protocol
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards, readonly
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    FirstStep,
    GroupLink,
    JournalWord,
    PersonalData,
    Retention,
)
from preau.foundation.readers import on_themselves, with_guardians

NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD

# The service sends the browser back by GET, and its one passage is used (docs/decisions/0117).
readonly.PROTOCOLS["/lti/authorize"] = frozenset(
    {"lti_passage", "signon_alias", "signon_usage", "signon_signingkey", "journal_line"}
)
for name in ("authorize", "token", "chosen", "members", "lines", "line", "scores", "results"):
    boards.public_routes.add(boards.PublicRoute(f"lti:{name}"))


def settings_of(public_id: str) -> str:
    return reverse("lti:tool", kwargs={"public_id": public_id})


def agreement_of(public_id: str) -> str:
    return reverse("lti:agreement", kwargs={"public_id": public_id})


protocol_pages.add(
    ProtocolPage(Protocol.LTI, _("Réglages LTI"), settings_of, "adjustments", rules.sets_tool, order=10)
)
protocol_pages.add(
    ProtocolPage(
        Protocol.LTI,
        _("Ce que le service peut faire"),
        agreement_of,
        "shield-lock",
        rules.agrees_here,
        order=20,
    )
)
openers.add(Opener(Protocol.LTI, _("Voir les activités"), "lti:activities", "presentation"))


def activities_of(group: int) -> str:
    return f"{reverse('lti:activities')}?classe={group}"


def has_activities(viewer: Viewer, group: Group) -> bool:
    """Whoever gives some to this class, or directs the school, once a service gives any there."""
    if not viewer.holds(Role.TEACHER, Role.HEAD):
        return False
    return Tool.objects.filter(
        service__openings__school=viewer.school_id,
        service__openings__is_on=True,
        service__protocol=Protocol.LTI,
    ).exists()


boards.group_links.add(GroupLink(_("Activités"), activities_of, "presentation", has_activities, order=30))
boards.schedule.add(boards.Scheduled("lti.purge", tasks.purge, every_minutes=60))
boards.schedule.add(boards.Scheduled("lti.name_members", tasks.name_members, every_minutes=15))
boards.seeds.add(boards.Seed("activités", seeds.plant, order=96))
boards.first_steps.add(
    FirstStep(
        _("Donner une activité d’un site relié"),
        _("Choisissez un exercice pour une classe ; les résultats reviennent dans Préau."),
        "lti:activities",
        rules.gives_activities,
        where=_("Applications, puis « Voir les activités »"),
        order=72,
    )
)


def said_of_change(details: Mapping[str, Any]) -> str:
    """« adresses de retour, clés (lire la liste de la classe) »: what a line of the journal says."""
    words = {
        "login_url": _("adresse de session"),
        "target": _("adresse ouverte"),
        "redirects": _("adresses de retour"),
        "chooses": _("choix d’une activité"),
        "asks": _("ce qu’il fait de lui-même"),
        "keys_url": _("adresse des clés"),
        "keys": _("clés"),
        "title": _("titre"),
        "text": _("consigne"),
        "due_on": _("jour"),
    }
    changed = [str(words[one]) for one in str(details.get("changed", "")).split(",") if one in words]
    allowed = [str(ALLOWED[key].label) for key in str(details.get("asks", "")).split(",") if key in ALLOWED]
    summary = ", ".join(changed)
    return f"{summary} ({', '.join(allowed)})" if summary and allowed else summary or ", ".join(allowed)


for verb, label, topic in [
    ("lti.tool_changed", _("Service relié : réglages LTI"), "settings"),
    ("lti.agreed", _("Service relié : ce qu’il peut faire de lui-même"), "settings"),
    ("lti.given", _("Activité donnée à une classe"), ""),
    ("lti.changed", _("Activité modifiée"), ""),
    ("lti.ended", _("Activité retirée"), ""),
    ("lti.restored", _("Activité donnée de nouveau"), ""),
    ("lti.exported", _("Résultats d’une activité exportés"), ""),
]:
    boards.journal_words.add(JournalWord(verb, label, topic, said_of_change))

BASIS = dict(legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."))
boards.personal_data.add(
    PersonalData(
        label=_("Activités données aux classes"),
        model="lti.Activity",
        person="given_by",
        purpose=_("Donner à une classe un exercice d’un site relié, et savoir qui l’a donné."),
        readers=on_themselves(
            Role.HEAD,
            _("enseignants de la classe"),
            others=(
                _("la classe et ses familles"),
                _("le service qui le propose, sans le nom du professeur"),
            ),
        ),
        keep=Retention.YEAR,
        fields=dict.fromkeys(["given_by", "given_at", "ended_at", "title", "text", "due_on"], PERSONAL)
        | dict.fromkeys(["school", "context", "public_id", "target", "custom"], NONE),
        forget=keeping.forget_activities,
        withheld=frozenset({"custom"}),
        **BASIS,
        people={"given_by": (Concerned.STAFF,)},
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Résultats d’activités"),
        model="lti.Score",
        person="pupil",
        purpose=_("Montrer au professeur, à l’élève et à sa famille ce que le service a noté."),
        readers=with_guardians(
            Role.HEAD, _("enseignants de la classe"), others=(_("le service qui l’a noté"),)
        ),
        keep=Retention.YEAR,
        fields=dict.fromkeys(
            ["column", "pupil", "given", "maximum", "comment", "activity", "grading", "said_at"], CHILD
        ),
        forget=keeping.forget_scores,
        says={
            "activity": lambda word: str(ACTIVITY.get(word, word)),
            "grading": lambda word: str(GRADING.get(word, word)),
        },
        erases=_(
            "Les résultats de l’élève disparaissent de Préau ; le service garde ce qu’il sait, sous son propre identifiant."
        ),
        **BASIS,
    )
)
PASSING = dict(
    readers=on_themselves(others=(_("le service ouvert"),)),
    keep=Retention.MONTH,
    forget=keeping.forget_passing,
)
boards.personal_data.add(
    PersonalData(
        label=_("Passages vers une activité"),
        model="lti.Passage",
        person="account__person",
        purpose=_("Dire au service qui vient d’arriver, une fois, dans les minutes qui suivent."),
        fields=dict.fromkeys(["account", "seat", "context", "activity", "used_at", "ends_at"], PERSONAL)
        | dict.fromkeys(["session", "hint", "message", "answer"], NONE),
        withheld=frozenset({"session", "hint", "message", "answer"}),
        **BASIS | PASSING,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Activités choisies, pas encore données"),
        model="lti.Proposal",
        person="account__person",
        purpose=_("Relire ce qui vient d’être choisi dans un service avant de le donner à la classe."),
        fields=dict.fromkeys(
            ["account", "seat", "context", "items", "refused", "taken_at", "ends_at"], PERSONAL
        )
        | {"public_id": NONE},
        withheld=frozenset({"items", "public_id"}),
        **BASIS | PASSING,
    )
)
boards.endings.add(
    boards.Ending(
        ("lti.Activity", "lti.Score", "lti.Passage", "lti.Proposal"),
        _(
            "Une activité et ses résultats s’effacent à la fin de l’année de leur classe, un passage dans l’heure."
        ),
        by="lti.purge",
    )
)

# How people read it.
for words in [
    boards.InWords("lti", boards.Section.WORK),
    boards.InWords(
        "lti.Activity", when="given_at", sentence=("%(title)s", "%(text)s", _("pour le %(due_on)s"))
    ),
    boards.InWords(
        "lti.Score",
        when="said_at",
        sentence=(_("%(column)s : %(given)s sur %(maximum)s"), "%(comment)s"),
        quiet=frozenset({"activity", "grading"}),
    ),
]:
    boards.data_in_words.add(words)
