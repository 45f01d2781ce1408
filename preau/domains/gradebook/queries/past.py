"""Imports of marks as pages show them: figures, what would be written, what is set aside."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from preau.foundation.importers.importer import Section
from preau.foundation.text import number

CHANGES = (
    Section(
        "devoirs",
        "created",
        gettext_lazy("Devoirs repris"),
        gettext_lazy("Avec leurs notes : élèves et familles les lisent aussitôt, et personne n’est prévenu."),
    ),
    Section(
        "completes",
        "completed",
        gettext_lazy("Devoirs déjà là, complétés"),
        gettext_lazy("Ils reçoivent les notes qui leur manquent. Celles qui y sont restent."),
    ),
)
NOTES = (
    Section(
        "mis-de-cote",
        "put_aside",
        gettext_lazy("Mis de côté"),
        gettext_lazy(
            "Ces lignes ne sont pas prises. Corrigez le fichier ou l’annuaire, puis apportez-le de nouveau : ce qui est déjà repris ne l’est pas deux fois."
        ),
    ),
)


def figures_of(report: Mapping[str, Any]) -> list[str]:
    """How much, in words."""
    counts = {name: int(report.get(name) or 0) for name in ("assessments", "marks", "unchanged", "aside")}
    words = {
        "assessments": ngettext("%(count)s devoir repris", "%(count)s devoirs repris", counts["assessments"]),
        "marks": ngettext("%(count)s note reprise", "%(count)s notes reprises", counts["marks"]),
        "unchanged": ngettext("%(count)s note déjà là", "%(count)s notes déjà là", counts["unchanged"]),
        "aside": ngettext("%(count)s ligne mise de côté", "%(count)s lignes mises de côté", counts["aside"]),
    }
    return [words[name] % {"count": number(count)} for name, count in counts.items() if count]
