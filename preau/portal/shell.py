"""The frame around every page: who is here, in which seat, where they may go."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.models import School
from preau.directory.viewer import Seat, Viewer
from preau.foundation import boards


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    icon: str
    current: bool


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
    # Attributes of <html>, as data-…: how the page looks for this person in this school.
    face: dict[str, str] = field(default_factory=lambda: {"color-scheme": "auto"})
    menu: list[Link] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: costs no query beyond those that built the viewer."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {"shell": Shell(signed_in=False, demo=settings.DEMO, source_url=settings.SOURCE_URL)}
    return {"shell": _shell_of(viewer, request.path)}


def _shell_of(viewer: Viewer, path: str) -> Shell:
    return Shell(
        signed_in=True,
        demo=settings.DEMO,
        source_url=settings.SOURCE_URL,
        school_name=viewer.school.name if viewer.school else "",
        role_label=viewer.seat.role_label,
        person_name=viewer.person.full_name,
        initials=viewer.person.initials,
        logo=logo_of(viewer.school),
        face=face_of(viewer),
        menu=menu_of(viewer, path),
        seats=viewer.other_seats,
    )


def face_of(viewer: Viewer) -> dict[str, str]:
    """The colours of the school."""
    palette = {"palette": viewer.school.palette} if viewer.school else {}
    return {"color-scheme": "auto"} | palette


def logo_of(school: School | None) -> str:
    """The address of the school's logo, another one each time it changes."""
    if not school or not school.logo:
        return ""
    return f"{reverse('directory:logo', kwargs={'public_id': school.public_id})}?v={school.logo.name[6:14]}"


def menu_of(viewer: Viewer, path: str) -> list[Link]:
    """Home, then the entries of the menu board that the viewer's seat opens."""
    home = reverse("portal:home")
    links = [Link(_("Accueil"), home, "home", current=path == home)]
    for entry in boards.menu:
        if entry.open_to(viewer):
            href = reverse(entry.url_name)
            links.append(Link(entry.label, href, entry.icon, current=path.startswith(href)))
    return links
