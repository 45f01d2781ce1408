"""What « Mes données » says of itself at the first visits."""

from django.utils.translation import gettext_lazy as _

from preau.commons.privacy import rules
from preau.foundation import boards

boards.first_steps.add(
    boards.FirstStep(
        _("Savoir ce qui est gardé sur vous"),
        _("Tout ce que Préau garde, qui l’a lu, et une copie à emporter."),
        "privacy:own_data",
        rules.has_data,
        where=_("Votre nom, puis « Mes données »"),
        order=80,
    )
)
boards.journal_words.add(boards.JournalWord("privacy.data_exported", _("Copie des données emportée")))
