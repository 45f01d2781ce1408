"""Small real files, and thirty that mean harm, made on the spot."""

import struct
import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo
from zlib import crc32

from PIL import Image
from weasyprint import HTML

SCRIPT = b"<script>alert(1)</script>"


def made(folder: Path, *arguments: str, name: str) -> bytes:
    """What ffmpeg makes of these words."""
    target = folder / name
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments, str(target)], check=True, cwd=folder
    )
    content = target.read_bytes()
    target.unlink()
    return content


def film(
    folder: Path, seconds: float = 3, size: str = "320x240", name: str = "film.mp4", rate: int = 12
) -> bytes:
    picture = ["-f", "lavfi", "-i", f"testsrc=s={size}:r={rate}:d={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=f=440:d={seconds}"]
    codecs = (
        ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]
        if name.endswith("webm")
        else ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
    )
    return made(
        folder,
        *picture,
        *sound,
        "-metadata",
        "title=Chez Nina",
        "-metadata",
        "location=+48.1-001.6/",
        *codecs,
        "-shortest",
        name=name,
    )


def sound(folder: Path, seconds: float = 2, name: str = "son.mp3") -> bytes:
    return made(folder, "-f", "lavfi", "-i", f"sine=f=440:d={seconds}", name=name)


def picture(form: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, "teal").save(target, form)
    return target.getvalue()


def pdf(words: str = "Le théorème de Pythagore") -> bytes:
    content: bytes = HTML(string=f"<title>Leçon</title><h1>{words}</h1>").write_pdf()
    return content


def pdf_with(extra: bytes) -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R"
        + extra
        + b">>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


CONTAINER = b'<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/livre.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
PACKAGE = (
    '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>Le vélo de Tom</dc:title><dc:creator>L’équipe de Préau</dc:creator><dc:language>fr</dc:language></metadata>"
    '<manifest><item id="c1" href="un.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c1"/></spine></package>'
).encode()
PAGE = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body><p>Tom pédale vers la rivière.</p></body></html>".encode()


def epub(
    *more: tuple[str, bytes], package: bytes = PACKAGE, page: bytes = PAGE, container: bytes = CONTAINER
) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr(ZipInfo("mimetype"), b"application/epub+zip", ZIP_STORED)
        for name, content in (
            ("META-INF/container.xml", container),
            ("OEBPS/livre.opf", package),
            ("OEBPS/un.xhtml", page),
            *more,
        ):
            archive.writestr(name, content)
    return target.getvalue()


