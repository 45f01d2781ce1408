"""What a file is, by its content; what is refused; the name it is given back under."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.commons.files.tests import samples
from preau.foundation import filekinds
from preau.foundation.text import weight
from preau.foundation.uploads import UploadRefused

OFFICE, ODF = filekinds.OFFICE, filekinds.ODF


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.picture("JPEG"), "image/jpeg"),
        (samples.picture("PNG"), "image/png"),
        (samples.picture("WEBP"), "image/webp"),
        (samples.PDF, "application/pdf"),
        (samples.docx(), f"{OFFICE}wordprocessingml.document"),
        (
            samples.zipped(("[Content_Types].xml", b""), ("xl/workbook.xml", b"")),
            f"{OFFICE}spreadsheetml.sheet",
        ),
        (
            samples.zipped(("[Content_Types].xml", b""), ("ppt/presentation.xml", b"")),
            f"{OFFICE}presentationml.presentation",
        ),
        (samples.odt(), f"{ODF}text"),
        (samples.OGG, "audio/ogg"),
        (samples.WEBM, "audio/webm"),
        (samples.M4A, "audio/mp4"),
        (samples.MP3, "audio/mpeg"),
        (b"ID3\x03\0\0\0\0\0\0\0", "audio/mpeg"),
        (samples.WAV, "audio/wav"),
        ("Élève, « 5e B »\n".encode(), "text/plain"),
        (b"print('a < b')\n", "text/plain"),
        (b"#!/usr/bin/env python3\nprint(1)\n", "text/plain"),
        (("é" * 70_001).encode(), "text/plain"),
    ],
)
def test_content_decides(content: bytes, kind: str) -> None:
    assert filekinds.kind_of(BytesIO(content), "n’importe.exe") == kind


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "est vide"),
        (samples.PAGE, "peut contenir un programme"),
        (b"\n\n <!DOCTYPE html><p>", "peut contenir un programme"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "peut contenir un programme"),
        (b"<?xml version='1.0'?><svg/>", "peut contenir un programme"),
        (b"\n" + samples.PDF, "est abîmé"),
        (samples.PAGE + samples.PDF, "peut contenir un programme"),
        (b"GIF89a" + samples.PAGE, "peut contenir un programme"),
        (b"MZ\x90\0", "est un programme"),
        (b"#!/bin/sh\nrm -rf /\n", "est un programme"),
        (b"\x7fELF\x02", "est un programme"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "format ancien"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (samples.FILM, "n’est pas un fichier que"),
        (samples.WEBM_FILM, "n’est pas un fichier que"),
        (b"Bonjour\0", "n’est pas un fichier que"),
        ("é".encode("latin-1"), "n’est pas un fichier que"),
        (samples.zipped(("a.txt", b"a")), "est une archive"),
        (samples.docx()[:-30], "est abîmé"),
        (samples.docx(("word/vbaProject.bin", b"x")), "une macro"),
        (samples.odt(("Basic/Standard/Module1.xml", b"x")), "une macro"),
        (samples.docx(("word/media/a.bmp", bytes(30_000_000))), "au-delà de toute mesure"),
        (samples.docx(*((f"{n}.xml", b"") for n in range(2_001))), "au-delà de toute mesure"),
        (samples.zipped(("mimetype", b"text/html"), ("content.xml", b"")), "est une archive"),
        (samples.docx(("../../autre.xml", b"")), "hors de lui"),
        (samples.docx(("word\\..\\..\\autre.xml", b"")), "hors de lui"),
        (samples.odt(("/etc/autre", b"")), "hors de lui"),
        (samples.docx(("C:/autre", b"")), "hors de lui"),
        (samples.opening(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "lance un programme"),
        (samples.opening(b"/OpenAction 2 0 R"), "lance un programme"),
        (samples.opening(b"/Names<</JavaScript 3 0 R>>"), "lance un programme"),
        (samples.opening(b"/Open#41ction<</S/Java#53cript>>"), "lance un programme"),
        (samples.opening(b"/OpenAction 2 0 R", folded=True), "lance un programme"),
    ],
)
def test_what_is_refused_says_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(UploadRefused, match=says):
        filekinds.kind_of(BytesIO(content), "devoir.pdf")


@pytest.mark.parametrize(
    "catalogue",
    [
        b"/OpenAction[3 0 R/Fit]",
        b"/OpenAction 3 0 R",
        b"/AcroForm<</Fields[2 0 R]>>",
        b"/Names<</Dests 3 0 R>>",
        b"/Metadata#20 1",
    ],
)
def test_a_pdf_that_opens_at_a_page_and_a_form_that_counts_are_kept(catalogue: bytes) -> None:
    for folded in (False, True):
        content = samples.opening(catalogue, folded=folded and b"OpenAction 3" not in catalogue)
        assert filekinds.kind_of(BytesIO(content), "imprimé.pdf") == "application/pdf"


@pytest.mark.parametrize(
    ("typed", "kind", "kept"),
    [
        ("Mon devoir.PDF", "application/pdf", "Mon devoir.pdf"),
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("C:\\Users\\Nina\\photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("photo.jpg.exe", "image/jpeg", "photo.jpg.exe.jpg"),
        ("devoir.pdf", f"{OFFICE}wordprocessingml.document", "devoir.docx"),
        ("fdp.\u202eexe", "application/pdf", "fdp.exe.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "application/pdf", "a Set-Cookie_ b.pdf"),
        ('"><script>.pdf', "application/pdf", "___script_.pdf"),
        ("...", "application/pdf", "fichier.pdf"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("programme.py", "text/plain", "programme.py"),
        ("page.html", "text/plain", "page.html.txt"),
        ("e\u0301le\u0300ve.pdf", "application/pdf", "élève.pdf"),
        ("🎒 sac.pdf", "application/pdf", "🎒 sac.pdf"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_is_only_shown(typed: str, kind: str, kept: str) -> None:
    assert filekinds.clean_name(typed, kind) == kept


@given(st.text(max_size=300), st.sampled_from(sorted(filekinds.KINDS)))
def test_any_name_can_be_saved_anywhere(typed: str, kind: str) -> None:
    kept = filekinds.clean_name(typed, kind)
    assert kept.endswith(filekinds.KINDS[kind].endings)
    assert not set(kept) & set('/\\<>:"|?*\r\n\t\0\u202e')
    assert 3 < len(kept) <= 120
    assert kept == filekinds.clean_name(kept, kind)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_look(content: bytes) -> None:
    with suppress(UploadRefused):
        assert filekinds.kind_of(BytesIO(content), "a") in filekinds.KINDS


def test_weights_are_said_in_french() -> None:
    weights = [
        weight(size).replace("\u202f", " ")
        for size in (0, 1, 900, 2_000, 650_000, 1_258_291, 12_582_912, 3 << 30)
    ]
    assert weights == ["0 octet", "1 octet", "900 octets", "2 ko", "635 ko", "1,2 Mo", "12 Mo", "3 Go"]
