"""Jinja2 for pages: templates from the rooms' `templates/`, undefined names are errors, components are macros."""

import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property, partial
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input, csrf_token_lazy
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import trans_real
from jinja2 import Environment, StrictUndefined, pass_context, pass_environment
from jinja2.runtime import Context
from jinja2_fragments import render_block as jinja_render_block
from markupsafe import Markup

from preau.foundation import art, dates, stamp, text
from preau.foundation.richtext import showing
from preau.foundation.text import ELIDED, elided, number

# No address has it of its own.
NUMBER = 8_172_635_409_182
WORD = re.compile(r"[A-Za-z0-9_-]+")


class Components:
    """The macros of `ui/components.html`, as the global `ui`: an unknown one is undefined, hence an error."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    @cached_property
    def _module(self) -> Any:
        return self._environment.get_template("ui/components.html").module

    def __getattr__(self, name: str) -> Any:
        macro = getattr(self._module, name)
        # Found without asking the next time.
        setattr(self, name, macro)
        return macro


class NotOffered(ValueError):
    """A template asks a component for a look that it does not have."""


class Looks(dict[str, Any]):
    """What a component draws for each of few words. Another word is an error that names them all."""

    def __init__(self, component: str, argument: str, words: Mapping[str, Any]) -> None:
        super().__init__(words)
        self._component, self._argument = component, argument

    def __missing__(self, word: object) -> Any:
        raise NotOffered(f"{self._component}: {self._argument} is one of {', '.join(self)}; {word!r} is not")


def full_url(name: str) -> str:
    """The whole address of a page without arguments, for what is copied into another program."""
    return settings.PUBLIC_URL + url(name)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page; those without arguments, which every page repeats, are found once, and so is what stands around a
    number or the identifier of a person, which a list repeats."""
    if not (args or kwargs):
        return _known_url(name, settings.ROOT_URLCONF, get_script_prefix())
    if len(kwargs) == 1 and not args:
        ((key, value),) = kwargs.items()
        around = (
            _known_around(name, key, type(value) is int, settings.ROOT_URLCONF, get_script_prefix())
            if _is_plain(value)
            else None
        )
        if around:
            return f"{around[0]}{value}{around[1]}"
    return reverse(name, args=args, kwargs=kwargs)


def home_url() -> str:
    """The address of the home, whichever house has it (`LOGIN_REDIRECT_URL`)."""
    return url(settings.LOGIN_REDIRECT_URL)


@cache
def _known_url(name: str, urlconf: str, prefix: str) -> str:  # the prefix tells two mount points apart
    return reverse(name, urlconf)


def _is_plain(value: Any) -> bool:
    """Is it written in an address as it is?"""
    if type(value) is int:
        return value >= 0
    return type(value) is str and bool(WORD.fullmatch(value))


@cache
def _known_around(
    name: str,
    key: str,
    is_number: bool,
    urlconf: str,
    prefix: str,
) -> tuple[str, str] | None:
    """What stands before and after a number or a word in the addresses of a page; None where it is not simply written there."""
    one, other = (NUMBER, 7) if is_number else (f"x{NUMBER}", "y7")
    try:
        before, _one, after = reverse(name, urlconf, kwargs={key: one}).partition(str(one))
        found = reverse(name, urlconf, kwargs={key: other})
    except NoReverseMatch:
        return None
    return (before, after) if found == f"{before}{other}{after}" else None


@cache
def static(path: str) -> str:
    """The address of a static file: the names of a build do not change while it runs."""
    return staticfiles_storage.url(path)


def install_texts(env: Environment) -> None:
    """Give templates their translations. Where there is one language, nobody is asked which before each text."""
    active: Any = translation
    if len(settings.LANGUAGES) == 1:
        active = trans_real.translation(settings.LANGUAGE_CODE)
    env.install_gettext_callables(active.gettext, active.ngettext, newstyle=True, pgettext=active.pgettext)  # type: ignore[attr-defined]
    if len(settings.LANGUAGES) == 1:
        env.globals["_"] = in_one_language(active.gettext)
    plural: Any = env.globals["ngettext"]
    env.globals["ngettext"] = counted(plural)


