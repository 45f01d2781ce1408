"""A film and a sound that Préau draws and plays itself, for the demonstration: discs to count, tones to tell apart."""

import math
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from preau.commons.media import films
from preau.foundation import confined
from preau.foundation.confined import Bounds

RATE, SCENE = 22_050, 4
SIZE = (960, 540)
INKS = ("#1d6f5c", "#b3541e", "#4a5d9e", "#8a4b7d", "#946c00")
WORDS = ("Un.", "Deux.", "Trois.", "Quatre.", "Cinq.")
LOW, HIGH = 165.0, 660.0
SOUNDS = (
    (LOW, "Un son grave."),
    (HIGH, "Un son aigu."),
    (LOW, "De nouveau un son grave."),
    (HIGH, "De nouveau un son aigu."),
)


def film(folder: Path) -> Path:
    """One to five discs, as many beeps as discs; twenty seconds. Raises confined.Broken."""
    for number in range(1, len(WORDS) + 1):
        _scene(number).save(folder / f"scene-{number}.png")
    beeps = [
        (number, [(place * 0.6, 440.0, 0.3) for place in range(number)])
        for number in range(1, len(WORDS) + 1)
    ]
    _play(folder / "beeps.wav", [beep for _number, beep in beeps])
    command = [
        *films.FFMPEG,
        "-protocol_whitelist",
        "file",
        "-f",
        "image2",
        "-framerate",
        f"1/{SCENE}",
        "-i",
        "file:scene-%d.png",
        "-protocol_whitelist",
        "file",
        "-f",
        "wav",
        "-i",
        "file:beeps.wav",
        "-r",
        "10",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-f",
        "mp4",
        "file:film.mp4",
    ]
    confined.run(command, folder, Bounds(seconds=120, processor=120))
    return folder / "film.mp4"


def sound(folder: Path) -> Path:
    """Four tones, low and high in turn; sixteen seconds."""
    _play(folder / "tones.wav", [[(0.2, pitch, 2.5)] for pitch, _words in SOUNDS])
    return folder / "tones.wav"


def captions(words: Sequence[str]) -> str:
    """One sentence a scene."""
    blocks = [
        f"00:00:{place * SCENE:02d}.200 --> 00:00:{place * SCENE + SCENE - 1:02d}.800\n{sentence}"
        for place, sentence in enumerate(words)
    ]
    return "\n\n".join(blocks)


def _scene(number: int) -> Image.Image:
    sheet = Image.new("RGB", SIZE, "#faf7f0")
    pen = ImageDraw.Draw(sheet)
    step = SIZE[0] / (number + 1)
    for place in range(number):
        centre = step * (place + 1)
        pen.ellipse((centre - 62, 208, centre + 62, 332), fill=INKS[number - 1], outline="#222222", width=4)
    return sheet


def _play(path: Path, scenes: Sequence[Sequence[tuple[float, float, float]]]) -> None:
    """Each scene's tones, as (begins at, pitch, lasts), in a WAV."""
    samples = [0.0] * (RATE * SCENE * len(scenes))
    for number, tones in enumerate(scenes):
        for begins, pitch, lasts in tones:
            first = int((number * SCENE + begins) * RATE)
            for place in range(int(lasts * RATE)):
                # Softly in and out: a tone cut short clicks.
                swell = min(1.0, place / 800, (lasts * RATE - place) / 800)
                samples[first + place] = 0.4 * swell * math.sin(2 * math.pi * pitch * place / RATE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", int(sample * 32_767)) for sample in samples))
