"""The menu, the powers that a head may give, the settings page, the first steps, the work of the night, the demonstration's share."""

from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.directory.words import Role
from preau.domains.records import rules, seeds, tasks
from preau.domains.records.actions import keeping
from preau.domains.records.models import HEALTH, PSYCHOLOGY, SOCIAL
from preau.foundation import boards
from preau.foundation.boards import Nature

boards.seals.add(boards.Seals("records", keeping.reseal_all))

for label, url_name, icon, open_to, order in [
    (_("Dossiers confidentiels"), "records:records", "shield-lock", rules.keeps_records, 45),
    (_("Besoins particuliers"), "records:around", "alert-triangle", rules.looks_after, 31),
    (_("Plans et aménagements"), "records:own_records", "adjustments", rules.follows_own, 45),
]:
    boards.menu.add(boards.MenuEntry(label, url_name, icon, open_to, "school-life", order=order))

for key, label, text, roles, order in [
    (
        HEALTH,
        _("Dossiers confidentiels : santé"),
        _(
            "Ouvrir un PAI, un PAP, un PPS, un PPRE ou un dossier d’infirmerie. Ne lit que les siens, et ceux où on l’ajoute."
        ),
        frozenset({Role.NURSE}),
        61,
    ),
    (
        SOCIAL,
        _("Dossiers confidentiels : suivi social"),
        _("Ouvrir un dossier de suivi social. Ne lit que les siens, et ceux où on l’ajoute."),
        frozenset[Role](),
        62,
    ),
    (
        PSYCHOLOGY,
        _("Dossiers confidentiels : psychologue"),
        _("Ouvrir un dossier de psychologue. Ne lit que les siens, et ceux où on l’ajoute."),
        frozenset[Role](),
        63,
    ),
]:
    powers.add(
        Power(
            key, label, text, "records:open_record", roles, verbs=frozenset({"records.opened"}), order=order
        )
    )

boards.settings_pages.add(
    boards.SettingsPage(
        _("Dossiers confidentiels"),
        _("Combien de dossiers chacun peut ouvrir, et ceux qui attendent quelqu’un. Jamais leur contenu."),
        "records:audit",
        "shield-lock",
        rules.audits,
        order=75,
        heading=boards.SettingsHeading.DATA,
        words=_("PAI PAP"),
    )
)
boards.schedule.add(
    boards.Scheduled("records.remind_of_reviews", tasks.remind_of_reviews, every_minutes=24 * 60)
)
boards.seeds.add(boards.Seed("dossiers confidentiels", seeds.plant, order=45))
boards.acts.add(
    boards.Act(
        "records.handed",
        _("Transmettre un PAI ou un PAP au prochain établissement"),
        Nature.NON_USUAL,
        order=60,
    )
)
for step in [
    boards.FirstStep(
        _("Ouvrir un PAI ou un PAP"),
        _("Ce qui est confidentiel d’un côté, les aménagements que les enseignants lisent de l’autre."),
        "records:open_record",
        rules.opens_records,
        where=_("Dans « Dossiers confidentiels »"),
        order=60,
    ),
    boards.FirstStep(
        _("Savoir que faire en cas d’urgence"),
        _("La conduite à tenir pour vos élèves, en deux gestes depuis le menu."),
        "records:around",
        rules.looks_after,
        order=35,
    ),
    boards.FirstStep(
        _("Lire un plan"),
        _("Le PAI ou le PAP signé avec l’établissement, et qui l’a lu."),
        "records:own_records",
        rules.follows_own,
        order=60,
    ),
]:
    boards.first_steps.add(step)
