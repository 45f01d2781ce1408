"""`python -m bench.signon`: what signing in costs, and what services cost that ask who has come, against the bare view.

In a world of one school, through the real handler, in one process; and whether the clock tells which logins exist (an
equivalence test). With the usual words it writes its tables into bench/README.md; fails when the clock tells.
"""

import argparse
import json
import os
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict
from random import Random
from statistics import fmean, median
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import time_machine

from bench import report
from bench.measures import Costs, Sample
from bench.pages import BARE, Page
from bench.run import prepare_pages, stage
from bench.scratch import PYTHON, ROOT, Engine, PostgreSQL, SQLite, discard, environment, prepare
from bench.worlds import NOW

ROUNDS, TRIES = 320, 800
# Nobody can tell a login that exists by less than this, from outside.
MARGIN = 1.0
PASSWORD, WRONG = "sous le préau", "six chevaux bleus"
SECRET, VERIFIER = "un secret de service", "v" * 64
BACK = "https://atelier.example/oidc/retour"
MOODLE = "https://moodle.example/entrer"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
HEADS = [
    "what",
    "statements",
    "web CPU ms",
    "of which the hash",
    "database CPU ms",
    "p50 ms",
    "p95 ms",
    "× bare",
]
# Of the twenty tries in a hundred that are furthest from the others, on each side, the value is not taken: another
# process ran. Yuen's test takes that into account.
TRIMMED = 0.2


class Visit:
    """Requests as the parts of a sign-on send them; what each took is kept by name."""

    def __init__(self, server: Any) -> None:
        self.server, self.chance = server, Random(1)

    def ask(self, path: str, query: str = "", body: dict[str, str] | None = None, cookies: Any = None) -> Any:
        """From an address of its own: so many tries from one would close its door."""
        from bench.server import Browser

        browser = Browser(Page("signon", ()), path, query, {} if cookies is None else cookies)
        made = urlencode(body).encode() if body is not None else None
        self.server.address = f"198.18.{self.chance.randrange(256)}.{self.chance.randrange(1, 255)}"
        return self.server.ask(browser, path, query, made)


def linked(school: Any) -> Any:
    """A service of each protocol, open to everybody; returns the client of OpenID Connect."""
    from preau.commons.signon.models import Address, Client, Opening, Service
    from preau.commons.signon.queries import clients
    from preau.commons.signon.words import Protocol

    made = {}
    released = {
        key: {"why": "Essayer.", "since": "2026-09-01"} for key in ("first_name", "profile", "classes")
    }
    for protocol, address in ((Protocol.CAS, MOODLE), (Protocol.OIDC, BACK)):
        facts = {"protocol": protocol, "released": released, "changed_at": NOW}
        made[protocol], is_new = Service.objects.get_or_create(
            school=school, name=f"Banc {protocol}", defaults={"text": "Essayer.", "address": address} | facts
        )
        if is_new:
            Opening.objects.create(service=made[protocol], school=school, is_on=True, agreed=list(released))
    Address.objects.get_or_create(service=made[Protocol.CAS], origin="https://moodle.example", path="/")
    held = {"redirects": [BACK], "secret": clients.secret_digest(SECRET), "secret_since": NOW}
    return Client.objects.get_or_create(service=made[Protocol.OIDC], defaults=held)[0]


