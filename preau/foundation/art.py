"""The drawings: parts written by hand on a grid of 96, composed by name into scenes; one text for the light and the dark.

Flat shapes without outline, in four families of colours (frontend/art.json): `@v` is vert, `@vc` its ground, `@vp` its far ground, `@vf`
its shade; likewise soleil `@s`, brique `@b`, ardoise `@a`. A stroke only where the thing is a line. A drawing carries no state, and
says nothing that no word says: a voice does not read it, unless the page gives it a text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

# What the short names of the drawings stand for.
FAMILIES = {"v": "vert", "s": "soleil", "b": "brique", "a": "ardoise"}
SHADES = {"": "", "c": "-clair", "p": "-pale", "f": "-fonce"}
COLOURS = {
    f"{short}{shade}": f"var(--art-{family}{suffix})"
    for short, family in FAMILIES.items()
    for shade, suffix in SHADES.items()
} | {
    "i": "var(--art-encre)",
    "w": "var(--art-blanc)",
    "t": "var(--art-ecrit)",
    "bl": "var(--art-ble)",
    "n": "var(--art-nuit)",
    "bo": "var(--art-bois)",
    "h": "var(--art-cheveux)",
    "p1": "var(--art-peau-1)",
    "p2": "var(--art-peau-2)",
    "p3": "var(--art-peau-3)",
    "p4": "var(--art-peau-4)",
    # The courtyard behind a moment takes the colours of its block.
    "x": "var(--scene-roof)",
    "y": "var(--scene-far)",
    "z": "var(--scene-tree)",
}
NAMED = re.compile(r"@(\w+)")

# The limits of a drawing, in bytes: a part or a disc, a pose, a cover, a scene; and all those of a page.
PART, POSE, COVER, SCENE, PAGE = 2_000, 3_000, 5_000, 10_000, 30_000


def _line(shape: str, colour: str, width: float) -> str:
    return f'<path d="{shape}" fill="none" stroke="@{colour}" stroke-width="{width}"/>'


def _circle(x: float, y: float, r: float, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="@{colour}"/>'


def _box(x: float, y: float, width: float, height: float, colour: str, round_: float = 0) -> str:
    corner = f' rx="{round_}"' if round_ else ""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{corner} fill="@{colour}"/>'


def _shape(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="@{colour}"/>'


def _word(x: float, y: float, size: float, colour: str, text: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="700" text-anchor="middle" fill="@{colour}">{text}</text>'


def at(x: float, y: float, scale: float, part: str) -> str:
    """A part at a place of a scene, larger or smaller."""
    return f'<g transform="translate({x:g} {y:g}) scale({scale:g})">{part}</g>'


# Aronde, the swallow: one pose for one moment.
_BODY = (
    _shape("M40 74 28 92l10-3 5 8 7-20z", "af")
    + _shape("M29 46C17 54 13 68 15 82c9-2 17-10 19-22z", "af")
    + "{wing}"
    + _shape("M48 12c-15 0-23 10-23 25v16c0 18 9 32 23 32s23-14 23-32V37c0-15-8-25-23-25z", "a")
    + _shape("M45 14c-3-5-1-10 4-12-1 4 1 6 4 7-1 3-3 5-8 5z", "a")
    + '<ellipse cx="48" cy="65" rx="15" ry="16" fill="@w"/>'
    + _shape("M31 41h34c0 12-7 18-17 18s-17-6-17-18z", "b")
    + "{eyes}"
    + _shape("M41 41h14l-7 10z", "s")
    + _line("M41 84v6h-4M55 84v6h4", "s", 3.5)
    + "{front}"
)
_OPEN = (
    _circle(39, 33, 7, "w") + _circle(57, 33, 7, "w") + _circle(40, 34, 3.4, "i") + _circle(56, 34, 3.4, "i")
)
_CLOSED = _line("M33 33c2 5 9 5 11 0M52 33c2 5 9 5 11 0", "w", 3)
_LAID = _shape("M67 46c12 8 16 22 14 36-9-2-17-10-19-22z", "af")
_RAISED = _shape("M64 50c9-6 15-16 16-30 6 13 2 30-10 42z", "af")
_STAR = "M0-7 2-2l5 .6-4 3.4 1.2 5L0 4.4-4.2 7-3 2l-4-3.4 5-.6z"


def _aronde(wing: str = _LAID, eyes: str = _OPEN, front: str = "") -> str:
    return _BODY.format(wing=wing, eyes=eyes, front=front)


_BOOK = _shape("M24 60l24 7 24-7v22l-24 7-24-7z", "v") + _shape("M28 58l20 6 20-6v19l-20 6-20-6z", "w")
_BOOK += _line("M33 65l10 3M33 71l10 3M63 65l-10 3M63 71l-10 3", "ac", 2)
POSES = {
    "aronde-salue": _aronde(_RAISED),
    "aronde-lit": _aronde(front=_BOOK),
    "aronde-cherche": _aronde(
        _RAISED,
        front=_line("M76 66l11 13", "sf", 5)
        + _circle(70, 58, 11, "vp")
        + _line("M70 47a11 11 0 1 1-.1 0z", "v", 4),
    ),
    "aronde-reflechit": _aronde(
        _shape("M66 62c-8 4-16 2-20-4 6-3 12-6 24-6z", "af"),
        _circle(39, 32, 7, "w")
        + _circle(57, 32, 7, "w")
        + _circle(37, 30, 3.4, "i")
        + _circle(55, 30, 3.4, "i"),
        _circle(16, 10, 5, "s") + _circle(9, 22, 3.5, "s") + _circle(15, 31, 2.5, "s"),
    ),
    "aronde-bravo": _aronde(
        _RAISED + _shape("M32 50c-9-6-15-16-16-30-6 13-2 30 10 42z", "af"),
        _CLOSED,
        "".join(
            f'<path d="{_STAR}" transform="translate({x} {y})" fill="@s"/>' for x, y in ((13, 10), (84, 10))
        ),
    ),
    "aronde-dort": _aronde(
        eyes=_CLOSED,
        front=_shape("M18 70h60c0 14-12 20-30 20s-30-6-30-20z", "sf")
        + _line("M20 75l56 3M24 82l48 2M30 71l8 16M56 71l-8 18", "bo", 2.5),
    ),
    "aronde-ecoute": _aronde(
        eyes=_CLOSED,
        front=_line("M26 36C24 2 72 2 70 36", "s", 5)
        + _box(19, 30, 11, 18, "s", 5)
        + _box(66, 30, 11, 18, "s", 5),
    ),
    "aronde-montre": _aronde(_shape("M64 46c12-1 22-4 31-1-6 8-18 13-31 13z", "af")),
}
_FLYING = (
    _shape("M8 58 40 52l-4 8z", "af")
    + _shape("M6 46 40 46l-2 8z", "af")
    + _shape("M58 40C44 30 38 16 42 4c14 6 24 18 28 34z", "af")
    + _shape("M34 54c8-16 28-24 50-20 8 2 12 8 12 14 0 12-16 20-34 20-14 0-24-6-28-14z", "a")
    + _shape("M44 62c10 8 26 8 38 2-6-6-20-8-38-2z", "w")
    + _shape("M78 46c8 0 14 2 18 0-2 9-12 14-20 10z", "b")
    + _circle(84, 40, 6, "w")
    + _circle(85.5, 40.5, 3, "i")
    + _shape("M95 42l13 3-13 5z", "s")
    + _shape("M58 58C48 70 46 84 52 96c12-8 18-22 18-36z", "af")
)

# Objects, on a grid of 96.
OBJECTS = {
    "livre": _shape("M14 32l34 8 34-8v42l-34 8-34-8z", "b")
    + _shape("M20 28l28 7 28-7v38l-28 7-28-7z", "w")
    + _word(34, 56, 16, "bf", "a")
    + _word(62, 56, 16, "af", "b")
    + _line("M28 61l12 3M68 61l-12 3", "ac", 2.5),
    "equerre": _shape("M18 22v54h54zM30 50l15 15H30z", "a")
    + _line("M62 24 52 70M64 24l16 46M57 52h17", "sf", 4.5)
    + _circle(63, 22, 6, "s"),
    "ballon-verre": _shape("M40 18v24L24 70c-3 6 1 12 7 12h34c6 0 10-6 7-12L56 42V18z", "w")
    + _shape("M32 58h32l8 12c3 6-1 12-7 12H31c-6 0-10-6-7-12z", "v")
    + _box(36, 14, 24, 7, "a", 3)
    + _circle(42, 70, 3.5, "w")
    + _circle(53, 66, 2.5, "w")
    + _circle(56, 75, 3, "w"),
    "pousse": _shape("M10 84c8-16 24-22 38-22s30 6 38 22z", "v")
    + _line("M48 66V42", "vf", 4)
    + _shape("M48 46c-4-10-14-14-24-12 2 10 12 16 24 12zM48 42c4-9 13-12 22-10-2 9-11 14-22 10z", "vf")
    + _circle(68, 22, 10, "s")
    + _line("M68 6v3M84 22h-3M79 11l-2 2M57 11l2 2", "s", 3)
    + _shape("M18 30a8 8 0 0 1 14-5 7 7 0 0 1 10 7H20z", "w"),
    "chateau": _shape("M16 40h6v-6h6v6h6v-6h6v46H16zM56 34h6v6h6v-6h6v6h6v40H56z", "a")
    + _box(38, 48, 20, 32, "ac")
    + _shape("M42 80V66a6 6 0 0 1 12 0v14z", "bf")
    + _line("M48 48V20", "bo", 3)
    + _shape("M49 20h16l-5 6 5 6H49z", "b"),
    "globe": _circle(46, 44, 26, "w")
    + _shape(
        "M30 30c8-8 14-4 14 2s-8 6-6 14-8 8-12 2c-2-6 0-14 4-18zM54 40c8-4 16 0 16 6-1 8-8 16-14 16-4-6-6-16-2-22z",
        "a",
    )
    + _line("M66 20a34 34 0 0 1-34 54M46 76v8M32 86h28", "sf", 4.5),
    "bulles": _shape(
        "M12 24a6 6 0 0 1 6-6h40a6 6 0 0 1 6 6v26a6 6 0 0 1-6 6H34L22 68V56h-4a6 6 0 0 1-6-6z", "b"
    )
    + _word(38, 43, 15, "t", "Hello")
    + _shape("M48 62a5 5 0 0 1 5-5h27a5 5 0 0 1 5 5v12a5 5 0 0 1-5 5h-2v7l-9-7H53a5 5 0 0 1-5-5z", "w")
    + _circle(58, 68, 2.4, "i")
    + _circle(66.5, 68, 2.4, "i")
    + _circle(75, 68, 2.4, "i"),
    "palette": _shape(
        "M46 22c20 0 34 10 34 26 0 10-8 12-16 12-6 0-8 4-6 9 2 6-4 9-12 9-20 0-32-12-32-28s12-28 32-28z", "w"
    )
    + _circle(32, 42, 5.5, "b")
    + _circle(46, 35, 5.5, "s")
    + _circle(60, 42, 5.5, "v")
    + _circle(30, 58, 5.5, "a")
    + _line("M86 22 60 66", "sf", 5)
    + _shape("M62 62c-6 0-10 6-9 14 7-1 12-6 13-11z", "b"),
    "tambour": '<ellipse cx="42" cy="44" rx="26" ry="9" fill="@w"/>'
    + _shape("M16 46c4 8 48 8 52 0l-4 26c-6 8-38 8-44 0z", "b")
    + _line("M20 54l10 22 12-20 12 20 10-22", "s", 3)
    + _line("M20 18l16 22M60 18 46 40", "sf", 4)
    + _circle(19, 16, 4, "s")
    + _circle(61, 16, 4, "s")
    + _line("M74 60V36l12-3v22", "a", 4)
    + _circle(71, 61, 5, "a")
    + _circle(83, 56, 5, "a"),
    "ballon": _circle(48, 48, 30, "w")
    + _shape("M48 36l12 9-5 14H41l-5-14z", "a")
    + _line("M48 36V20M60 45l15-5M55 59l9 13M41 59l-9 13M36 45l-15-5", "a", 3.5),
    "urne": _shape("M38 14l22 5-6 30-22-5z", "w")
    + _line("M41 24l12 3M39 33l12 3", "b", 3)
    + _box(20, 46, 56, 36, "v", 4)
    + _box(30, 43, 36, 6, "vf", 3)
    + f'<path d="{_STAR}" transform="translate(48 65) scale(1.6)" fill="@s"/>',
    "robot": _line("M48 30V16", "sf", 4)
    + _circle(48, 14, 6, "s")
    + _box(24, 28, 48, 34, "a", 9)
    + _box(31, 36, 34, 16, "w", 7)
    + _circle(41, 44, 4, "i")
    + _circle(55, 44, 4, "i")
    + _box(36, 64, 24, 18, "a", 4)
    + _circle(48, 73, 4, "s")
    + _box(16, 38, 6, 16, "s", 3)
    + _box(74, 38, 6, 16, "s", 3),
    "cubes": _box(34, 16, 27, 27, "a", 3)
    + _box(18, 46, 28, 28, "b", 3)
    + _box(49, 46, 28, 28, "v", 3)
    + _word(47.5, 36, 17, "t", "3")
    + _word(32, 67, 17, "t", "1")
    + _word(63, 67, 17, "t", "2"),
    "arbre": _box(44, 56, 8, 36, "bo", 2)
    + _circle(48, 30, 22, "v")
    + _circle(32, 44, 15, "v")
    + _circle(64, 44, 15, "v"),
    "nuage": _shape("M16 62a14 14 0 0 1 4-27 22 22 0 0 1 42-4 16 16 0 0 1 18 31z", "w"),
    "soleil": _circle(48, 48, 22, "s")
    + _line("M48 12v6M48 78v6M12 48h6M78 48h6M23 23l4 4M69 69l4 4M73 23l-4 4M27 69l-4 4", "s", 4),
    "lune": _shape("M56 18a32 32 0 1 0 22 48 28 28 0 0 1-22-48z", "bl"),
    "maison": _shape("M6 46 48 14l42 32z", "v")
    + _box(18, 44, 60, 42, "bo")
    + _line("M20 54h56M20 66h56M20 77h56", "sf", 2.5)
    + _box(40, 54, 17, 32, "bl", 2)
    + _circle(53, 71, 2, "b")
    + _box(62, 54, 11, 11, "s", 1),
    "herisson": _shape("M20 74c-4-18 8-34 28-34 4-6 6 0 8 2 4-4 6 0 7 4 5-2 6 2 6 6 5 0 6 4 4 8l8 14z", "bo")
    + _shape("M52 74c-2-10 4-18 12-16l20 12c1 4-2 6-6 6H54z", "bl")
    + _circle(68, 65, 2.4, "i")
    + _circle(84, 71, 3, "i")
    + _line("M34 52l4 8M44 50l3 9M30 62l4 6", "sf", 2.5),
    "horloge": _circle(48, 48, 32, "a")
    + _circle(48, 48, 25, "w")
    + _line("M48 48V31M48 48l11 7", "i", 4)
    + _circle(48, 48, 3, "b"),
    "signal": _box(45, 24, 6, 66, "bo", 2)
    + _shape("M22 16h46l12 10-12 10H22z", "s")
    + _shape("M76 42H34L22 52l12 10h42z", "b"),
    "dossier": _shape("M12 26h26l8 8h36v44H12z", "vc") + _shape("M22 44h68L80 80H10z", "v"),
    "enveloppe": _box(10, 28, 76, 50, "bl", 4) + _line("M12 32l36 28 36-28", "sf", 3.5),
    "coche": _circle(48, 48, 28, "v") + _line("M36 49l9 9 17-19", "w", 6),
    "fiche": _box(14, 24, 68, 50, "ac", 6) + _line("M24 38h34M24 49h46M24 60h26", "w", 5),
    "fil": _shape("M16 58a13 13 0 0 1 4-25 21 21 0 0 1 40-4 15 15 0 0 1 18 29z", "ac")
    + _line("M22 18 74 74", "b", 6),
    "parasol": _line("M50 30v58M30 90h40", "bo", 5)
    + _shape("M12 46a38 34 0 0 1 76 0z", "b")
    + _shape("M36 46c0-18 6-32 14-34 8 2 14 16 14 34z", "w"),
    "epingle": _shape("M48 90C30 64 24 54 24 40a24 24 0 0 1 48 0c0 14-6 24-24 50z", "b")
    + _circle(48, 40, 10, "w"),
    "boulier": _line("M14 84h68", "sf", 7)
    + _line("M18 16v66M78 16v66", "sf", 5)
    + _line("M18 28h60M18 48h60M18 68h60", "i", 2.5)
    + "".join(
        _box(x, y, 8, 14, c, 4)
        for y, c, xs in (
            (21, "b", (22, 31, 40, 66)),
            (41, "v", (22, 31, 56, 66)),
            (61, "a", (38, 47, 56, 66)),
        )
        for x in xs
    ),
    "regle": _box(30, 10, 22, 76, "s", 2)
    + _line("M34 20h8M34 30h12M34 40h8M34 50h12M34 60h8M34 70h12", "i", 2.5)
    + _shape("M62 58a8 8 0 1 1 12 0h4l6 28H52l6-28z", "b"),
    "formes": _circle(28, 54, 22, "v")
    + _shape("M44 78 64 30l20 48z", "s")
    + _shape("M70 34l20-8 8 20-20 8z", "b")
    + _line("M64 34v44", "i", 2.5),
    "planetes": _circle(26, 52, 20, "s")
    + _circle(62, 34, 9, "vc")
    + _shape("M58 28c4-3 8 0 7 4s-6 4-7-4z", "v")
    + _circle(80, 66, 9, "b")
    + _line("M66 72 94 60", "bl", 3.5),
    "plume": _shape("M14 36l34 8 34-8v40l-34 8-34-8z", "b")
    + _shape("M20 32l28 7 28-7v36l-28 7-28-7z", "w")
    + _line("M28 46l12 3M28 56l12 3", "ac", 2.5)
    + _shape("M84 6C70 14 60 34 60 56c12-8 24-28 24-50z", "a")
    + _line("M74 28 56 66", "w", 2),
    "bus": _box(10, 20, 72, 54, "b", 8)
    + "".join(_box(x, y, 14, 13, "w", 2) for x, y in ((17, 28), (35, 28), (53, 28), (17, 48), (35, 48)))
    + _box(60, 48, 14, 26, "bf", 2)
    + _circle(28, 76, 9, "i")
    + _circle(64, 76, 9, "i")
    + _circle(28, 76, 4, "w")
    + _circle(64, 76, 4, "w"),
    "pythagore": _shape("M34 34v26h34z", "v")
    + _box(8, 34, 26, 26, "s")
    + _box(34, 60, 34, 34, "a")
    + _shape("M34 34l26-34 34 26-26 34z", "b")
    + _word(21, 52, 11, "i", "a²")
    + _word(51, 81, 11, "t", "b²")
    + _word(64, 34, 11, "t", "c²")
    + _line("M34 55h5v5", "w", 1.5),
    "courbe": _line("M16 8v80M8 78h84", "w", 3)
    + _line("M16 58h74M16 38h74M36 14v64M56 14v64M76 14v64", "ac", 0.8)
    + _line("M18 76C26 20 40 16 50 16s24 22 38 34", "s", 4.5)
    + _circle(47, 16, 4, "b"),
    "wagons": "".join(
        _box(x, 44, 24, 20, c, 3)
        + _circle(x + 7, 68, 5, "i")
        + _circle(x + 17, 68, 5, "i")
        + _word(x + 12, 58, 9, "t", t)
        for x, c, t in ((2, "a", "Le"), (30, "b", "chat"), (58, "v", "dort"))
    )
    + _shape("M86 64V38h5v-8h5v34z", "s")
    + _line("M0 75h96", "bf", 3),
}

_HAIR = {
    "rond": _circle(24, 12, 10, "h") + _circle(14, 17, 8, "h") + _circle(34, 17, 8, "h"),
    "long": _shape("M10 20C8 2 40 2 38 20l2 24H8z", "bo"),
    "court": _shape("M12 20C10 4 38 4 36 20l-4-5H17z", "bf"),
    "chignon": _circle(24, 3, 5.5, "h") + _shape("M12 19C11 3 37 3 36 19z", "h"),
}


def person(hair: str, skin: int, body: str, *, aid: str = "") -> str:
    """Somebody of 48 by 96: round head, a body in one block. `aid`: a wheelchair, a cane, a hearing aid."""
    legs = _box(15, 78, 8, 14, "a", 2) + _box(25, 78, 8, 14, "a", 2)
    more = ""
    if aid == "fauteuil":
        legs = _line("M18 78h18l4 12h6", "a", 6)
        more = _line("M10 58v16h20", "i", 3.5) + _line("M22 68a13 13 0 1 1-.1 0z", "i", 3.5)
    elif aid == "canne":
        more = _line("M40 58 47 92", "i", 3)
    elif aid == "appareil":
        more = _line("M36 20c4 0 4 7 0 8", "b", 3)
    features = "w" if skin == 4 else "i"
    behind, over = (_HAIR[hair], "") if hair in ("long", "rond") else ("", _HAIR[hair])
    return (
        behind
        + legs
        + _shape("M12 80V54a12 12 0 0 1 24 0v26z", body)
        + _box(20, 34, 8, 10, f"p{skin}")
        + _circle(24, 24, 13, f"p{skin}")
        + over
        + _circle(19, 23, 1.8, features)
        + _circle(29, 23, 1.8, features)
        + _line("M19 29c3 4 7 4 10 0", features, 2)
        + more
    )


_FRONT = (
    _shape("M20 60 100 14l80 46z", "b")
    + _box(34, 60, 132, 80, "w")
    + _circle(100, 40, 11, "w")
    + _line("M100 34v6l4 3", "i", 2.5)
    + "".join(_box(x, y, 16, 20, "ac", 1) for x in (46, 72, 112, 138) for y in (72,))
    + _box(46, 104, 16, 20, "ac", 1)
    + _box(138, 104, 16, 20, "ac", 1)
    + _shape("M84 140v-26a16 16 0 0 1 32 0v26z", "v")
)


@dataclass(frozen=True)
class Drawing:
    """A drawing by its name: how wide and tall its grid is, what it is made of, what it shows in words, its kind."""

    width: int
    height: int
    parts: str
    words: str
    kind: str


def _disc(ground: str, thing: str, scale: float = 0.74) -> str:
    edge = 48 * (1 - scale)
    return _circle(48, 48, 48, f"{ground}c") + at(edge, edge, scale, OBJECTS[thing])


def _cover(ground: str, floor: str, *things: tuple[float, float, float, str], arch: bool = True) -> str:
    back = _box(0, 0, 320, 180, ground)
    if arch:
        back += _shape("M60 150V116a100 100 0 0 1 200 0v34z", f"{ground[0]}p")
    base = _box(0, 150, 320, 30, floor) if floor else ""
    return back + base + "".join(at(x, y, scale, thing) for x, y, scale, thing in things)


def _empty(ground: str, pose: str, thing: str) -> str:
    return (
        f'<ellipse cx="90" cy="100" rx="82" ry="11" fill="@{ground}p"/>'
        + at(14, 8, 0.95, POSES[f"aronde-{pose}"])
        + at(96, 28, 0.74, OBJECTS[thing])
    )


_NIGHT = "".join(
    _circle(x, y, 1.8, "bl") for x, y in ((38, 34), (94, 18), (150, 40), (206, 24), (70, 66), (290, 60))
)
_HILLS = _shape("M0 150c60-34 110-34 160-10 60-26 110-22 160 6v34H0z", "v")

# Discs of subjects, and what each level of school is shown by.
DISCS = {
    "francais": ("b", "livre", "Un livre ouvert"),
    "maths": ("a", "equerre", "Une équerre et un compas"),
    "sciences": ("v", "ballon-verre", "Un flacon"),
    "monde": ("s", "pousse", "Une pousse au soleil"),
    "histoire": ("s", "chateau", "Un château"),
    "geographie": ("v", "globe", "Un globe"),
    "anglais": ("a", "bulles", "Deux bulles de paroles"),
    "arts": ("b", "palette", "Une palette et un pinceau"),
    "musique": ("s", "tambour", "Un tambour et une note"),
    "eps": ("v", "ballon", "Un ballon"),
    "vivre": ("v", "urne", "Une urne"),
    "technologie": ("a", "robot", "Un robot"),
    "maternelle": ("s", "cubes", "Trois cubes"),
    "vivant": ("s", "herisson", "Un hérisson"),
    "ciel": ("a", "planetes", "Le soleil et deux planètes"),
}
# Covers, by the key of the collection of the catalogue.
COVERS: dict[str, tuple[str, Callable[[], str]]] = {
    "premiers-pas-en-maternelle": (
        "Des cubes et Aronde",
        lambda: _cover("sc", "s", (60, 44, 1.15, OBJECTS["cubes"]), (190, 56, 1, POSES["aronde-salue"])),
    ),
    "lire-au-cp": (
        "Aronde lit",
        lambda: _cover(
            "bc",
            "b",
            (70, 40, 1.15, POSES["aronde-lit"]),
            (
                190,
                66,
                0.9,
                _box(6, 8, 40, 40, "a", 4)
                + _box(50, 8, 40, 40, "s", 4)
                + _box(50, 52, 40, 40, "b", 4)
                + _box(6, 52, 40, 40, "v", 4)
                + _word(26, 36, 22, "t", "m")
                + _word(70, 36, 22, "i", "a")
                + _word(26, 80, 22, "t", "m")
                + _word(70, 80, 20, "t", "an"),
            ),
        ),
    ),
    "lire-au-ce1": (
        "Une cabane et un hérisson, la nuit",
        lambda: (
            _box(0, 0, 320, 180, "n")
            + _NIGHT
            + _box(0, 146, 320, 34, "vf")
            + at(236, 8, 0.65, OBJECTS["lune"])
            + at(104, 52, 1.15, OBJECTS["maison"])
            + at(14, 70, 0.9, OBJECTS["arbre"])
            + at(222, 92, 0.8, OBJECTS["herisson"])
        ),
    ),
    "nombres-et-calculs": (
        "Un boulier",
        lambda: _cover("ac", "", (80, 10, 1.65, OBJECTS["boulier"]), arch=False),
    ),
    "grandeurs-et-mesures": (
        "Une horloge, une règle et un poids",
        lambda: _cover(
            "sc", "sf", (58, 42, 1.15, OBJECTS["horloge"]), (168, 46, 1.2, OBJECTS["regle"]), arch=False
        ),
    ),
    "geometrie": (
        "Un disque, un triangle et un carré",
        lambda: _cover("vc", "vf", (76, 20, 1.65, OBJECTS["formes"]), arch=False),
    ),
    "grammaire-et-orthographe": (
        "Un train de mots\u202f: Le chat dort",
        lambda: _cover("bp", "", (36, -40, 2.6, OBJECTS["wagons"]), arch=False),
    ),
    "questionner-le-monde": (
        "Une pousse, le soleil et un nuage",
        lambda: _box(0, 0, 320, 180, "vp") + at(92, 12, 1.5, OBJECTS["pousse"]) + _box(0, 136, 320, 44, "v"),
    ),
    "sciences-et-vie": (
        "Le soleil et deux planètes",
        lambda: _box(0, 0, 320, 180, "n") + _NIGHT + at(70, 2, 1.8, OBJECTS["planetes"]),
    ),
    "vivre-ensemble": (
        "Quatre enfants",
        lambda: _cover(
            "vc",
            "v",
            (40, 58, 1.1, person("rond", 4, "b")),
            (96, 58, 1.1, person("long", 2, "a", aid="appareil")),
            (152, 58, 1.1, person("court", 1, "v")),
            (214, 58, 1.1, person("chignon", 3, "s", aid="fauteuil")),
        ),
    ),
    "arts-et-musique": (
        "Une palette et un tambour",
        lambda: _cover(
            "bc", "", (40, 34, 1.2, OBJECTS["palette"]), (176, 34, 1.2, OBJECTS["tambour"]), arch=False
        ),
    ),
    "histoire-et-geographie": (
        "Un château et un globe",
        lambda: (
            _box(0, 0, 320, 180, "sc")
            + _shape("M50 170V100a84 84 0 0 1 168 0v70z", "sp")
            + at(70, 40, 1.3, OBJECTS["chateau"])
            + at(218, 44, 0.9, OBJECTS["globe"])
            + _shape("M0 144c70-18 140-14 320 0v36H0z", "v")
        ),
    ),
    "english-first-steps": (
        "Un bus rouge",
        lambda: _cover(
            "ac",
            "a",
            (64, 40, 1.3, OBJECTS["bus"]),
            (196, 16, 1.1, _shape("M4 8h84v40H44L30 62V48H4z", "w") + _word(46, 36, 22, "bf", "Hello!")),
            arch=False,
        ),
    ),
    "lettres-au-college": (
        "Un livre et une plume",
        lambda: _cover("bp", "", (84, 12, 1.65, OBJECTS["plume"]), arch=False),
    ),
    "maths-au-college": (
        "Un triangle rectangle et trois carrés",
        lambda: _cover("vc", "", (78, 8, 1.7, OBJECTS["pythagore"]), arch=False),
    ),
    "maths-au-lycee": (
        "Une courbe et sa tangente",
        lambda: _box(0, 0, 320, 180, "n") + at(70, 0, 1.85, OBJECTS["courbe"]),
    ),
}
EMPTIES = {
    "rien": ("a", "cherche", "fiche", "Aronde cherche, une loupe à l’aile"),
    "fait": ("v", "bravo", "coche", "Aronde se réjouit"),
    "messages": ("s", "dort", "enveloppe", "Aronde dort dans son nid, près d’une enveloppe"),
    "reseau": ("a", "reflechit", "fil", "Aronde devant un nuage barré"),
    "perdu": ("s", "reflechit", "signal", "Aronde devant un panneau à deux flèches"),
    "documents": ("v", "salue", "dossier", "Aronde près d’un dossier ouvert"),
    "lieu": ("b", "montre", "epingle", "Aronde montre un lieu"),
    "repos": ("s", "ecoute", "parasol", "Aronde se repose sous un parasol"),
}


def _courtyard() -> str:
    """The préau, in the colours of the block behind which it stands."""
    return (
        _circle(94, 30, 15, "s")
        + _shape("M108 66l66-36 66 36v66H108z", "y")
        + _box(178, 78, 16, 16, "x", 1)
        + _box(206, 78, 16, 16, "x", 1)
        + _shape("M2 74 76 34l74 40z", "x")
        + _box(2, 72, 148, 8, "x", 2)
        + _box(14, 78, 7, 54, "x")
        + _box(131, 78, 7, 54, "x")
        + _line("M46 132v-22a12 12 0 0 1 24 0v22M84 132v-22a12 12 0 0 1 24 0v22", "x", 6)
        + _box(205, 98, 7, 34, "x")
        + _circle(208, 74, 20, "z")
        + _circle(192, 88, 13, "z")
        + _circle(224, 88, 13, "z")
    )


def _ledge(colour: str) -> str:
    return _shape("M0 150c50-26 90-22 140-6 40-16 70-16 100-6v52H0z", colour)


SCENES: dict[str, tuple[int, int, str, Callable[[], str]]] = {
    "cour": (240, 132, "Le préau d’une école, un arbre et le soleil", _courtyard),
    "toit": (
        1160,
        136,
        "Le toit du préau et sa cloche",
        lambda: (
            _shape("M124 40h912l104 82H20z", "b")
            + _box(4, 120, 1152, 16, "bf", 4)
            + _line("M130 70h900M94 100h972", "bf", 2)
            + _box(536, 10, 8, 32, "bf")
            + _box(616, 10, 8, 32, "bf")
            + _shape("M510 22 580 0l70 22z", "bf")
            + _shape("M564 42c2-18 6-22 16-22s14 4 16 22z", "s")
            + _circle(580, 44, 4, "sf")
        ),
    ),
    "apprendre": (
        240,
        180,
        "Aronde lit sur une pile de livres",
        lambda: (
            _box(0, 0, 240, 190, "sc")
            + _circle(192, 46, 22, "s")
            + _ledge("s")
            + _box(54, 150, 92, 13, "a", 3)
            + _box(62, 138, 76, 12, "b", 3)
            + _box(58, 126, 80, 12, "v", 3)
            + at(50, 34, 1, POSES["aronde-lit"])
            + at(152, 92, 0.75, OBJECTS["cubes"])
        ),
    ),
    "etablissement": (
        240,
        180,
        "Une école, des élèves et des arbres",
        lambda: (
            _box(0, 0, 240, 190, "vc")
            + at(14, 18, 0.55, OBJECTS["nuage"])
            + at(172, 34, 0.5, OBJECTS["nuage"])
            + at(20, 22, 1, _FRONT)
            + at(0, 86, 0.8, OBJECTS["arbre"])
            + at(166, 94, 0.75, OBJECTS["arbre"])
            + _box(0, 160, 240, 30, "v")
            + at(60, 112, 0.55, person("rond", 4, "s"))
            + at(140, 112, 0.55, person("long", 1, "b"))
            + at(164, 112, 0.55, person("court", 3, "a", aid="canne"))
        ),
    ),
    "orientation": (
        240,
        180,
        "Quelqu’un devant un panneau, au bord d’un chemin",
        lambda: (
            _box(0, 0, 240, 190, "bc")
            + _shape("M0 150 60 70l50 60 50-46 80 70v40H0z", "bp")
            + _circle(182, 40, 16, "s")
            + _ledge("b")
            + _shape("M96 190c40-14 52-24 44-46l12-2c14 22 0 36-8 48z", "p1")
            + at(62, 84, 0.8, person("chignon", 3, "v"))
            + at(132, 56, 1.1, OBJECTS["signal"])
        ),
    ),
    "vol": (112, 100, "Aronde vole", lambda: _FLYING),
}


POSE_AND_SCENES = {
    **{name: Drawing(96, 98, parts, "Aronde", "pose") for name, parts in POSES.items()},
    **{
        name: Drawing(width, height, draw(), words, "scene")
        for name, (width, height, words, draw) in SCENES.items()
    },
    **{
        name: Drawing(180, 114, _empty(ground, pose, thing), words, "scene")
        for name, (ground, pose, thing, words) in EMPTIES.items()
    },
}


@cache
def drawing(name: str) -> Drawing | None:
    """A drawing by its name; None for a name that nobody drew: its word stays."""
    found = POSE_AND_SCENES.get(name)
    kind, _sep, key = name.partition(":")
    if kind == "disque" and key in DISCS:
        ground, thing, words = DISCS[key]
        found = Drawing(96, 96, _disc(ground, thing), words, "part")
    elif kind == "couverture" and key in COVERS:
        words, draw = COVERS[key]
        found = Drawing(320, 180, draw(), words, "cover")
    elif kind == "objet" and key in OBJECTS:
        found = Drawing(96, 98, OBJECTS[key], key.capitalize(), "part")
    return found


def names() -> list[str]:
    """Every drawing that a page may ask for."""
    return [
        *POSES,
        *SCENES,
        *EMPTIES,
        *(f"disque:{key}" for key in DISCS),
        *(f"couverture:{key}" for key in COVERS),
    ]


@cache
def svg(name: str, label: str = "") -> Markup:
    """The drawing, or nothing. Not read, unless `label` says what it shows where no word beside it does."""
    found = drawing(name)
    if found is None:
        return Markup("")
    attributes = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    parts = NAMED.sub(lambda short: COLOURS[short[1]], found.parts)
    return Markup(  # nosec B704  # noqa: S704 - the parts are texts of this file
        f'<svg class="art" data-art="{name}" viewBox="0 0 {found.width} {found.height}" {attributes} focusable="false">{parts}</svg>'
    )
