"""The service, its links, cards, searches, first steps; the power that a head may give; the demonstration's share."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.boards import EarlyFact, Power, early_facts, powers
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.conduct import rules, seeds, tasks
from preau.domains.conduct.models import FOLLOWS, INCIDENTS
from preau.domains.conduct.queries import awaited, early, incidents, punitions
from preau.domains.timetable.boards import RoomHold, room_holds
from preau.foundation import boards
from preau.foundation.boards import Nature

KEY = "conduct"
boards.services.add(
    boards.Service(
        KEY,
        _("Incidents, punitions et sanctions"),
        text=_("Signaler, donner suite, placer les retenues, suivre les procédures, prévenir les familles."),
        namespaces=("conduct",),
        # An école gives no sanction of this kind.
        kinds=frozenset({School.Kind.COLLEGE, School.Kind.LYCEE, School.Kind.OTHER}),
        order=40,
    )
)
for label, url_name, icon, open_to in [
    (_("Incidents"), "conduct:incidents", "alert-circle", rules.reports_incidents),
    (_("Comportement"), "conduct:followed", "scale", rules.follows_own),
]:
    boards.menu.add(boards.MenuEntry(label, url_name, icon, open_to, "school-life", order=35, service=KEY))
room_holds.add(RoomHold(KEY, punitions.rooms_held, order=20))
boards.schedule.add(boards.Scheduled("conduct.erase_at_term", tasks.erase_at_term, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("incidents et punitions", seeds.plant, order=35))


def to_handle_card(viewer: Viewer, number: int) -> Mapping[str, Any] | None:
    """The newest, and how many there are in all."""
    return {"number": number, "rows": incidents.incidents_to_handle(viewer)} if number else None


boards.cards.add(
    boards.Card(
        "conduct/_to_handle.html",
        to_handle_card,
        rules.follows_incidents,
        "main",
        35,
        KEY,
        counters=(incidents.number_to_handle,),
    )
)

for key, rows, said, order, open_to in [
    # What the head alone signs comes before what is only followed.
    (awaited.DECISION, awaited.rows_to_decide, awaited.decisions_awaited, 3, rules.decides_sanctions),
    (awaited.CONVENTION, awaited.rows_to_sign, awaited.conventions_awaited, 4, rules.decides_sanctions),
    (awaited.PUNITION, awaited.rows_of_punitions, awaited.punitions_awaited, 15, rules.follows_own),
    (awaited.AGREEMENT, awaited.rows_of_agreements, awaited.agreements_awaited, 16, rules.follows_own),
]:
    boards.awaited.add(boards.AwaitedSource(key, rows, said, open_to, order=order, service=KEY))

# Detentions stay on our pages: the calendar of a phone is kept by others.
boards.agenda.add(
    boards.AgendaSource(
        KEY,
        punitions.agenda_of,
        rules.has_detentions,
        in_feed=False,
        order=40,
        service=KEY,
        in_notebook=True,
    )
)
boards.acts.add(
    boards.Act(
        "conduct.told",
        _("Apprendre une punition, une procédure ou une sanction"),
        Nature.INFORMATION,
        order=30,
        service=KEY,
    )
)

for step in [
    boards.FirstStep(
        _("Signaler un incident"),
        _("La classe du cours en cours est déjà là : cochez, choisissez la nature, dites les faits."),
        "conduct:report",
        rules.reports_incidents,
        where=_("Dans « Incidents »"),
        order=40,
        service=KEY,
    ),
    boards.FirstStep(
        _("Traiter les incidents"),
        _("Ce que la famille lit s’écrit à part, pour chaque élève : elle ne voit rien d’autre."),
        "conduct:incidents",
        rules.follows_incidents,
        order=30,
        service=KEY,
    ),
    boards.FirstStep(
        _("Lire le suivi"),
        _("Les punitions, les retenues et ce que la vie scolaire vous dit, au même endroit."),
        "conduct:followed",
        rules.follows_own,
        order=40,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)

powers.add(
    Power(
        INCIDENTS,
        _("Suivre les incidents et les punitions"),
        _(
            "Tous les incidents, les punitions, les retenues et les contrats de l’établissement. Jamais les sanctions."
        ),
        "conduct:incidents",
        frozenset(FOLLOWS),
        verbs=frozenset(
            {
                "conduct.incident_corrected",
                "conduct.incident_settled",
                "conduct.incident_reopened",
                "conduct.family_told",
                "conduct.contract_opened",
                "conduct.contract_followed",
                "conduct.contract_ended",
                "conduct.slot_opened",
                "conduct.exported",
            }
        ),
        order=35,
    )
)
for fact in [
    EarlyFact(
        "conduct.punitions",
        _("Punitions"),
        _("Celles qui tiennent. Les sanctions n’entrent dans aucun compte."),
        early.punitions,
        early.punitions_said,
        threshold=3,
        order=60,
        service=KEY,
    ),
    EarlyFact(
        "conduct.sent_out",
        _("Exclusions ponctuelles d’un cours"),
        _("Quand l’élève a quitté un cours à la demande du professeur."),
        early.sent_out,
        early.sent_out_said,
        threshold=2,
        order=70,
        service=KEY,
    ),
]:
    early_facts.add(fact)
for label, url_name, open_to in [
    (_("Punitions"), "conduct:punitions", rules.gives_punitions),
    (_("Retenues"), "conduct:slots", rules.reports_incidents),
    (_("Sanctions"), "conduct:sanctions", rules.reads_sanctions),
    (_("Contrats d’objectifs"), "conduct:contracts", rules.follows_incidents),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, "alert-circle", open_to, service=KEY))
