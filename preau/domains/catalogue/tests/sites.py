"""A site of the tests: what each of its addresses answers, by a real server on this machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """`pages[path]` says what is answered there: bytes, or a function that is given the request. `asked`: what was."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pages: dict[str, Any] = {}
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}


@contextmanager
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            page = found.pages.get(self.path, found.pages.get(self.path.partition("?")[0]))
            if callable(page):
                page(self)
            elif page is None:
                self.send_error(404)
            else:
                answer(self, page, headers=found.headers)

        do_HEAD = do_GET  # noqa: N815 - the name that the server looks for

        def log_message(self, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(
    handler: BaseHTTPRequestHandler,
    body: bytes | str,
    status: int = 200,
    kind: str = "text/xml",
    headers: Any = None,
) -> None:
    sent = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(sent)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(sent)


# A repository of OAI-PMH in a few lines, which says what the test wants.

OAI = "http://www.openarchives.org/OAI/2.0/"


def wrapped(inside: str, at: str = "2026-11-24T09:00:00Z") -> str:
    return f'<OAI-PMH xmlns="{OAI}"><responseDate>{at}</responseDate><request>x</request>{inside}</OAI-PMH>'


def identity(deleted: str = "persistent") -> str:
    return wrapped(
        f"<Identify><repositoryName>x</repositoryName><deletedRecord>{deleted}</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
    )


def dc(number: int | str, title: str = "", more: str = "", address: str = "") -> str:
    return (
        f"<record><header><identifier>oai:test:{number}</identifier><datestamp>2026-11-01T00:00:00Z</datestamp></header><metadata>"
        f'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title or f'Notice {number}'}</dc:title><dc:identifier>{address or f'https://lycee.example/r/{number}'}</dc:identifier>{more}"
        f"</oai_dc:dc></metadata></record>"
    )


def gone(number: int | str) -> str:
    return f'<record><header status="deleted"><identifier>oai:test:{number}</identifier><datestamp>2026-11-02T00:00:00Z</datestamp></header></record>'


def listed(*records: str, token: str = "", at: str = "2026-11-24T09:00:00Z") -> str:
    end = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return wrapped(f"<ListRecords>{''.join(records)}{end}</ListRecords>", at)


def fault(code: str) -> str:
    return wrapped(f'<error code="{code}">no</error>')
