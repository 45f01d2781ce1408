"""A school that leaves at the end of its contract: what is told, and what is kept of it (docs/decisions/0181)."""

from django.utils.translation import gettext_lazy as _

from preau.commons.privacy import rules, tasks
from preau.commons.privacy.actions import contracts as actions
from preau.commons.privacy.manifest.terms import rows_said
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    JournalWord,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
)
from preau.foundation.readers import NO_ROW, Readers

NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL

boards.schedule.add(boards.Scheduled("privacy.end_contracts", tasks.end_contracts, every_minutes=24 * 60))
boards.menu.add(
    boards.MenuEntry(
        _("Fins de contrat"),
        "privacy:contract_ends",
        "building",
        rules.ends_contracts,
        "administration",
        order=60,
    )
)
for verb, label in [
    ("privacy.contract_end_prepared", _("Fin de contrat préparée")),
    ("privacy.contract_end_confirmed", _("Fin de contrat confirmée")),
    ("privacy.contract_end_called_off", _("Fin de contrat abandonnée")),
    ("privacy.contract_end_done", _("Données de l’établissement effacées à la fin de son contrat")),
    ("privacy.contract_certificate_taken", _("Attestation de fin de contrat téléchargée")),
]:
    boards.journal_words.add(JournalWord(verb, label, says=rows_said, names_nobody=True))

boards.notification_kinds.add(
    NotificationKind(
        actions.SOON,
        _("L’établissement quitte Préau"),
        _("Données personnelles"),
        _("L’établissement quitte Préau"),
        _(
            "Le contrat se termine : tout ce que l’établissement (%(school)s) a dans Préau est effacé à partir du %(day)s. Prenez avant ce jour ce qu’il doit garder."
        ),
        _("Voir ce qui est effacé, et ce qu’il faut prendre"),
        _("Vous répondez des données personnelles dans cet établissement."),
        rules.prepares_terms,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=75,
    )
)

boards.personal_data.add(
    PersonalData(
        label=_("Fins de contrat décidées"),
        model="privacy.SchoolErasure",
        person="prepared_by",
        purpose=_(
            "Montrer que les données d’un établissement parti ont été effacées, sur l’accord de deux exploitants."
        ),
        legal_basis=_("Obligation légale (RGPD, articles 6.1.c, 5.2 et 28.3.g)."),
        readers=Readers(
            NO_ROW,
            NO_ROW,
            staff=(Role.HEAD, _("qui la direction charge des données")),
            others=(_("les exploitants de la plateforme"),),
        ),
        keep=Retention.SCHOOL,
        people=dict.fromkeys(["prepared_by", "called_off_by"], (Concerned.STAFF,)),
        fields=dict.fromkeys(
            [
                "school",
                "state",
                "prepared_at",
                "due",
                "people",
                "staying",
                "erased_people",
                "people_done_at",
                "done_at",
            ],
            NONE,
        )
        | dict.fromkeys(
            ["prepared_by", "confirmed_by", "confirmed_at", "called_off_by", "called_off_at"], PERSONAL
        ),
    )
)
boards.endings.add(
    boards.Ending(
        ("privacy.SchoolErasure",),
        _(
            "Reste, en nombres et en dates : sans cette preuve, une sauvegarde d’avant le départ ramènerait l’établissement."
        ),
    )
)
