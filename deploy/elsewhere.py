"""The files of `deploy/` with other places and ports, for what tries or measures them on a machine that has others."""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "ent.example.org"


def replaced(text: str, places: Mapping[str, str]) -> str:
    """Each former place must be there: a file that has changed is not followed by halves."""
    for former, here in places.items():
        if former not in text:
            raise ValueError(f"{former} is not there any more")
        text = text.replace(former, here)
    return text


def nginx(folder: Path, certificate: Path, var: Path, *, pages: int, plain: int, port: int) -> str:
    """`nginx.conf` with its logs in a folder, in front of the pages of a port."""
    places = {
        "user www-data;": "user root;" if os.geteuid() == 0 else "",
        "/run/nginx.pid": str(folder / "nginx.pid"),
        "/var/log/nginx/": f"{folder / 'logs'}/",
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(certificate),
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(certificate),
        "/srv/preau/var": str(var),
        "/srv/preau/deploy": str(ROOT / "deploy"),
        "127.0.0.1:8000": f"127.0.0.1:{pages}",
        "listen 80": f"listen {plain}",
        "listen [::]:80": f"listen [::]:{plain}",
        "listen 443": f"listen {port}",
        "listen [::]:443": f"listen [::]:{port}",
    }
    return replaced((ROOT / "deploy" / "nginx.conf").read_text(), places)


def words_of_pages(root: Path = ROOT) -> list[str]:
    """What preau-pages.service says to gunicorn."""
    for line in (root / "deploy" / "systemd" / "preau-pages.service").read_text().splitlines():
        if line.startswith("ExecStart="):
            return line.partition("gunicorn ")[2].split()
    raise ValueError("preau-pages.service starts nothing")