def counted(ngettext: Callable[..., str]) -> Callable[..., str]:
    """`ngettext` as Jinja's own, whose « %(num)s » is a number as people read it: « 1 942 lignes »."""

    @pass_context
    def said(context: Context, singular: str, plural: str, count: int, /, **names: object) -> str:
        return ngettext(context, singular, plural, count, **{"num": number(count)} | names)

    return said


def in_one_language(gettext: Callable[[str], str]) -> Callable[..., Markup]:
    """`_` as Jinja's own, but each text of the templates is looked up once: a page says fifty of them."""

    @cache
    def translated(text: str) -> Markup:
        return Markup(gettext(text))  # nosec B704  # noqa: S704 - a text of the code, as Jinja's own `_` marks it

    @cache
    def plain(text: str) -> Markup:
        return translated(text) % {}

    @cache
    def elides(text: str) -> bool:
        return ELIDED.search(translated(text)) is not None

    def said(text: str, /, **names: object) -> Markup:
        if not names:
            return plain(text)
        pattern = translated(text)
        # A text of the code, in which only « de » has changed.
        return (Markup(elided(pattern, names)) if elides(text) else pattern) % names  # nosec B704  # noqa: S704

    return said


@pass_context
def part(context: Context, template: str, content: Mapping[str, Any]) -> Markup:
    """A template of another room inside this page, with its own names beside those of the page."""
    return Markup(context.environment.get_template(template).render({**context.get_all(), **content}))  # nosec B704  # noqa: S704 - rendered by the same autoescaping environment


@pass_environment
def drawn_once(env: Environment, template: str, **values: str) -> Markup:
    """A template that says the same to everybody, drawn once for each of its values; each time where one edits it."""
    draw = _draw if env.auto_reload else _drawn
    return draw(env, template, get_script_prefix(), **values)


def _draw(
    env: Environment, template: str, prefix: str, **values: str
) -> Markup:  # the prefix is in its addresses
    return Markup(env.get_template(template).render(values))  # nosec B704  # noqa: S704 - rendered by an autoescaping environment


_drawn = cache(_draw)


def environment(**options: Any) -> Environment:
    """The environment of every page (Django's Jinja2 backend calls it)."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
    env = Environment(**options)  # nosec B701  # noqa: S701 - Django's backend says that it escapes
    install_texts(env)
    env.globals |= {
        "url": url,
        "full_url": full_url,
        "home_url": home_url,
        "static": static,
        "ui": Components(env),
        "dates": dates,
        "part": part,
        "drawn_once": drawn_once,
        "one_of": Looks,
        "art_of": art.svg,
    }
    env.filters |= {
        "hour": dates.hour,
        "day": dates.day,
        "day_and_hour": dates.day_and_hour,
        "minutes": dates.minutes,
        "capital": dates.capital,
        "ordinals": text.ordinals,
        "number": text.number,
        "phone": text.phone,
        "rich": showing.rich,
        "tint": text.tint,
    }
    return env


class Jinja2Rooms(Jinja2):
    """Django's Jinja2 backend, reading `templates/` in each room instead of `jinja2/`."""

    app_dirname = "templates"


def form_inputs(request: HttpRequest) -> dict[str, Any]:
    """`csrf_input` for every form: Django's token and the context stamp, so that nobody has to think of the second."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        # Asked for by a form alone: a visitor who only reads is given no cookie. Drawn once for all the forms of a page.
        return {"csrf_input": SimpleLazyObject(partial(csrf_input, request))}
    return {"csrf_input": format_html("{}{}", csrf_input(request), stamp.hidden_field(viewer))}


def render_block(request: HttpRequest, template: str, block: str, context: Mapping[str, Any]) -> str:
    """One named block of a page, with the context that the whole page would have."""
    pages: Any = engines["pages"]
    full = {"request": request, "csrf_token": csrf_token_lazy(request)} | dict(context)
    for processor in pages.template_context_processors:
        full |= processor(request)
    return jinja_render_block(pages.env, template, block, **full)
