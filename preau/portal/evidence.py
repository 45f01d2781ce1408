"""What was measured of accessibility, and what the law lets us say of it (RGAA 4.1, article 47 of the law 2005-102)."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

FILE = Path(__file__).parent / "evidence.json"
HALF = 0.5
NOT, PARTLY, WHOLLY = _("non conforme"), _("partiellement conforme"), _("totalement conforme")

# What each checker looks at, in words; an engine that has no line here goes by its own name.
NAMES = {
    "320 px": _("Lecture dans 320 pixels de large, sans défilement de côté"),
    "axe": _("Règles d’axe-core"),
    "axe incertain": _("Doutes d’axe-core, relus"),
    "cibles": _("Taille des boutons et des liens"),
    "clavier": _("Parcours au clavier"),
    "console": _("Erreurs dans le navigateur"),
    "csp": _("Règles de sécurité de la page"),
    "espacement": _("Texte espacé par le lecteur"),
    "focus": _("Élément actif visible"),
    "html": _("HTML valide"),
    "liens": _("Liens qui mènent quelque part"),
    "poids": _("Poids des pages"),
    "requêtes": _("Travail de la base de données"),
    "réponse": _("Réponses attendues de chaque adresse"),
    "sombre": _("Contrastes sur fond sombre"),
    "tiers": _("Aucune demande à un autre site"),
}


@dataclass(frozen=True)
class Evidence:
    """The summary of one run of the crawler, and of the audit of the criteria by people once there is one.

    `checks` gives each checker and the violations it found. `met` of `applicable` criteria: zero while nobody has
    audited them, since no engine can.
    """

    day: str
    pages: int
    people: int
    checks: dict[str, int]
    met: int = 0
    applicable: int = 0

    @property
    def lines(self) -> list[tuple[Any, int]]:
        """Each checker in words, and the violations that it found."""
        return [(NAMES.get(name, name), found) for name, found in self.checks.items()]

    @property
    def violations(self) -> int:
        return sum(self.checks.values())

    @property
    def on(self) -> date:
        return date.fromisoformat(self.day)


def summary_of(report: dict[str, Any], day: date, met: int = 0, applicable: int = 0) -> Evidence:
    """What is worth keeping of the crawler's report (docs/net.md)."""
    checks = {name: result["violations"] for name, result in sorted(report["checkers"].items())}
    return Evidence(
        day.isoformat(), len(report["looks"]), len(report["members"]), checks, met=met, applicable=applicable
    )


def write(found: Evidence, file: Path = FILE) -> None:
    file.write_text(json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n")


@lru_cache
def evidence(file: Path = FILE) -> Evidence | None:
    """What was measured of this version; None when nobody has measured it."""
    return Evidence(**json.loads(file.read_text())) if file.exists() else None


def state_of(found: Evidence | None) -> Any:
    """The three words of the law. Without an audit of the criteria by people, the law says « non conforme »."""
    if found is None or not found.applicable or found.met < HALF * found.applicable:
        return NOT
    return WHOLLY if found.met == found.applicable and not found.violations else PARTLY
