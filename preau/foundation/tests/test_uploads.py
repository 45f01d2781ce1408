"""Files that people send: what is kept of them, and everything that is refused before it touches anything."""

import stat
import struct
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from preau.foundation import csvtext, uploads
from preau.foundation.uploads import Limits, UploadRefused, keep_xml

XML = b'<?xml version="1.0"?><a/>'


def sent(name: str, content: bytes = XML) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def zipped(*members: tuple[str | ZipInfo, bytes], method: int = ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def packed(*members: tuple[str | ZipInfo, bytes], **more: Any) -> SimpleUploadedFile:
    return sent("livraison.zip", zipped(*members, **more))


def kept(room: Path) -> list[Path]:
    return [path for path in room.rglob("*") if path.is_file()]


def test_files_are_kept_apart_for_their_owner_alone(tmp_path: Path) -> None:
    folder, names = keep_xml([sent("Élève b.xml"), sent("A.XML")], tmp_path, Limits())
    assert names == ["001_A.xml", "002_l_ve_b.xml"]
    assert [path.name for path in uploads.files_in(tmp_path, folder)] == names
    assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept(tmp_path)} == {0o600}
    uploads.remove(tmp_path, folder)
    assert uploads.folders(tmp_path) == []


def test_of_an_archive_only_the_xml_files_are_kept(tmp_path: Path) -> None:
    archive = packed(
        ("dossier/b.xml", XML),
        ("dossier\\a.XML", b"\xef\xbb\xbf\n" + XML),
        ("lisez-moi.txt", b"bonjour"),
        ("__MACOSX/dossier/._b.xml", b"\0"),
        (".cache.xml", b"\0"),
        ("vide/", b""),
    )
    _folder, names = keep_xml([archive], tmp_path, Limits())
    assert names == ["001_a.xml", "002_b.xml"]


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    _folder, names = keep_xml([sent("livraison.xml", zipped(("a.xml", XML)))], tmp_path, Limits())
    assert names == ["001_a.xml"]
    utf16 = '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")
    assert keep_xml([sent("sans_suffixe", utf16)], tmp_path, Limits())[1] == ["001_sans_suffixe.xml"]


def link(name: str) -> ZipInfo:
    info = ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def locked() -> bytes:
    """An archive that says it is encrypted: the flag stands in both headers."""
    data = bytearray(zipped(("a.xml", XML)))
    struct.pack_into("<H", data, 6, 1)
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    return bytes(data)


def lying() -> bytes:
    """An archive whose list says ten bytes where the member holds thousands."""
    data = bytearray(zipped(("a.xml", XML + b" " * 5000)))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 10)
    return bytes(data)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([packed(("../../etc/cron.d/a.xml", XML))], "sort d’elle"),
        ([packed(("/etc/a.xml", XML))], "sort d’elle"),
        ([packed(("C:\\a.xml", XML))], "sort d’elle"),
        ([packed((r"b\..\a.xml", XML))], "sort d’elle"),
        ([packed((link("a.xml"), b"/etc/passwd"))], "un lien"),
        ([packed(("a.xml", b"<a>" + b" " * 1_000_000))], "au-delà de toute mesure"),
        ([packed(("a.xml", XML), method=ZIP_BZIP2)], "compressée d’une façon"),
        ([sent("a.zip", locked())], "mot de passe"),
        ([sent("a.zip", lying())], "abîmée"),
        ([sent("a.zip", zipped(("a.xml", XML))[:-30])], "abîmée"),
        ([packed(("lisez-moi.txt", b"bonjour"))], "aucun fichier .xml"),
        ([packed(("a.xml", XML)), sent("b.xml")], "soit un seul fichier .zip"),
        ([packed(*((f"{n}.txt", b"") for n in range(2_001)))], "trop de fichiers"),
        ([sent(f"{n}.xml") for n in range(6)], "Il y a 6 fichiers\u202f: pas plus de 5"),
        ([packed(*((f"{n}.xml", XML) for n in range(6)))], "Il y a 6 fichiers"),
        ([sent("a.xml", b"<" + bytes(range(256)) * 5_000)], "pas plus de 1 Mo"),
        ([sent("a.xml", b"MZ\x90")], "«\u202fa.xml\u202f» n’est pas un fichier XML"),
        ([sent("x/../a.pdf", b"%PDF-1.7")], "«\u202fa.pdf\u202f» n’est pas un fichier XML"),
        ([sent("a.xml", b"")], "«\u202fa.xml\u202f» est vide"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused_leaves_nothing(tmp_path: Path, files: list[Any], says: str) -> None:
    with pytest.raises(UploadRefused, match=says):
        keep_xml(files, tmp_path, Limits(files=5, size=uploads.MEGABYTE))
    assert list(tmp_path.iterdir()) == []


def test_several_archives_weigh_together(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 3_000
    members = [(f"{number}.xml", b"<" + noise[number:]) for number in range(2)]
    with pytest.raises(UploadRefused, match="pas plus de 1 Mo"):
        keep_xml([sent("a.zip", zipped(*members, method=0))], tmp_path, Limits(size=uploads.MEGABYTE))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads, "_write", full)
    with pytest.raises(UploadRefused, match="plus assez de place"):
        keep_xml([sent("a.xml")], tmp_path, Limits())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", "../autre", "a" * 31, "A" * 32])
def test_a_folder_that_is_none_of_ours_is_neither_read_nor_removed(tmp_path: Path, name: str) -> None:
    room = tmp_path / "room"
    (tmp_path / "autre").mkdir()
    room.mkdir()
    uploads.remove(room, name)
    with pytest.raises(FileNotFoundError):
        uploads.files_in(room, name)
    assert (tmp_path / "autre").is_dir() and room.is_dir()


@pytest.mark.parametrize(
    ("viewer", "weight", "cut"), [(None, 1, True), ("someone", 9, False), ("someone", 11, True)]
)
def test_a_request_is_read_up_to_its_ceiling(
    monkeypatch: pytest.MonkeyPatch, viewer: Any, weight: int, cut: bool
) -> None:
    monkeypatch.setattr(uploads, "CEILING", 10)
    request: Any = RequestFactory().post("/", {"word": "bonjour", "files": sent("a.xml", b"<" * weight)})
    request.viewer = viewer
    assert uploads.was_cut(request) is cut
    assert request.POST["word"] == "bonjour"
    assert bool(request.FILES) is not cut


def test_a_spreadsheet_takes_nothing_for_a_formula() -> None:
    lines = list(csvtext.lines(["Nom"], [["=1+1", "@a", 3], ["\tx", "-2", ""]]))
    assert lines == ["\ufeffNom\r\n", "'=1+1;'@a;3\r\n", "'\tx;'-2;\r\n"]
