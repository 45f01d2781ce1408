"""The invariants of the building, as functions that return complaints. `test_building.py` asks them of the real
building, then of planted mistakes: a check that cannot fail protects nothing."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from django.db import models
from django.db.migrations import Migration
from django.db.migrations.operations import RunPython, RunSQL
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils.translation import gettext, ngettext
from jinja2 import Environment

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.foundation.access import anyone
from preau.foundation.boards import PersonalData
from preau.foundation.text import french
from preau.identity.models import Account

FORBIDDEN = {"utils", "helpers", "common", "misc", "base", "services", "managers", "core"}
ABOUT_PEOPLE = (Person, Account)
PLACE = re.compile(r"<(?:(\w+):)?\w+>")
FILLING = {
    "int": "7",
    "slug": "un-nom",
    "str": "abcdefghijklmnopqrstuv",
    "uuid": "0b1f2c3d-1111-4222-8333-444455556666",
    "path": "un/nom",
}


def routes(patterns: Iterable[Any], namespace: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every (full name, view) below these patterns."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern.callback


def addresses(patterns: Iterable[Any], before: str = "") -> Iterator[str]:
    """One address of each route below these patterns, with something of the right kind in each of its places."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield "/" + PLACE.sub(lambda place: FILLING.get(place[1], FILLING["str"]), route)


def contested_addresses(patterns: list[Any]) -> list[str]:
    """Those whose page depends on the order of the houses: `preau.urls` puts first what is opened most."""
    one, other = (URLResolver(RegexPattern("^/"), list(order)) for order in (patterns, patterns[::-1]))
    return [
        address
        for address in addresses(patterns)
        if one.resolve(address).view_name != other.resolve(address).view_name
    ]


def undeclared_routes(patterns: Iterable[Any]) -> list[str]:
    return [
        f"{name}: nobody said who may open it"
        for name, view in routes(patterns)
        if not hasattr(view, "opening")
    ]


def public_routes(patterns: Iterable[Any]) -> set[str]:
    return {name for name, view in routes(patterns) if getattr(view, "opening", None) is anyone}


HANDS_OVER = re.compile(r"attachment|\b(?:as|csv|json|pdf)_file\(|\bcsv_lines\(")


def hands_over(view: Callable[..., Any]) -> bool:
    """Does this view answer with a file to keep? Its own text says so, or that of a function of its module that it calls."""
    own = inspect.unwrap(view)
    module, seen, waiting = vars(inspect.getmodule(own)), set(), [own]
    while waiting:
        text = inspect.getsource(waiting.pop())
        if HANDS_OVER.search(text):
            return True
        for name in set(re.findall(r"\b(_?\w+)\(", text)) - seen:
            seen.add(name)
            called = module.get(name)
            if (
                inspect.isfunction(called)
                and called.__module__ == own.__module__
                and not hasattr(called, "opening")
            ):
                waiting.append(called)
    return False


def unconfirmed_routes(patterns: Iterable[Any], gestures: set[str], exempt: Iterable[str]) -> list[str]:
    """Files to take away, and the gestures named, which a browser left open would do for anybody (docs/decisions/0107)."""
    found, complaints = dict(routes(patterns)), []
    for name, view in found.items():
        how = getattr(view, "confirms", "")
        takes = hands_over(view) and name not in exempt
        if takes and not how:
            complaints.append(f"{name}: hands a file over, and nobody is asked to confirm (@confirmed)")
        elif takes and how == "sending" and "GET" in methods_of(view):
            complaints.append(f"{name}: hands a file over by a link: @confirmed(reading=True)")
        elif name in gestures and not how:
            complaints.append(f"{name}: a gesture that asks to confirm, and does not (@confirmed)")
    complaints += [f"{name}: no such route any more" for name in sorted({*gestures, *exempt} - set(found))]
    return complaints + [
        f"{name}: exempt, and asks all the same"
        for name in exempt
        if getattr(found.get(name), "confirms", "")
    ]


def methods_of(view: Any) -> frozenset[str]:
    """The methods that a view takes, as `require_http_methods` and its like remember them."""
    while view is not None:
        listed = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if listed is not None:
            return frozenset(listed)
        view = getattr(view, "__wrapped__", None)
    return frozenset()


