"""No page says again a word that strangers stumbled on (docs/style.md)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What a phone itself says is quoted as it says it; what a terminal shows is for whoever runs the site.
QUOTED = {"preau/commons/agenda/templates/agenda/_in_a_calendar.html"}
REFUSED = (
    "Mettre dans une séance",
    "Mettre ici",
    "Mettre ma photo",
    "Déposer une livraison",
    "Données à leur terme",
    "Faits à regarder",
    "flux Atom",
    "J’appelle",
    "Ne rien répondre, c’est non",
    "Ce que Préau tient",
    "Qui peut paraître",
)
MACHINE = re.compile(r"\b(?:utilisat(?:eur|rice)s?|entités?|panier d’exercices)\b", re.IGNORECASE)
# What is said to people: in templates what is between quotes or tags, in code what gettext says.
SAID = re.compile(r"_\(\s*\"([^\"]+)\"|ngettext(?:_lazy)?\(\s*\"([^\"]+)\",\s*\"([^\"]+)\"", re.DOTALL)


def said_in(root: Path) -> list[tuple[str, str]]:
    found = []
    for path in sorted([*root.glob("preau/**/*.html"), *root.glob("preau/**/*.py")]):
        name = path.relative_to(root).as_posix()
        if "/tests/" in name or "/migrations/" in name or "/management/" in name or name in QUOTED:
            continue
        for groups in SAID.findall(path.read_text()):
            found += [(name, text) for text in groups if text]
    return found


def odd(texts: list[tuple[str, str]]) -> list[str]:
    return [
        f"{name}: « {text} »"
        for name, text in texts
        if any(word in text for word in REFUSED) or MACHINE.search(text)
    ]


def test_pages_speak_the_words_of_schools() -> None:
    texts = said_in(ROOT)
    assert len(texts) > 5_000
    assert odd(texts) == []


@pytest.mark.parametrize(
    "text", ["Déposer une livraison", "Chaque utilisateur", "Le panier d’exercices est plein"]
)
def test_an_odd_word_is_found(tmp_path: Path, text: str) -> None:
    page = tmp_path / "preau/house/templates/house/page.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<h1>{{{{ _("{text}") }}}}</h1>')
    assert len(odd(said_in(tmp_path))) == 1
