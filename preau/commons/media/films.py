"""Films and sounds made anew by ffmpeg: what a file holds, pieces of it, one whole file again, and the list that a player adapts by.

Nothing that somebody sent is ever served: only what is written here. The reader of the container is named from the first bytes of
the file, so that a playlist that leads elsewhere is not read as one; protocols, decoders, sizes, time and memory are counted.
"""

import json
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from preau.foundation import confined
from preau.foundation.confined import MEGABYTE, Bounds, Broken
from preau.foundation.uploads import UploadRefused

# A piece is made at once or not at all: what a dead worker loses. A multiple of STEP, where a player may change quality.
PIECE, STEP, KEY = 32, 4, 2
LONGEST = 3 * 3600
# No piece begins at nought: pictures are written before they are shown, and a time below nought would move one piece alone.
LEAD = 10
MOST_PIXELS, LARGEST_SIDE, MOST_STREAMS = 8_900_000, 4100, 32
DECODERS = (
    "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,mjpeg,theora,"
    "aac,mp3,mp3float,opus,libopus,vorbis,flac,alac,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_u8,pcm_s16be"
)
SMALLEST_RATE, LARGEST_RATE = Fraction(1), Fraction(240)


@dataclass(frozen=True)
class Quality:
    """One size of a film: its height, what its picture may weigh a second, in kilobits."""

    height: int
    rate: int


QUALITIES = (Quality(360, 800), Quality(720, 2400))
SOUND_RATE = 96


