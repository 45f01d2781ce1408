"""The frame around every page: who is here, in which seat, where they may go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from preau.commons.notifications.queries import Waiting, waiting_for
from preau.directory.models import School
from preau.directory.viewer import Seat, Viewer
from preau.foundation import boards
from preau.foundation.ondevice import account_said, kept_for
from preau.foundation.templating import url
from preau.identity import reading
from preau.portal.evidence import evidence, state_of

# What the bar of the menu holds, home included; everything else is under « Menu », its last word.
MOST = 6
# The same in simple mode, and on a phone (where CSS shows them: `.navigation` in frontend/css/navigation.css).
FEW = 3
ON_A_PHONE = 4


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    icon: str
    current: bool
    # The route of an entry beside which a number stands.
    counted: str = ""


@dataclass(frozen=True)
class Group:
    """Links under one heading of « Menu »; without a heading, those for which the bar had no room."""

    label: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Menu:
    """The links of the bar, home first, and what opens under « Menu »."""

    bar: tuple[Link, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def beyond_a_phone(self) -> tuple[Link, ...]:
        """Those of the bar that a phone shows under « Menu »."""
        return self.bar[ON_A_PHONE:]

    @property
    def current(self) -> bool:
        """One is on a page that is under « Menu »."""
        return any(link.current for group in self.groups for link in group.links)


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
    menu: Menu = Menu()
    viewer: Viewer | None = None
    seats: list[Seat] = field(default_factory=list)
    count: Callable[[], Waiting] = Waiting
    installable: bool = field(default_factory=lambda: settings.INSTALLABLE)
    # The word that the law wants on every page: how far the site conforms to the RGAA.
    accessibility: str = field(default_factory=lambda: state_of(evidence()))

    @cached_property
    def waiting(self) -> Waiting:
        """The numbers of the bell and of the menu, asked once, where one of them is drawn."""
        return self.count()

    @property
    def navigation(self) -> Markup:
        """The menu as it is drawn."""
        draw = drawn.__wrapped__ if settings.DEBUG else drawn
        return draw(self.menu, tuple((name, number) for name, number in self.waiting.menu.items() if number))

    def called(self, url_name: str, title: str) -> str:
        """The title of a service's own page: what the school calls its entry in the menu, else `title`."""
        return self.viewer.name_of(url_name, title) if self.viewer else title


@lru_cache(maxsize=1_000)
def drawn(menu: Menu, numbers: tuple[tuple[str, int], ...] = ()) -> Markup:
    """One menu: the same for whoever holds the same functions, has as much to read and stands on the same page, so that it is drawn once."""
    return Markup(render_to_string("ui/navigation.html", {"menu": menu, "numbers": dict(numbers)}))  # nosec B704  # noqa: S704 - a template of ours


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: costs no query beyond those that built the viewer, and the count of the bell where it is drawn."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {"shell": Shell(signed_in=False, demo=settings.DEMO, source_url=settings.SOURCE_URL)}
    return {"shell": _shell_of(viewer, request)}


def _shell_of(viewer: Viewer, request: HttpRequest) -> Shell:
    account: Any = request.user
    most = FEW if reading.is_simple(account) else MOST
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
        face=reading.face_of(account)
        | palette_of(viewer)
        | kept_on_device(viewer, request)
        | {"who": account_said(viewer.account_id)}
        | stream(),
        menu=menu_of(viewer, request.path, most),
        seats=viewer.other_seats,
        count=partial(waiting_for, viewer),
    )


def stream() -> dict[str, str]:
    """Where open pages hear what moves; without it, they ask."""
    return {"stream": f"{settings.LIVE_URL}/en-direct/"} if settings.LIVE else {}


def palette_of(viewer: Viewer) -> dict[str, str]:
    """The colours of the school."""
    school = viewer.only_school
    return {"palette": school.palette} if school else {}


def kept_on_device(viewer: Viewer, request: HttpRequest) -> dict[str, str]:
    """For whom this browser may keep what works without a network, and where it asks for it; nothing for whoever has none."""
    feeds = [
        url(page.feed)
        for page, seated in boards.offered(boards.offline_pages, viewer)
        if page.feed and page.open_to(seated)
    ]
    return {"kept-for": kept_for(request, viewer.account_id), "feed": feeds[0]} if feeds else {}


def picture_of(viewer: Viewer, account: Any) -> str:
    """The address of one's own picture, another one each time it changes."""
    if not account.picture:
        return ""
    address = reverse("identity:picture", kwargs={"public_id": viewer.person.public_id})
    return f"{address}?v={account.picture.name[9:17]}"


def logo_of(school: School | None) -> str:
    """The address of the school's logo, another one each time it changes."""
    if not school or not school.logo:
        return ""
    return f"{reverse('directory:logo', kwargs={'public_id': school.public_id})}?v={school.logo.name[6:14]}"


def menu_of(viewer: Viewer, path: str, most: int = MOST) -> Menu:
    """Home, then the entries of the menu board that the viewer's seat opens and their school offers."""
    opened = {
        entry.url_name: (entry, url(entry.url_name))
        for entry, seated in boards.offered(boards.menu, viewer)
        if entry.open_to(seated)
    }
    # « /plateforme/moderation/ » is under « /plateforme/ », and is one page: the nearest entry is where one is.
    under = [(href, href) for _entry, href in opened.values()]
    under += [(url(route), href) for entry, href in opened.values() for route in entry.also]
    nearest = max(
        (one for one in under if path.startswith(one[0])), key=lambda one: len(one[0]), default=("", "")
    )[1]
    shown: list[tuple[boards.MenuEntry, Link]] = []
    replaced = {entry.instead_of for entry, _href in opened.values()}
    for name, (entry, href) in opened.items():
        others = opened.get(entry.instead_of)
        current = bool(nearest) and nearest in (href, others and others[1])
        if name not in replaced:
            counted = name if entry.counter else ""
            shown.append((entry, Link(viewer.name_of(name, entry.label), href, entry.icon, current, counted)))
    home = url("portal:home")
    main = [Link(_("Accueil"), home, "home", path == home), *(link for entry, link in shown if entry.main)]
    groups = [Group("", tuple(main[most:]))]
    for section in boards.menu_sections:
        below = tuple(link for entry, link in shown if not entry.main and entry.section == section.key)
        groups.append(Group(section.label, below))
    return Menu(tuple(main[:most]), tuple(group for group in groups if group.links))
