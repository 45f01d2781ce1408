"""Files that mean harm: refused with a sentence, or kept so that nothing of what was hidden in them leaves."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from preau.commons.media import captions, mediaroom
from preau.commons.media.actions import making, sending
from preau.commons.media.models import Medium
from preau.commons.media.tests import samples
from preau.commons.media.tests.conftest import needs_ffmpeg
from preau.directory.viewer import Viewer
from preau.foundation import confined
from preau.foundation.uploads import UploadRefused

pytestmark = [pytest.mark.django_db, needs_ffmpeg]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: Any) -> dict[str, tuple[str, bytes]]:
    return samples.hostile(tmp_path_factory.mktemp("hostile"))


def kept_of(viewer: Viewer, name: str, content: bytes) -> Medium:
    """Sent by a form, then made to the end. Raises UploadRefused where it is not even taken."""
    medium = sending.keep_form(viewer, SimpleUploadedFile(name, content))
    while making.go_on(medium.pk):
        pass
    medium.refresh_from_db()
    return medium


def test_the_corpus_holds_thirty_and_more(corpus: dict[str, Any]) -> None:
    assert len(corpus) >= 30


def test_each_is_refused_or_leaves_nothing_of_what_it_hides(
    corpus: dict[str, tuple[str, bytes]],
    shown: dict[str, Any],
    viewer: Viewer,
    room: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And no program of the machine is asked for anything but a file of the folder in which it works."""
    asked: list[list[str]] = []
    monkeypatch.setattr(confined, "run", _noting(asked))
    wrong = []
    for name, (why, content) in corpus.items():
        try:
            medium = kept_of(viewer, name, content)
        except UploadRefused as error:
            if why.startswith("inert") or not str(error):
                wrong.append(f"{name} ({why}): not even taken, « {error} »")
            continue
        if why.startswith("inert"):
            wrong += [f"{name} ({why}): {fault}" for fault in _harm(medium)]
        elif medium.state != Medium.State.FAILED or not medium.refusal:
            wrong.append(f"{name} ({why}): {medium.state}")
        elif medium.renditions.exists():
            wrong.append(f"{name} ({why}): something is served")
    assert wrong == []
    assert all(_is_guarded(command) for command in asked)
    # Nothing of what was refused stays on the disk.
    assert not [
        path for part in ("envois", "travail") if (room / part).is_dir() for path in (room / part).iterdir()
    ]


def _noting(asked: list[list[str]]) -> Any:
    run = confined.run

    def noted(program: Any, folder: Path, bounds: Any) -> str:
        asked.append(list(program))
        return run(program, folder, bounds)

    return noted


def _is_guarded(command: list[str]) -> bool:
    if command[0] in {"ffmpeg", "ffprobe"}:
        inputs = [command[place + 1] for place, word in enumerate(command) if word == "-i"]
        return command.count("-protocol_whitelist") >= len(inputs) and all(
            one.startswith("file:") and "/" not in one for one in inputs
        )
    return not any("/" in word for word in command)


def _harm(medium: Medium) -> list[str]:
    if medium.state != Medium.State.READY:
        return [f"{medium.state}: {medium.refusal}"]
    found = []
    for rendition in medium.renditions.all():
        content = mediaroom.path_of(rendition.stored).read_bytes()
        found += [
            f"{rendition.name} holds {mark!r}"
            for mark in (b"<script", b"<html", b"PK\x03\x04", b"passwd")
            if mark in content
        ]
    return found


def test_what_a_film_says_of_its_author_and_of_its_place_does_not_leave(
    shown: dict[str, Any], viewer: Viewer, tmp_path: Path
) -> None:
    sent = samples.film(tmp_path)
    assert b"Chez Nina" in sent and b"loci" in sent
    medium = kept_of(viewer, "film.mp4", sent)
    assert medium.state == Medium.State.READY
    for rendition in medium.renditions.all():
        content = mediaroom.path_of(rendition.stored).read_bytes()
        assert b"Chez Nina" not in content and b"loci" not in content, rendition.name


def test_a_program_reaches_no_network_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "un secret")
    output = confined.run(
        ["/bin/sh", "-c", "env; ulimit -v; ulimit -f; ulimit -t; id -u"],
        tmp_path,
        confined.Bounds(processor=7),
    )
    assert "un secret" not in output and "DATABASE" not in output
    assert "\n7\n" in output and "unlimited" not in output


def test_a_program_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(confined.Broken, match="not done in 1 s"):
        confined.run(["sleep", "30"], tmp_path, confined.Bounds(seconds=1))


def test_a_program_that_writes_too_much_is_ended(tmp_path: Path) -> None:
    with pytest.raises(confined.Broken):
        confined.run(
            ["dd", "if=/dev/zero", "of=zero", "bs=1M", "count=20"],
            tmp_path,
            confined.Bounds(written=5 * confined.MEGABYTE),
        )
    assert (tmp_path / "zero").stat().st_size <= 5 * confined.MEGABYTE


# Captions

HARMFUL = (
    "WEBVTT\n\nSTYLE\n::cue { background: url(https://ailleurs.example/x) }\n\nNOTE <script>alert(1)</script>\n\n"
    "1\n00:01.000 --> 00:02.000 line:0 position:<script>\n<v Nina><c.rouge><script>alert(1)</script>Bon</c>jour &lt;img src=x onerror=alert(1)&gt; &amp;lt;b&amp;gt;\n"
)


def test_captions_keep_words_and_hours_alone() -> None:
    cues = captions.read(HARMFUL)
    assert [(cue.start, cue.end) for cue in cues] == [(1, 2)]
    assert cues[0].words.startswith("Nina\u202f: alert(1)Bonjour")
    written = captions.written(cues)
    assert "<" not in written and "url(" not in written and "STYLE" not in written and "line:" not in written
    assert captions.read(written) == cues


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Aucun sous-titre"),
        ("WEBVTT\n\nrien", "Aucun sous-titre"),
        ("00:05.000 --> 00:01.000\nÀ l’envers", "finit avant"),
        ("demain --> plus tard\nOui", "ne se lisent pas"),
        ("99:99:99.000 --> 00:01.000\nx", "ne se lisent pas"),
        ("\n\n".join(f"00:00:0{n % 6}.000 --> 00:00:07.000\nx" for n in range(10_001)), "trop"),
    ],
)
def test_captions_that_are_none_are_refused(text: str, said: str) -> None:
    with pytest.raises(UploadRefused, match=said):
        captions.read(text)


def test_captions_are_read_from_srt_and_from_an_old_system() -> None:
    srt = "1\r\n00:00:01,5 --> 00:00:02,250\r\nDéjà là\r\n".encode("cp1252")
    assert captions.read(captions.decoded(srt)) == [captions.Cue(1.5, 2.25, "Déjà là")]
    with pytest.raises(UploadRefused):
        captions.decoded(b"x" * (captions.HEAVIEST + 1))


def test_a_form_gives_a_sentence_for_a_hostile_file(shown: dict[str, Any], desk: Any) -> None:
    answer = desk.post("/medias/envoyer/", {"fichier": BytesIO(b"<svg>" + samples.SCRIPT)})
    assert answer.status_code == 422
    assert not Medium.objects.exists()