def points_at(model: type[models.Model], targets: tuple[type[models.Model], ...]) -> bool:
    """Is this one of the targets, or does one of its own fields lead to one?"""
    fields = [*model._meta.fields, *model._meta.many_to_many]
    return model in targets or any(field.related_model in targets for field in fields)


def unscoped_models(found: Iterable[type[models.Model]]) -> list[str]:
    """Models of a school or about people whose manager does not say who sees their rows."""
    complaints = []
    for model in found:
        if not points_at(model, (School, *ABOUT_PEOPLE)):
            continue
        visible_to = getattr(model.objects.all(), "visible_to", None) or getattr(
            model.objects, "visible_to", None
        )
        if visible_to is None or getattr(visible_to, "__func__", None) is SchoolQuerySet.visible_to:
            complaints.append(f"{model._meta.label}: nobody said who sees its rows (visible_to)")
    return complaints


def of_school(model: type[models.Model], school: School, mark: str) -> models.Q:
    """The rows that belong to a school, or are about its people, whose family names all carry a mark."""
    paths = {School: ("pk", school.pk), Person: ("family_name__contains", mark)}
    paths[Account] = ("person__family_name__contains", mark)
    if model in paths:
        return models.Q(paths[model])
    found = models.Q(pk__in=[])
    for field in model._meta.fields:
        if field.related_model in paths:
            path, value = paths[field.related_model]
            found |= models.Q((f"{field.name}__{path}", value))
    return found


def shows_of(found: Iterable[type[models.Model]], viewer: Viewer, school: School, mark: str) -> list[str]:
    """The tables in which the viewer sees a row of this school."""
    return [
        model._meta.label
        for model in found
        if points_at(model, (School, *ABOUT_PEOPLE))
        and model.objects.visible_to(viewer).filter(of_school(model, school, mark)).exists()
    ]


def unclassed_people_data(found: Iterable[type[models.Model]], board: Iterable[PersonalData]) -> list[str]:
    """Tables about people that are not on the personal data board, or whose fields are not all classed."""
    entries = {entry.model.lower(): entry for entry in board}
    complaints = []
    for model in found:
        if model._meta.proxy:
            # No table of its own: its rows are classed with those of the model that it shows otherwise.
            continue
        if not points_at(model, ABOUT_PEOPLE) and model._meta.label_lower not in entries:
            continue
        entry = entries.get(model._meta.label_lower)
        if entry is None:
            complaints.append(f"{model._meta.label}: about people, but not on the personal_data board")
            continue
        real = {f.name for f in [*model._meta.fields, *model._meta.many_to_many] if not f.primary_key}
        complaints += [
            f"{model._meta.label}.{name}: not classed" for name in sorted(real - set(entry.fields))
        ]
        complaints += [
            f"{model._meta.label}.{name}: classed, but no such field"
            for name in sorted(set(entry.fields) - real)
        ]
    return complaints


def badly_named_modules(package: Path) -> list[str]:
    return [
        f"{path.relative_to(package.parent)}: « {path.stem} » says nothing of what is inside"
        for path in sorted(package.rglob("*"))
        if path.stem in FORBIDDEN
        and (path.suffix == ".py" or path.is_dir())
        and "__pycache__" not in path.parts
    ]


def poor_migrations(found: Iterable[tuple[str, Migration]]) -> list[str]:
    """Migrations without a name of their own, or that cannot be undone and do not say why."""
    complaints = []
    for label, migration in found:
        if not re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", migration.name) or re.search(
            r"_auto_|_initial$", migration.name
        ):
            complaints.append(f"{label}.{migration.name}: give it a name that says what it does")
        for operation in migration.operations:
            one_way = isinstance(operation, RunPython | RunSQL) and not operation.reversible
            if one_way and not (migration.__class__.__doc__ or "").startswith("Irreversible:"):
                complaints.append(
                    f"{label}.{migration.name}: cannot be undone; say why (« Irreversible: … »)"
                )
    return complaints


REFERENCE = re.compile(r"""["']([\w/-]+\.(?:html|txt|xml))["']""")


