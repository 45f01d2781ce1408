"""Started by `confined`, in the place of a program that it becomes: fewer rights first, then the program. Nothing of Préau is read here."""

import ctypes
import os
import resource
import sys

NEW_NETWORK, NEW_USERS = 0x40000000, 0x10000000
DIE_WITH_PARENT, KILL = 1, 9


def main(processor: int, memory: int, written: int, *program: str) -> None:
    """Limits that the program cannot lift; a network of its own, which leads nowhere, where the system allows one."""
    for what, most in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.umask(0o077)
    os.nice(10)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(DIE_WITH_PARENT, KILL)
        if system.unshare(NEW_NETWORK):
            system.unshare(NEW_USERS | NEW_NETWORK)
    os.execvp(program[0], program)  # nosec B606  # noqa: S606 - a list of words that Préau wrote, and no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