class Bench:
    def __init__(self) -> None:
        import base64
        import hashlib

        from bench.server import Server, signed_in
        from preau.directory.models import School

        self.server = Server([Page(BARE, ("bare",)), Page("sign_in", ("identity:sign_in",))])
        self.client = linked(School.objects.order_by("pk")[0])
        self.visit = Visit(self.server)
        self.pupil = signed_in(self.server.cast["pupil"])
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.samples: dict[str, list[Sample]] = {}
        self.counts: dict[str, int] = {}
        self.hashes: list[float] = []

    def keep(self, key: str, answer: Any, expected: int) -> Any:
        if answer.status != expected:
            raise SystemExit(f"{key} answers {answer.status}: {answer.body[:200]!r}")
        self.samples.setdefault(key, []).append((answer.web, answer.database, answer.wall))
        return answer

    # What is measured

    def bare(self) -> None:
        self.keep(BARE, self.visit.ask("/banc/nu/"), 200)

    def page(self) -> None:
        self.keep("sign-in page", self.visit.ask("/connexion/"), 200)

    def form(self, login: str, password: str) -> Any:
        """The page as a visitor has it, unmeasured; then its form, sent."""
        cookies: dict[str, str] = {}
        found = TOKEN.search(self.visit.ask("/connexion/", cookies=cookies).body)
        assert found
        sent = {"login": login, "password": password, "csrfmiddlewaretoken": found[1].decode()}
        return self.visit.ask("/connexion/", body=sent, cookies=cookies)

    def sign_in(self) -> None:
        self.keep("sign-in, the right password", self.form(f"p{self.server.cast['teacher']}", PASSWORD), 302)

    def hash(self) -> None:
        """What checking that password takes by itself, whatever the page."""
        from django.contrib.auth.hashers import check_password

        from preau.identity.models import Account

        kept = Account.objects.get(person=self.server.cast["teacher"]).password
        start = time.process_time()
        check_password(PASSWORD, kept)
        self.hashes.append((time.process_time() - start) * 1e3)

    def cas(self) -> None:
        came = self.keep(
            "CAS: a ticket is given",
            self.visit.ask("/cas/login", urlencode({"service": MOODLE}), cookies=self.pupil),
            302,
        )
        ticket = parse_qs(urlsplit(came.location).query)["ticket"][0]
        query = urlencode({"service": MOODLE, "ticket": ticket})
        answer = self.keep("CAS: `serviceValidate`", self.visit.ask("/cas/p3/serviceValidate", query), 200)
        assert b"authenticationSuccess" in answer.body

    def openid(self) -> None:
        asked = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": BACK,
            "scope": "openid profile ent",
            "state": "s",
            "nonce": "n",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        }
        came = self.keep(
            "OpenID Connect: a code is given",
            self.visit.ask("/oidc/authorize", urlencode(asked), cookies=self.pupil),
            302,
        )
        known = {"client_id": self.client.client_id, "client_secret": SECRET}
        code = parse_qs(urlsplit(came.location).query)["code"][0]
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        }
        answer = self.keep(
            "OpenID Connect: `token`, for a code", self.visit.ask("/oidc/token", body=sent | known), 200
        )
        refresh = json.loads(answer.body)["refresh_token"]
        again = {"grant_type": "refresh_token", "refresh_token": refresh}
        self.keep("OpenID Connect: `token`, renewed", self.visit.ask("/oidc/token", body=again | known), 200)

    def round(self, number: int) -> None:
        parts = [self.bare, self.page, self.sign_in, self.hash, self.cas, self.openid]
        Random(number).shuffle(parts)
        for part in parts:
            part()

    # Whether the clock tells

    def tried(self, login: str) -> float:
        answer = self.form(login, WRONG)
        assert answer.status == 422, answer.status
        return float(answer.wall)


def equivalence(differences: Sequence[float], margin: float = MARGIN) -> dict[str, float]:
    """Two one-sided tests of a mean difference, trimmed (Yuen): its value, its 90 % interval, and the larger of the two p.

    Under `margin` on both sides with p < 0.05: whoever measures could not tell the two apart.
    """
    from math import sqrt
    from statistics import NormalDist

    ordered, count = sorted(differences), len(differences)
    cut = int(TRIMMED * count)
    kept = ordered[cut : count - cut]
    winsorized = [kept[0]] * cut + kept + [kept[-1]] * cut
    center = fmean(winsorized)
    spread = sqrt(sum((one - center) ** 2 for one in winsorized) / (count - 1))
    error = spread / ((1 - 2 * TRIMMED) * sqrt(count))
    mean, normal = fmean(kept), NormalDist()
    worst = max(1 - normal.cdf((mean + margin) / error), normal.cdf((mean - margin) / error))
    reach = normal.inv_cdf(0.95) * error
    return {"mean": mean, "low": mean - reach, "high": mean + reach, "p": worst}


def inside(rounds: int, tries: int) -> dict[str, Any]:
    """In a process of its own: the costs, and the equivalence of each kind of account with none."""
    import django

    django.setup()
    from preau.identity.models import Account

    bench = Bench()
    for part in (bench.bare, bench.page, bench.sign_in, bench.cas, bench.openid):
        part()
    bench.samples.clear()
    count_statements(bench)
    for number in range(rounds):
        bench.round(number)
    closed, waiting = Account.objects.order_by("-pk")[:2]
    Account.objects.filter(pk=closed.pk).update(is_active=False)
    waiting.set_unusable_password()
    waiting.save()
    known = {
        "a login with a password": f"p{bench.server.cast['head']}",
        "a closed account": closed.login,
        "an account not activated": waiting.login,
    }
    return {
        "hash": median(bench.hashes),
        "counts": bench.counts,
        "costs": {key: asdict(Costs.of(found)) for key, found in bench.samples.items()},
        "told": {what: _told(bench, login, tries) for what, login in known.items()},
    }


