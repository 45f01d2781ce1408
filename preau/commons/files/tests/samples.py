"""Small real files of each kind, made on the spot."""

import struct
import zlib
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PAGE = b"<html><script>alert(1)</script></html>"
OGG = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(40)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(30) + b"\x86\x86A_OPUS" + bytes(64)
WEBM_FILM = WEBM + b"\x86\x85V_VP9"
M4A = b"\0\0\0\x20ftypM4A \0\0\0\0isommp42" + b"\0\0\0\x21hdlr" + bytes(8) + b"soun" + bytes(30)
FILM = (
    b"\0\0\0\x20ftypisom\0\0\0\0isommp42" + bytes(70_000) + b"\0\0\0\x21hdlr" + bytes(8) + b"vide" + bytes(30)
)
MP3 = b"\xff\xfb\x90\x64" + bytes(400)
WAV = b"RIFF" + struct.pack("<I", 40) + b"WAVEfmt " + bytes(28)


def opening(catalogue: bytes, *, folded: bool = False) -> bytes:
    """A PDF with this in its catalogue, and two objects: 2 is a script, 3 a page."""
    script, page = b"<</S/JavaScript/JS(app.alert(1))>>", b"<</Type/Page>>"
    root = b"<</Type/Catalog" + catalogue + b">>"
    if folded:
        body = zlib.compress(b"1 0 2 9 3 99 " + root + script + page)
        objects = (
            b"4 0 obj<</Type/ObjStm/N 3/First 13/Filter/FlateDecode>>stream\n" + body + b"\nendstream endobj"
        )
    else:
        objects = b"".join(b"%d 0 obj%sendobj\n" % (n, one) for n, one in enumerate((root, script, page), 1))
    return b"%PDF-1.7\n" + objects + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def docx(*more: tuple[str, bytes]) -> bytes:
    return zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>"), *more)


def odt(*more: tuple[str, bytes]) -> bytes:
    mimetype = b"application/vnd.oasis.opendocument.text"
    return zipped(("mimetype", mimetype), ("content.xml", b"<office/>"), *more)


def picture(form: str = "JPEG", size: tuple[int, int] = (80, 60), **more: Any) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, "teal").save(target, form, **more)
    return target.getvalue()


def located() -> bytes:
    """A photograph that says where it was taken, by whom, and lies on its side."""
    exif = Image.Exif()
    exif[0x010F] = "Appareil de Nina"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (48.0, 6.0, 41.0)
    return picture(exif=exif)
