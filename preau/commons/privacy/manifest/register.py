"""The register of processing, and the kit for a breach."""

from django.utils.translation import gettext_lazy as _

from preau.commons.privacy import rules
from preau.foundation import boards

boards.journal_words.add(
    boards.JournalWord(
        "privacy.register_exported", _("Registre des traitements téléchargé"), names_nobody=True
    )
)
for verb, label in {
    "privacy.breach_measured": _("Violation de données mesurée"),
    "privacy.breach_contacts_exported": _("Contacts des personnes à prévenir téléchargés"),
}.items():
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.settings_pages.add(
    boards.SettingsPage(
        _("Registre des traitements"),
        _("Pourquoi chaque donnée est gardée, de quel droit, combien de temps et qui la lit."),
        "privacy:register",
        "clipboard-check",
        rules.reads_register,
        order=92,
        heading=boards.SettingsHeading.DATA,
        words=_("RGPD"),
    )
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Violation de données"),
        _("Un compte volé, un appareil perdu : qui est touché, qui prévenir, et les papiers pour la CNIL."),
        "privacy:breach",
        "alert-triangle",
        rules.warns_people,
        order=93,
        heading=boards.SettingsHeading.DATA,
        words=_("RGPD piratage"),
    )
)
