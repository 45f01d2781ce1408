"""The service, its links, its card, its first steps; the power that a head may give; the demonstration's share."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.directory.viewer import Viewer
from preau.domains.attention import rules, seeds, tasks
from preau.domains.attention.models import EARLY, WATCHERS
from preau.domains.attention.queries import reviews
from preau.foundation import boards
from preau.foundation.boards import Nature

KEY = "attention"
boards.services.add(
    boards.Service(
        KEY,
        _("Accompagnement des élèves"),
        text=_("Regarder des faits qui dépassent un seuil, décider, accompagner, en parler avec la famille."),
        namespaces=("attention",),
        order=45,
    )
)
for label, url_name, icon, open_to in [
    (_("Points d’attention"), "attention:waiting", "list", rules.looks_at_facts),
    (_("Accompagnement"), "attention:mine", "user", rules.follows_own),
]:
    boards.menu.add(boards.MenuEntry(label, url_name, icon, open_to, "school-life", order=45, service=KEY))
boards.schedule.add(boards.Scheduled("attention.every_night", tasks.every_night, every_minutes=24 * 60))
# After the rooms whose facts are counted.
boards.seeds.add(boards.Seed("accompagnements", seeds.plant, order=60))


def to_look_at_card(viewer: Viewer, pupils: int, words: int) -> Mapping[str, Any] | None:
    return {"pupils": pupils, "words": words} if pupils or words else None


boards.cards.add(
    boards.Card(
        "attention/_to_look_at.html",
        to_look_at_card,
        rules.looks_at_facts,
        "aside",
        26,
        KEY,
        counters=(reviews.number_of_pupils, reviews.number_of_words),
    )
)
boards.acts.add(
    boards.Act(
        "attention.told",
        _("Apprendre qu’une aide est proposée à un élève"),
        Nature.INFORMATION,
        order=31,
        service=KEY,
    )
)
for step in [
    boards.FirstStep(
        _("Regarder des faits, puis décider"),
        _(
            "Des comptes sur quatre semaines, avec le seuil de l’établissement. Rien ne part avant votre décision."
        ),
        "attention:waiting",
        rules.looks_at_facts,
        order=45,
        service=KEY,
    ),
    boards.FirstStep(
        _("Répondre à l’établissement"),
        _(
            "Si une personne a regardé des faits et décidé, lisez pourquoi et dites si vous n’êtes pas d’accord."
        ),
        "attention:mine",
        rules.follows_own,
        order=45,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)
powers.add(
    Power(
        EARLY,
        _("Regarder les faits et accompagner"),
        _("Les faits qui dépassent un seuil, les décisions et les mots des familles. Jamais les sanctions."),
        "attention:waiting",
        frozenset(WATCHERS),
        verbs=frozenset(
            {
                "attention.page_read",
                "attention.decided",
                "attention.decided_again",
                "attention.step_added",
                "attention.step_done",
                "attention.step_undone",
                "attention.ended",
                "attention.word_answered",
            }
        ),
        order=36,
    )
)
