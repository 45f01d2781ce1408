"""Slow connections hold no thread of the pages' worker."""

import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.workers.gthread import _DEFER

from preau.foundation.threadworker import END, HEADING, LONGEST, _look


@pytest.fixture
def line() -> Iterator[tuple[Any, socket.socket]]:
    """A connection as the worker holds it, and its other end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        ours, _address = server.accept()
    with client, ours:
        yield SimpleNamespace(sock=ours, initialized=False), client


def send(client: socket.socket, ours: socket.socket, words: bytes) -> None:
    """Sent, and there."""
    client.sendall(words)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    ours.recv(1, socket.MSG_PEEK)


def test_a_thread_is_given_once_the_heading_is_whole(line: Any) -> None:
    conn, client = line
    assert _look(conn) is _DEFER
    send(client, conn.sock, b"GET / HTTP/1.1\r\n")
    assert _look(conn) is _DEFER
    # The system wakes nobody before there is more.
    assert conn.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) > len(b"GET / HTTP/1.1\r\n")
    send(client, conn.sock, b"Host: a" + END)
    conn.sock.recv(len(b"GET / HTTP/1.1\r\nHost: a" + END), socket.MSG_PEEK | socket.MSG_WAITALL)
    assert _look(conn) is None
    assert conn.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == 1


def test_whoever_takes_too_long_or_has_gone_is_closed(line: Any) -> None:
    conn, client = line
    send(client, conn.sock, b"GET / HT")
    assert _look(conn) is _DEFER
    conn.began = time.monotonic() - HEADING - 1
    assert _look(conn) is False
    conn.began = None
    # Woken with nothing more to see: the other end has closed.
    assert _look(conn) is False


def test_a_heading_that_is_too_long_is_the_parser_s_to_refuse(line: Any) -> None:
    conn, client = line
    client.sendall(b"x" * LONGEST)
    conn.sock.recv(LONGEST, socket.MSG_PEEK | socket.MSG_WAITALL)
    assert _look(conn) is None
