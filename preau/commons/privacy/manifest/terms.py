"""What is past its term: its page, what is told, and what is kept of it (docs/decisions/0113)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preau.commons.privacy import rules, seeds, tasks
from preau.commons.privacy.actions import beside, replay
from preau.commons.privacy.actions import terms as actions
from preau.directory.queries.terms import SINCE, by_months
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.boards import (
    FieldClass,
    JournalWord,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import on_themselves

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL

actions.run_confirmed.connect(tasks.enqueue_run, dispatch_uid="privacy.run")
boards.ledgers.add(boards.Ledger("privacy", replay.ledger, beside.read))
boards.schedule.add(boards.Scheduled("privacy.prepare_terms", tasks.prepare_terms, every_minutes=24 * 60))
boards.seeds.add(boards.Seed("effacements à terme", seeds.plant_terms, order=98))
boards.menu.add(
    boards.MenuEntry(
        _("Données à effacer"), "privacy:terms", "clock", rules.follows_terms, "administration", order=59
    )
)


def rows_said(details: Mapping[str, Any]) -> str:
    rows = details.get("rows")
    return ngettext("%(num)s ligne", "%(num)s lignes", rows) % {"num": rows} if isinstance(rows, int) else ""


for verb, label in [
    ("privacy.run_approved", _("Effacement à terme : premier accord")),
    ("privacy.run_confirmed", _("Effacement à terme : second accord")),
    ("privacy.run_postponed", _("Effacement à terme reporté")),
    ("privacy.run_done", _("Données arrivées à leur terme effacées")),
    ("privacy.erasures_replayed", _("Effacements refaits après une restauration")),
]:
    boards.journal_words.add(JournalWord(verb, label, says=rows_said))

boards.notification_kinds.add(
    NotificationKind(
        actions.DUE,
        _("Des données arrivent à leur terme"),
        _("Données personnelles"),
        _("Des données arrivent à leur terme"),
        _(
            "L’établissement (%(school)s) ne doit plus garder certaines données, comptées le %(day)s. Deux personnes décident."
        ),
        _("Voir ce qui arrive à son terme"),
        _("Vous répondez des données personnelles dans cet établissement."),
        rules.prepares_terms,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=74,
    )
)

BASIS: dict[str, Any] = dict(
    purpose=_("Montrer que ce qui est arrivé à son terme a été effacé, sur l’accord de deux personnes."),
    legal_basis=_("Obligation légale (RGPD, articles 6.1.c, 5.1.e et 5.2)."),
    readers=on_themselves(
        Role.HEAD, _("qui la direction charge des données"), others=(_("les exploitants, en nombres"),)
    ),
    keep=Retention.JOURNAL,
)
boards.personal_data.add(
    PersonalData(
        label=_("Accords donnés à un effacement"),
        model="privacy.RetentionRun",
        person="approved_by",
        fields=dict.fromkeys(
            ["school", "day", "state", "prepared_at", "reminded", "reminded_on", "done_at"], NONE
        )
        | dict.fromkeys(
            [
                "approved_by",
                "approved_at",
                "confirmed_by",
                "confirmed_at",
                "postponed_by",
                "postponed_until",
                "postponed_why",
            ],
            PERSONAL,
        ),
        **BASIS,
    )
)
boards.terms.add(
    Term(
        "privacy.runs",
        _("Effacements faits"),
        keep=Retention.JOURNAL,
        model="privacy.RetentionRun",
        when="day",
        since=SINCE,
        text=_("Effacé trois ans après : il n’en reste que le nombre."),
        order=99,
        due=by_months("privacy.RetentionRun", "day", 36),
    )
)
