"""The streams that are open, and who hears of what: all in one process, on one loop; nothing of it is kept."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# What a channel brings to whoever watches it, rather than hears of it: its rights are looked at again.
MOST_OF_ONE = 30


@dataclass(eq=False)
class Stream:
    """One open page: the topics it asked for by their channels, what has moved since it was last told, and whether to look again."""

    asked: tuple[str, ...]
    heard: dict[str, str] = field(default_factory=dict)
    watched: tuple[str, ...] = ()
    until: float = 0.0
    moved: set[str] = field(default_factory=set)
    doubted: bool = False
    gone: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self) -> list[str]:
        """The topics that have moved, in the page's own words."""
        moved, self.moved = sorted(self.moved), set()
        return moved


class Hub:
    """By channel, the streams that hear of it and those that watch it."""

    def __init__(self) -> None:
        self.hearing: dict[str, set[Stream]] = defaultdict(set)
        self.watching: dict[str, set[Stream]] = defaultdict(set)
        self.streams: set[Stream] = set()

    def add(self, stream: Stream, channels: Mapping[str, str], watched: Iterable[str]) -> None:
        """Open a stream, or give it what it may hear of from now on."""
        self.remove(stream)
        stream.heard = {channel: topic for topic, channel in channels.items()}
        stream.watched = tuple(watched)
        self.streams.add(stream)
        for channel in stream.heard:
            self.hearing[channel].add(stream)
        for channel in stream.watched:
            self.watching[channel].add(stream)

    def remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for board, channels in ((self.hearing, stream.heard), (self.watching, stream.watched)):
            for channel in channels:
                board[channel].discard(stream)
                if not board[channel]:
                    del board[channel]

    def streams_of(self, stream: Stream) -> int:
        """How many streams the person of this one has open: the first channel that it watches is theirs alone."""
        return len(self.watching.get(stream.watched[0], ())) if stream.watched else 0

    def carry(self, words: str) -> None:
        """What came on the bus: channels, and nothing else."""
        for channel in words.split():
            for stream in self.hearing.get(channel, ()):
                stream.moved.add(stream.heard[channel])
                stream.wake.set()
            for stream in self.watching.get(channel, ()):
                stream.doubted = True
                stream.wake.set()

    def doubt_everything(self) -> None:
        """The bus was away: nobody knows what it carried."""
        for stream in self.streams:
            stream.moved.update(stream.heard.values())
            stream.doubted = True
            stream.wake.set()