def unused_templates(package: Path) -> list[str]:
    """Templates that no code and no other template names."""
    templates = {str(p).split("/templates/")[-1]: p for p in package.rglob("templates/**/*") if p.is_file()}
    named: set[str] = set()
    for path in [*package.rglob("*.py"), *templates.values()]:
        named |= set(REFERENCE.findall(path.read_text()))
    # Django looks for error pages by their number, mails by their stem.
    by_convention = re.compile(r"\d{3}\.html|.*/mail/.*\.txt")
    return [
        f"{name}: nobody uses it"
        for name in sorted(templates)
        if name not in named and not by_convention.match(name)
    ]


ICON = re.compile(
    r"""icon(?:\(|=)\s*["']([a-z0-9-]+)["']|MenuEntry\([^)]*?\),\s*["'][a-z:]+["'],\s*["']([a-z0-9-]+)["']"""
)


def unknown_icons(package: Path, listed: set[str]) -> list[str]:
    """Icons that code or templates draw and that the front end does not build: they would show as squares."""
    used: set[str] = set()
    for path in [*package.rglob("*.py"), *package.rglob("*.html")]:
        if "tests" not in path.parts:
            used |= {name for pair in ICON.findall(path.read_text()) for name in pair if name}
    return [f"{name}: not in frontend/icons.txt" for name in sorted(used - listed - {"none"})]


def unused_mails(package: Path) -> list[str]:
    code = "\n".join(path.read_text() for path in package.rglob("*.py"))
    mails = [
        str(p).split("/templates/")[-1].removesuffix(".txt") for p in package.rglob("templates/**/mail/*.txt")
    ]
    return [f"{name}: nobody sends it" for name in mails if f'"{name}"' not in code]


TEMPLATES = "**/templates/**.html"
# The extensions of foundation/templating.py; a template that cannot be read stops the walk instead of being left out.
READING = {TEMPLATES: {"extensions": "jinja2.ext.do,jinja2.ext.loopcontrols", "silent": "false"}}
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_lazy": None, "ngettext_lazy": (1, 2)}


def texts(folder: Path) -> set[str | tuple[str, ...]]:
    """What code and templates give gettext to say: a text, or its two forms."""
    found = extract_from_dir(folder, [("**.py", "python"), (TEMPLATES, "jinja2")], READING, KEYWORDS)
    return {text for _file, _line, text, _comments, _context in found}


def said_otherwise(folder: Path) -> list[str]:
    """Texts that gettext does not say as the French that they are: Django or a package has other words for them."""
    found = set()
    for text in texts(folder):
        if isinstance(text, str):
            forms = [(text, gettext(text))]
        else:
            forms = [(text[count > 1], ngettext(*text, count)) for count in range(3)]
        found |= {
            f"« {typed} » is said « {wording} »" for typed, wording in forms if wording != french(typed)
        }
    return sorted(found)


TRANSLATE = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
# What a terminal shows, whose letters are its own; what people of the demonstration typed; what has run already.
AS_TYPED = {"tests", "migrations", "management", "seeds"}
SQL = re.compile(r"\b(SELECT|UPDATE|DELETE|WHERE|JOIN)\b")


def loose_signs(folder: Path) -> list[str]:
    """Texts that gettext does not say, where « : » and its like may leave their word: a plain space lets a line break."""
    found = []
    for path in sorted(
        [*folder.rglob("*.py"), *folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]
    ):
        if AS_TYPED.isdisjoint(path.relative_to(folder).parts):
            texts = _texts_of_code if path.suffix == ".py" else _texts_of_template
            loose = [text.strip() for text in texts(path.read_text()) if text != french(text)]
            found += [f"{path.relative_to(folder)}: « {text} »" for text in loose]
    return found


def _texts_of_code(source: str) -> Iterator[str]:
    """Each text of a module, except what documents it, what gettext says, and what a database reads."""
    tree = ast.parse(source)
    aside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            aside.add(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATE:
            aside.update(one for value in node.args for one in ast.walk(value))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in aside
        if is_text and not SQL.search(node.value):
            yield node.value


def _texts_of_template(source: str) -> Iterator[str]:
    """What a template says by itself, and the strings that it gives to something else than gettext."""
    depth, before = 0, ""
    for _line, kind, value in Environment().lex(source):  # nosec B701
        if kind == "operator" and value in "()":
            if value == "(" and (depth or before in TRANSLATE):
                depth += 1
            elif value == ")" and depth:
                depth -= 1
        if kind == "data" or (kind == "string" and not depth):
            yield value
        if kind != "whitespace":
            before = value