@dataclass(frozen=True)
class Facts:
    """What a film or a sound is made of. Without picture, its sides are 0. `container`: how ffmpeg names what reads it."""

    container: str
    seconds: float
    width: int = 0
    height: int = 0
    rate: str = ""
    sound: bool = False

    @property
    def is_film(self) -> bool:
        return self.width > 0

    @property
    def pieces(self) -> int:
        return max(1, -int(-(self.seconds - 0.1) // PIECE))

    def qualities(self) -> list[Quality]:
        """Never larger than what was sent; one at least."""
        # The short side, so that a film held upright is not made twice too large.
        side = min(self.width, self.height)
        return [quality for quality in QUALITIES if quality.height <= side] or [
            Quality(side - side % 2, QUALITIES[0].rate)
        ]


def is_there() -> bool:
    """Can this machine make films?"""
    return bool(shutil.which("ffmpeg") and shutil.which("ffprobe"))


def container_of(start: bytes) -> str:
    """What reads a file that begins so: mov, matroska, ogg, mp3, wav, flac; "" for anything else."""
    if start[4:8] == b"ftyp" and start[8:12] not in {b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"}:
        return "mov"
    if start.startswith(b"\x1a\x45\xdf\xa3") and re.search(
        rb"\x42\x82.(webm|matroska)", start[:100], re.DOTALL
    ):
        return "matroska"
    if start.startswith(b"OggS"):
        return "ogg"
    if start.startswith(b"RIFF") and start[8:12] == b"WAVE":
        return "wav"
    if start.startswith(b"fLaC"):
        return "flac"
    return "mp3" if _is_mp3(start) else ""


def _is_mp3(start: bytes) -> bool:
    if start.startswith(b"ID3") and len(start) > 10 and start[3] < 5:
        return True
    sync = len(start) > 3 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0
    return sync and start[1] & 0x18 != 0x08 and start[1] & 0x06 == 0x02 and start[2] & 0xF0 not in {0xF0, 0}


# What a file holds


def facts_of(source: Path) -> Facts:
    """Look at a file. Raises UploadRefused, with the sentence to show."""
    with source.open("rb") as file:
        container = container_of(file.read(4096))
    if not container:
        raise UploadRefused(
            _(
                "Ce fichier n’est ni une vidéo ni un son que Préau sait lire : envoyez du MP4, du WebM ou du MP3."
            )
        )
    wanted = "format=duration:stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate:stream_disposition=attached_pic"
    command = [
        "ffprobe",
        "-hide_banner",
        "-loglevel",
        "error",
        *_guarded(container),
        "-show_entries",
        wanted,
        "-of",
        "json",
        "-i",
        f"file:{source.name}",
    ]
    try:
        probe = json.loads(
            confined.run(command, source.parent, Bounds(seconds=60, processor=60, written=8 * MEGABYTE))
        )
    except (Broken, ValueError) as error:
        raise UploadRefused(
            _("Ce fichier est abîmé ou incomplet : enregistrez-le de nouveau, puis envoyez-le.")
        ) from error
    return _facts(container, probe)


def _facts(container: str, probe: Any) -> Facts:
    streams = probe.get("streams") or []
    pictures = [stream for stream in streams if stream.get("codec_type") == "video" and not _is_cover(stream)]
    sounds = [
        stream
        for stream in streams
        if stream.get("codec_type") == "audio" and stream.get("codec_name", "unknown") != "unknown"
    ]
    seconds = _number(probe.get("format", {}).get("duration"))
    if len(streams) > MOST_STREAMS or not (pictures or sounds):
        raise UploadRefused(_("Ce fichier ne contient ni image animée ni son que Préau sait lire."))
    if seconds <= 0:
        raise UploadRefused(_("Ce fichier ne dit pas combien de temps il dure : enregistrez-le de nouveau."))
    if seconds > LONGEST:
        raise UploadRefused(_("C’est trop long : trois heures au plus. Coupez-le en plusieurs parties."))
    if not pictures:
        return Facts(container, seconds, sound=True)
    width, height = int(pictures[0].get("width") or 0), int(pictures[0].get("height") or 0)
    if not (16 <= width <= LARGEST_SIDE and 16 <= height <= LARGEST_SIDE) or width * height > MOST_PIXELS:
        raise UploadRefused(
            _("L’image de cette vidéo est trop grande, ou illisible : 3 840 × 2 160 points au plus.")
        )
    return Facts(container, seconds, width, height, _rate(pictures[0]), bool(sounds))


def _is_cover(stream: Any) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _number(value: object) -> float:
    try:
        found = float(str(value))
    except ValueError:
        return 0.0
    return found if found == found and abs(found) < 1e9 else 0.0  # noqa: PLR0124 - what is no number differs from itself


def _rate(stream: Any) -> str:
    """Pictures a second, as ffmpeg writes it: what the film says, halved until thirty or so."""
    for name in ("avg_frame_rate", "r_frame_rate"):
        with suppress(ValueError, ZeroDivisionError):
            rate = Fraction(str(stream.get(name)))
            if SMALLEST_RATE <= rate <= LARGEST_RATE:
                while rate > Fraction(31):
                    rate /= 2
                return str(rate.limit_denominator(1001))
    return "25"


# Making


def _guarded(container: str) -> list[str]:
    """Before a file that somebody sent: what may read it, from this disk alone."""
    return [
        "-max_alloc",
        str(1024 * MEGABYTE),
        "-protocol_whitelist",
        "file",
        "-codec_whitelist",
        DECODERS,
        "-f",
        container,
    ]


FFMPEG = ("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-filter_threads", "1")
# Neither what the camera wrote, nor chapters, subtitles and files that came along.
BARE = (
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
    "-sn",
    "-dn",
    "-fflags",
    "+bitexact",
    "-flags:v",
    "+bitexact",
    "-flags:a",
    "+bitexact",
)


def make_piece(facts: Facts, source: Path, quality: Quality, number: int, target: Path) -> None:
    """The picture of one piece of a film. Raises Broken."""
    start = number * PIECE
    length = min(float(PIECE), facts.seconds - start)
    shape = (
        f"scale=w='if(gte(iw,ih),-2,{quality.height})':h='if(gte(iw,ih),{quality.height},-2)':flags=bicubic,"
        f"fps=fps={facts.rate}:start_time=0,setsar=1,format=yuv420p"
    )
    command = [
        *FFMPEG,
        *_guarded(facts.container),
        "-threads",
        "2",
        "-ss",
        str(start),
        "-i",
        f"file:{source.name}",
        "-t",
        f"{length:.3f}",
        "-map",
        "0:v:0",
        "-an",
        *BARE,
        "-vf",
        shape,
        "-c:v",
        "libx264",
        "-profile:v",
        "main",
        "-preset",
        "veryfast",
        "-crf",
        "23",
        "-maxrate",
        f"{quality.rate}k",
        "-bufsize",
        f"{2 * quality.rate}k",
        "-force_key_frames",
        f"expr:gte(t,n_forced*{KEY})",
        "-threads",
        "2",
        "-muxdelay",
        "0",
        "-muxpreload",
        "0",
        "-output_ts_offset",
        str(LEAD + start),
        "-f",
        "mpegts",
        "file:piece.part",
    ]
    _make(command, target, "piece.part", Bounds(seconds=900, processor=1800))


def make_sound(facts: Facts, source: Path, target: Path, *, opus: bool = False) -> None:
    """The sound of a film or of a recording, whole: AAC, or Opus. Raises Broken."""
    kind = (
        ["-c:a", "libopus", "-b:a", "64k", "-f", "ogg"]
        if opus
        else [
            "-c:a",
            "aac",
            "-b:a",
            f"{SOUND_RATE}k",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
        ]
    )
    command = [
        *FFMPEG,
        *_guarded(facts.container),
        "-i",
        f"file:{source.name}",
        "-t",
        f"{facts.seconds:.3f}",
        "-map",
        "0:a:0",
        "-vn",
        *BARE,
        "-af",
        "aresample=48000:async=1:first_pts=0",
        "-ac",
        "2",
        *kind,
        "file:sound.part",
    ]
    _make(command, target, "sound.part", Bounds(seconds=1800, processor=1800))


def make_still(facts: Facts, source: Path, target: Path) -> None:
    """One picture of a film, a tenth of it in, as PNG. Raises Broken."""
    command = [
        *FFMPEG,
        *_guarded(facts.container),
        "-ss",
        f"{min(facts.seconds / 10, 30):.2f}",
        "-i",
        f"file:{source.name}",
        "-map",
        "0:v:0",
        "-frames:v",
        "1",
        *BARE,
        "-vf",
        "scale=w='min(1280,iw)':h=-2,setsar=1",
        "-c:v",
        "png",
        "-f",
        "image2pipe",
        "file:still.part",
    ]
    _make(command, target, "still.part", Bounds(seconds=120, processor=120, written=64 * MEGABYTE))


def join(pieces: Sequence[Path], sound: Path | None, target: Path) -> None:
    """One film of its pieces and its sound: MP4, its index first. Nothing is drawn again. Raises Broken."""
    folder = target.parent
    whole = folder / "whole.ts"
    try:
        with whole.open("wb") as file:
            for piece in pieces:
                with piece.open("rb") as part:
                    shutil.copyfileobj(part, file)
        beside = (
            [
                "-protocol_whitelist",
                "file",
                "-f",
                "mov",
                "-i",
                f"file:{sound.name}",
                "-map",
                "0:v:0",
                "-map",
                "1:a:0",
            ]
            if sound
            else ["-map", "0:v:0"]
        )
        command = [
            *FFMPEG,
            "-protocol_whitelist",
            "file",
            "-f",
            "mpegts",
            "-i",
            f"file:{whole.name}",
            *beside,
            *BARE,
            "-c",
            "copy",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
            "file:film.part",
        ]
        _make(command, target, "film.part", Bounds(seconds=1800, processor=600, written=16384 * MEGABYTE))
    finally:
        whole.unlink(missing_ok=True)


def cut(film: Path, target: Path, name: str) -> str:
    """The same film in one file of fragments, and the list of where each lies in it, under the name that players ask for. Raises Broken."""
    folder = film.parent
    command = [
        *FFMPEG,
        "-protocol_whitelist",
        "file",
        "-f",
        "mov",
        "-i",
        f"file:{film.name}",
        "-map",
        "0",
        *BARE,
        "-c",
        "copy",
        "-f",
        "hls",
        "-hls_time",
        str(STEP),
        "-hls_playlist_type",
        "vod",
        "-hls_segment_type",
        "fmp4",
        "-hls_flags",
        "single_file",
        "-hls_segment_filename",
        "parts.m4s",
        "parts.m3u8",
    ]
    listed = folder / "parts.m3u8"
    try:
        confined.run(command, folder, Bounds(seconds=1800, processor=600, written=16384 * MEGABYTE))
        (folder / "parts.m4s").replace(target)
        return listed.read_text(encoding="ascii").replace("parts.m4s", name)
    finally:
        listed.unlink(missing_ok=True)


def _make(command: Sequence[str], target: Path, part: str, bounds: Bounds) -> None:
    """Under a passing name first: what is there under its own is whole."""
    passing = target.parent / part
    try:
        confined.run(command, target.parent, bounds)
        if not passing.is_file() or not passing.stat().st_size:
            raise Broken(f"{command[0]}: nothing was made of it")
        passing.replace(target)
    finally:
        passing.unlink(missing_ok=True)
