"""The frame around every page: who is here, in which seat, where they may go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from preau.commons.notifications.queries import unread_count
from preau.directory.models import School
from preau.directory.viewer import Seat, Viewer
from preau.foundation import boards
from preau.foundation.ondevice import kept_for
from preau.foundation.templating import url
from preau.identity import reading
from preau.portal.evidence import evidence, state_of

# Entries of the menu in simple mode, home included.
FEW = 3
# What a line of the menu holds; the rest is under one word.
MOST = 7


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Section:
    """Several links of the menu under one word, opened by it."""

    label: str
    icon: str
    links: tuple[Link, ...]

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)


@dataclass(frozen=True)
class Shell:
    """What `ui/layout.html` needs, and nothing more."""

    signed_in: bool
    demo: bool
    source_url: str = ""
    school_name: str = ""
    role_label: str = ""
    person_name: str = ""
    initials: str = ""
    logo: str = ""
    picture: str = ""
    # Attributes of <html>, as data-…: how the page looks for this person in this school.
    face: dict[str, str] = field(default_factory=lambda: {"color-scheme": "auto"})
    menu: list[Link | Section] = field(default_factory=list)
    viewer: Viewer | None = None
    seats: list[Seat] = field(default_factory=list)
    unread: Callable[[], int] = int
    installable: bool = field(default_factory=lambda: settings.INSTALLABLE)
    # The word that the law wants on every page: how far the site conforms to the RGAA.
    accessibility: str = field(default_factory=lambda: state_of(evidence()))

    @property
    def navigation(self) -> Markup:
        """The menu as it is drawn."""
        draw = drawn.__wrapped__ if settings.DEBUG else drawn
        return draw(tuple(self.menu))

    def called(self, url_name: str, title: str) -> str:
        """The title of a service's own page: what the school calls its entry in the menu, else `title`."""
        return self.viewer.name_of(url_name, title) if self.viewer else title


@lru_cache(maxsize=1_000)
def drawn(menu: "tuple[Link | Section, ...]") -> Markup:
    """One menu: the same for whoever holds the same functions and stands on the same page, so that it is drawn once."""
    return Markup(render_to_string("ui/navigation.html", {"menu": menu}))  # nosec B704  # noqa: S704 - a template of ours


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: costs no query beyond those that built the viewer, and the count of the bell where it is drawn."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {"shell": Shell(signed_in=False, demo=settings.DEMO, source_url=settings.SOURCE_URL)}
    return {"shell": _shell_of(viewer, request)}


def _shell_of(viewer: Viewer, request: HttpRequest) -> Shell:
    account: Any = request.user
    menu = menu_of(viewer, request.path)
    return Shell(
        signed_in=True,
        demo=settings.DEMO,
        source_url=settings.SOURCE_URL,
        school_name=viewer.school.name if viewer.school else "",
        role_label=viewer.seat.role_label,
        person_name=viewer.person.full_name,
        initials=viewer.person.initials,
        viewer=viewer,
        logo=logo_of(viewer.only_school),
        picture=picture_of(viewer, account),
        face=reading.face_of(account) | palette_of(viewer) | kept_on_device(viewer, request),
        menu=simpler(menu) if reading.is_simple(account) else menu,
        seats=viewer.other_seats,
        unread=partial(unread_count, viewer),
    )


def palette_of(viewer: Viewer) -> dict[str, str]:
    """The colours of the school."""
    school = viewer.only_school
    return {"palette": school.palette} if school else {}


def kept_on_device(viewer: Viewer, request: HttpRequest) -> dict[str, str]:
    """For whom this browser may keep what works without a network, and where it asks for it; nothing for whoever has none."""
    feeds = [
        url(page.feed)
        for page, seated in boards.offered(boards.offline_pages, viewer)
        if page.open_to(seated)
    ]
    return {"kept-for": kept_for(request, viewer.account_id), "feed": feeds[0]} if feeds else {}


def picture_of(viewer: Viewer, account: Any) -> str:
    """The address of one's own picture, another one each time it changes."""
    if not account.picture:
        return ""
    address = reverse("identity:picture", kwargs={"public_id": viewer.person.public_id})
    return f"{address}?v={account.picture.name[9:17]}"


def simpler(menu: list[Link | Section]) -> list[Link | Section]:
    """The first entries; everything else under one word, so that nothing is out of reach."""
    return _folded(menu, FEW, _("Tout le reste"))


def _folded(menu: list[Link | Section], kept: int, word: str) -> list[Link | Section]:
    rest = [link for item in menu[kept:] for link in (item.links if isinstance(item, Section) else [item])]
    return menu[:kept] + ([Section(word, "menu-2", tuple(rest))] if len(rest) > 1 else menu[kept:])


def logo_of(school: School | None) -> str:
    """The address of the school's logo, another one each time it changes."""
    if not school or not school.logo:
        return ""
    return f"{reverse('directory:logo', kwargs={'public_id': school.public_id})}?v={school.logo.name[6:14]}"


def menu_of(viewer: Viewer, path: str) -> list[Link | Section]:
    """Home, then the entries of the menu board that the viewer's seat opens and their school offers, by section."""
    home = url("portal:home")
    shown: list[Link | Section] = [Link(_("Accueil"), home, "home", current=path == home)]
    grouped: dict[str, list[Link]] = {}
    opened = [
        (entry, url(entry.url_name))
        for entry, seated in boards.offered(boards.menu, viewer)
        if entry.open_to(seated)
    ]
    # « /plateforme/moderation/ » is under « /plateforme/ », and is one page: the nearest entry is where one is.
    here = max((href for _entry, href in opened if path.startswith(href)), key=len, default="")
    for entry, href in opened:
        link = Link(viewer.name_of(entry.url_name, entry.label), href, entry.icon, current=href == here)
        if entry.section:
            grouped.setdefault(entry.section, []).append(link)
        else:
            shown.append(link)
    sections = [_section(one, grouped[one.key]) for one in boards.menu_sections if one.key in grouped]
    if len(shown) + len(sections) <= MOST:
        return shown + sections
    # A word that names what it opens stays: links alone go under « Plus », the last one.
    kept = max(MOST - len(sections) - 1, 1)
    more = _folded(shown, kept, _("Plus"))
    return more[:kept] + sections + more[kept:]


def _section(section: boards.MenuSection, links: list[Link]) -> Link | Section:
    """A word that would open a single link is that link."""
    return links[0] if len(links) == 1 else Section(section.label, section.icon, tuple(links))