def count_statements(bench: Bench) -> None:
    """One statement count a line of the table: by asking each part again, under a counter, of what is measured alone."""
    keep, counts = bench.keep, bench.counts
    from bench.server import Statements

    counter = Statements(bench.server.connection)
    before = [0]
    ask = bench.visit.ask

    def counting(*words: Any, **named: Any) -> Any:
        before[0] = counter.count
        return ask(*words, **named)

    def noting(key: str, answer: Any, expected: int) -> Any:
        counts[key] = counter.count - before[0]
        return keep(key, answer, expected)

    bench.visit.ask, bench.keep = counting, noting  # type: ignore[method-assign]
    with counter:
        for part in (bench.bare, bench.page, bench.sign_in, bench.cas, bench.openid):
            part()
    bench.visit.ask, bench.keep = ask, keep  # type: ignore[method-assign]
    bench.samples.clear()


def _told(bench: Bench, login: str, tries: int) -> dict[str, float]:
    """Interleaved tries of this login and of one that nobody has, in an order of chance; the differences, tested."""
    from preau.foundation import throttle

    chance, differences = Random(2), []
    for _ in range(tries):
        nobody = f"q{chance.randrange(10**6)}"
        first, second = (login, nobody) if chance.random() < 0.5 else (nobody, login)
        a, b = bench.tried(first), bench.tried(second)
        differences.append(a - b if first == login else b - a)
        # A hundred tries close a login for everybody who is not known there: here they are given back.
        throttle.give_back("sign_in_to", login)
    return equivalence(differences) | {"tries": float(tries)}


def table(found: dict[str, Any]) -> str:
    bare = found["costs"][BARE]["cost"]
    lines = []
    for key, costs in found["costs"].items():
        has_hash = key.startswith("sign-in, ")
        apart = costs["cost"] - (found["hash"] if has_hash else 0)
        ratio = f"{apart / bare:.1f}{' (hash apart)' if has_hash else ''}"
        lines.append(
            [
                "the bare view" if key == BARE else key,
                str(found["counts"].get(key, "")),
                f"{costs['web']:.2f}",
                f"{found['hash']:.2f}" if has_hash else "",
                f"{costs['database']:.2f}",
                f"{costs['p50']:.1f}",
                f"{costs['p95']:.1f}",
                ratio,
            ]
        )
    return report.rows(HEADS, lines)


def clock_table(found: dict[str, Any]) -> str:
    heads = [
        "a wrong password for",
        "tries of each",
        "difference ms",
        "90 % interval",
        "p",
        f"within ± {MARGIN:g} ms",
    ]
    lines = [
        [
            what,
            f"{one['tries']:.0f}",
            f"{one['mean']:+.3f}",
            f"{one['low']:+.3f} to {one['high']:+.3f}",
            "< 0.001" if one["p"] < 0.001 else f"{one['p']:.3f}",
            "yes" if one["p"] < 0.05 else "**not shown**",
        ]
        for what, one in found["told"].items()
    ]
    return report.rows(heads, lines)


def text(found: dict[str, Any], engine: str, rounds: int) -> str:
    return (
        f"{report.measured_on('python -m bench.signon')} {report.NAMES[engine]}, one school; medians of {rounds} interleaved "
        f"rounds.\n\n{table(found)}\n\nAgainst a login that nobody has, in turn and in an order of chance; means trimmed by a "
        f"fifth on each side (Yuen), two one-sided tests:\n\n{clock_table(found)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--tries", type=int, default=TRIES, help="of each login, 400 at least to be worth something"
    )
    parser.add_argument("--keep", action="store_true", help="keep the database for another run")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        with time_machine.travel(NOW, tick=True):
            print(json.dumps(inside(options.rounds, options.tries)))
        return
    base = os.environ.get("DATABASE_URL", "")
    engine: Engine = PostgreSQL(base) if base.startswith("postgres") else SQLite()
    prepare_pages()
    with stage(f"{engine.name}: making the world"):
        prepare(engine, 1)
    with stage("signing in"):
        command = [
            PYTHON,
            "-m",
            "bench.signon",
            "--inside",
            f"--rounds={options.rounds}",
            f"--tries={options.tries}",
        ]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(engine.url(1)), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    summary = text(found, engine.name, options.rounds)
    print(summary)
    if (options.rounds, options.tries, engine.name) == (ROUNDS, TRIES, "postgresql"):
        report.put("signon", summary)
    if not options.keep:
        discard(engine, 1)
    if telling := [what for what, one in found["told"].items() if one["p"] >= 0.05]:
        raise SystemExit(f"Not shown to be within {MARGIN:g} ms: {', '.join(telling)}.")


if __name__ == "__main__":
    main()