def huge_png() -> bytes:
    """A few hundred bytes that say that they are thirty thousand points wide and high."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc32(kind + content))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", b"x")
        + chunk(b"IEND", b"")
    )


def linked_epub() -> bytes:
    """A book in which a page is a link to a file of the machine."""
    info = ZipInfo("OEBPS/deux.xhtml")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    target = BytesIO(epub())
    with ZipFile(target, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><package>&b;</package>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><package>&f;</package>'


def hostile(folder: Path) -> dict[str, tuple[str, bytes]]:
    """Name → (what for, bytes). Those whose reason begins with « inert » are kept, and must be harmless as they leave."""
    plain = film(folder)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"
    return {
        "liste.m3u8": ("a playlist that reads a file of the machine", PLAYLIST % b"file:///etc/passwd"),
        "liste.mp4": ("the same, named as a film", PLAYLIST % b"file:///etc/passwd"),
        "reseau.mp4": ("a playlist that calls another machine", PLAYLIST % b"http://127.0.0.1:9/secret"),
        "concat.mp4": (
            "a list of ffmpeg that joins files of the machine",
            b"ffconcat version 1.0\nfile /etc/passwd\n",
        ),
        "dash.mp4": (
            "a DASH manifest that calls another machine",
            b'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>',
        ),
        "sous.sdp": (
            "a description of a stream of the network",
            b"v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        ),
        "dessin.svg": ("a drawing with a script", svg),
        "dessin.png": ("the same, named as a picture", svg),
        "page.mp4": ("a page named as a film", b"<!DOCTYPE html>" + SCRIPT),
        "page.pdf": ("a page named as a PDF", b"<html>" + SCRIPT),
        "programme.mp4": ("a program", b"MZ\x90\0" + bytes(200)),
        "script.mp3": ("a shell script", b"#!/bin/sh\nrm -rf /\n"),
        "vide.mp4": ("a film that holds nothing", b"\0\0\0\x18ftypisom\0\0\0\0isommp42"),
        "tronque.mp4": (
            "a film cut in its middle, without its index",
            made(folder, "-f", "lavfi", "-i", "testsrc=s=64x64:d=2", name="t.mp4")[:2_000],
        ),
        "bruit.mp4": (
            "noise behind the first bytes of a film",
            b"\0\0\0\x20ftypisom\0\0\0\0isommp42" + bytes(range(256)) * 400,
        ),
        "dref.mp4": (
            "inert: a film that says that its picture lies in another file",
            plain.replace(b"url \0\0\0\1", b"url \0\0\0\0", 1),
        ),
        "grand.png": ("a picture of thirty thousand points a side", huge_png()),
        "polyglotte.png": ("inert: a picture, with a page behind it", picture() + b"<html>" + SCRIPT),
        "polyglotte.jpg": ("inert: a photograph, with an archive behind it", picture("JPEG") + epub()),
        "joint.mkv": ("inert: a film that carries a page and a font", _with_attachment(folder)),
        "titre.mp4": (
            "inert: a film whose title is a script",
            made(
                folder,
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=64x64:d=1",
                "-metadata",
                f"title={SCRIPT.decode()}",
                name="x.mp4",
            ),
        ),
        "derriere.mp4": ("inert: a film with a page behind it", plain + b"<html>" + SCRIPT),
        "son.mp3": ("inert: a sound with a page behind it", sound(folder) + b"<html>" + SCRIPT),
        "acte.pdf": (
            "a PDF that runs a program when it opens",
            pdf_with(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        ),
        "cache.pdf": (
            "the same, its name written otherwise",
            pdf_with(b"/OpenAction<</S/#4AavaScript/JS(app.alert(1))>>"),
        ),
        "lance.pdf": (
            "a PDF that starts a program of the machine",
            pdf_with(b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
        ),
        "joint.pdf": (
            "a PDF that carries a file",
            pdf_with(b"/Names<</EmbeddedFiles 3 0 R/EmbeddedFile 4 0 R>>"),
        ),
        "devant.pdf": ("a PDF behind a page", b"<html>" + SCRIPT + pdf()),
        "abime.pdf": ("a PDF that is none", b"%PDF-1.7\n" + bytes(range(256)) * 20),
        "sort.epub": (
            "a book that writes outside of itself",
            epub(("../../etc/cron.d/x", b"* * * * * root id")),
        ),
        "lien.epub": ("a book that holds a link", linked_epub()),
        "script.epub": (
            "a book with a script in its page",
            epub(page=PAGE.replace(b"</body>", SCRIPT + b"</body>")),
        ),
        "geste.epub": (
            "a book whose picture runs something",
            epub(("OEBPS/i.svg", b"<svg onload='alert(1)'/>")),
        ),
        "js.epub": ("a book that brings a program", epub(("OEBPS/livre.js", b"alert(1)"))),
        "bombe.epub": (
            "a book of two kilobytes that unfolds into many megabytes",
            epub(("OEBPS/zero.css", bytes(60_000_000))),
        ),
        "entites.epub": ("a book whose description multiplies itself", epub(package=ENTITIES)),
        "xxe.epub": ("a book whose description reads a file of the machine", epub(container=OUTSIDE)),
        "archive.epub": ("an archive that is no book", _archive()),
        "inconnu.mkv": ("a container of another kind", b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84evil" + bytes(300)),
    }


def _with_attachment(folder: Path) -> bytes:
    (folder / "page.html").write_bytes(b"<html>" + SCRIPT)
    return made(
        folder,
        "-f",
        "lavfi",
        "-i",
        "testsrc=s=64x64:d=1",
        "-attach",
        "page.html",
        "-metadata:s:t",
        "mimetype=text/html",
        "-c:v",
        "libx264",
        name="joint.mkv",
    )


def _archive() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("lisez-moi.txt", b"rien")
    return target.getvalue()
