"""`python deploy/example.py`: writes deploy/preau.env.example from preau/settings.py and the table of docs/operations.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "deploy" / "preau.env.example"
# What a site cannot do without, with a value to change; the rest is shown and left out.
NEEDED = {
    "SECRET_KEY_FILE": "/etc/preau/secret_key",
    "ALLOWED_HOSTS": "ent.example.org,127.0.0.1",
    "PUBLIC_URL": "https://ent.example.org",
    "DATABASE_URL": "postgresql:///preau?host=/var/run/postgresql",
    "EMAIL_URL": "smtp+tls://preau:password@smtp.example.org:587",
    "DEFAULT_FROM_EMAIL": "Préau <ne-pas-repondre@example.org>",
    "TRUSTED_PROXY": "1",
    "SOURCE_URL": "https://example.org/source",
    "VAR_DIR": "/srv/preau/var",
    "LIVE": "1",
    "FILES_ACCEL": "/fichiers-internes/",
    "BACKUP_DIR": "/srv/preau-backups",
    "BACKUP_RECIPIENTS": "age1…",
    "BACKUP_KEYS_RECIPIENTS": "age1…",
    "OPERATOR_NAME": "À compléter",
    "OPERATOR_ADDRESS": "À compléter",
    "OPERATOR_DIRECTOR": "À compléter",
    "OPERATOR_HOST": "À compléter",
    "OPERATOR_CONTACT": "À compléter",
    "OPERATOR_PRIVACY": "À compléter",
}
NEVER = {"DEMO", "DEBUG", "HTTPS", "SIGNON_LOOPBACK", "HASHED_STATIC", "SECRET_KEY"}
HEAD = """# /etc/preau.env: the environment of Préau, for systemd (EnvironmentFile) and for a shell (set -a; . /etc/preau.env).
# Every value is between single quotes: both then read the same. Mode 400, owner preau.
# Written by deploy/example.py from preau/settings.py and docs/operations.md, where each is told in full.
"""


def variables() -> list[str]:
    """Every variable that the settings read, in their order."""
    tree, found = ast.parse((ROOT / "preau" / "settings.py").read_text()), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env."):
            first = node.args[0]
            if isinstance(first, ast.Constant) and str(first.value).isupper():
                found.append((node.lineno, str(first.value)))
        if isinstance(node, ast.Constant) and str(node.value).startswith("OPERATOR_"):
            found.append((node.lineno, str(node.value)))
    return list(dict.fromkeys(["DATABASE_URL", *(name for _line, name in sorted(found))]))


def meanings() -> dict[str, tuple[str, str]]:
    """The default and the meaning of each, from the table of the document."""
    text = (ROOT / "docs" / "operations.md").read_text().split("## Environment")[1].split("\n## ")[0]
    found = {}
    for line in text.splitlines():
        cells = line.split(" | ")
        if len(cells) >= 3 and line.startswith("| `"):
            for name in re.findall(r"`([A-Z_]+)`", cells[0]):
                found[name] = (cells[1], " | ".join(cells[2:]).rstrip(" |"))
    return found


def _plain(text: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).replace("`", "").replace("**", "")
    first = re.split(r"(?<=[a-z0-9)»…])(?:\. |; |: )", text, maxsplit=1)[0]
    return first.strip().rstrip(".")


def lines() -> Iterator[str]:
    yield HEAD
    known = meanings()
    names = [name for name in variables() if name not in NEVER]
    yield "# What a site cannot do without\n"
    for name, value in NEEDED.items():
        _default, meaning = known[name.removesuffix("_FILE")]
        yield f"# {_plain(meaning)}\n{name}='{value}'"
    yield "\n# What it may do without: take the # away\n"
    for name in names:
        if name in NEEDED:
            continue
        default, meaning = known[name]
        yield f"# {_plain(meaning)}; {_plain(default)}\n#{name}=''"


def written() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    OUT.write_text(written())
