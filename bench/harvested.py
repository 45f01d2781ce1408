"""How good the search stays when the catalogue holds what others publish: real open records, harvested by HTTP as CSV, beside ours.

python -m bench.harvested FOLDER: the folder holds `lecture/african_storybook_fr_en_ccby.jsonl.gz` (stories, CC BY),
`exercices/mathsmentales_library.jsonl.gz` and `exercices/mathalea_allExercice_index.json.gz`. None of it is in the repository.
Prints one line of JSON a file of judged queries: the two of the catalogue's tests, then those on harvested records.
"""

import argparse
import csv
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.scratch import FOLDER, ROOT, environment

HERE = Path(__file__).parent
TESTS = ROOT / "preau" / "domains" / "catalogue" / "tests"
OWN = ("judged_tuning.csv", "judged_held_out.csv")
SOURCES = {
    "recits": ("Récits", "Maison d’essai", {"type": "document", "licence": "cc-by"}),
    "automatismes": ("Automatismes", "Maison d’essai", {"subjects": ["mathematiques"]}),
    "exercices": ("Exercices de mathématiques", "Maison d’essai", {"subjects": ["mathematiques"]}),
}
HEADS = ("identifiant", "titre", "description", "adresse", "langue")
Row = tuple[str, str, str, str, str]


def stories(folder: Path) -> Iterator[Row]:
    with gzip.open(folder / "lecture" / "african_storybook_fr_en_ccby.jsonl.gz", "rt") as file:
        for one in map(json.loads, file):
            if one["lang"] == "fr":
                words = " ".join(one["pages"])[:600]
                yield one["id"], one["title"], words, f"https://recits.example/{one['id']}", "fr"


def automatisms(folder: Path) -> Iterator[Row]:
    with gzip.open(folder / "exercices" / "mathsmentales_library.jsonl.gz", "rt") as file:
        for one in map(json.loads, file):
            data, page = one["data"], f"https://automatismes.example/{one['path']}"
            if data.get("ID"):
                yield data["ID"], data["title"], data.get("description") or "", page, "fr"


def exercises(folder: Path) -> Iterator[Row]:
    with gzip.open(folder / "exercices" / "mathalea_allExercice_index.json.gz", "rt") as file:
        yield from _leaves(json.load(file))


def _leaves(tree: dict[str, Any]) -> Iterator[Row]:
    for one in tree.values():
        if isinstance(one, dict) and "titre" in one and "ref" in one:
            yield one["ref"], one["titre"], "", f"https://exercices.example/{one['ref']}", "fr"
        elif isinstance(one, dict):
            yield from _leaves(one)


def as_csv(rows: Iterator[Row]) -> str:
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(HEADS)
    writer.writerows(rows)
    return made.getvalue()


def harvest(folder: Path) -> dict[str, str]:
    """Serve the three tables, read them as any source, and give the key of each record: « recits:0005 » is « recits/anansi-et-tortue-… »."""
    from django.conf import settings
    from django.core.management import call_command

    from preau.domains.catalogue.models import Collection, Institution, Sighting, Source
    from preau.domains.catalogue.tests.sites import site

    settings.SIGNON_LOOPBACK = True
    tables = {"recits": stories, "automatismes": automatisms, "exercices": exercises}
    with site() as there:
        for slug, (name, house, facts) in SOURCES.items():
            there.pages[f"/{slug}.csv"] = as_csv(tables[slug](folder)).encode()
            Source.objects.create(
                slug=slug,
                name=name,
                kind=Source.Kind.TABLE,
                address=f"{there.address}/{slug}.csv",
                institution=Institution.objects.get_or_create(
                    slug="maison-d-essai", defaults={"name": house}
                )[0],
                collection=Collection.objects.create(slug=slug, title=name, abstract="…"),
                audiences=["eleve"],
                **facts,
            )
            call_command("harvest", slug, stdout=sys.stderr)
    seen = Sighting.objects.select_related("resource", "source")
    return {f"{sighting.source.slug}:{sighting.identifier}": sighting.resource.key for sighting in seen}


def judged(keys: dict[str, str], at: Path) -> Path:
    """The queries on harvested records, with the keys that these have here."""
    with (HERE / "judged_harvested.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))[1:]
    lines = [f"{query};{','.join(keys[name] for name in names.split(','))}" for query, names in rows]
    at.write_text("\n".join(lines), encoding="utf-8")
    return at


def inside(folder: Path) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from preau.domains.catalogue.management.commands.evaluate_search import evaluated, read
    from preau.domains.catalogue.models import Resource

    call_command("migrate", verbosity=0)
    call_command("plant_catalogue", stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115 - said to nobody
    own = Resource.objects.published().count()
    keys = harvest(folder)
    files = [*(TESTS / name for name in OWN), judged(keys, Path(settings.VAR_DIR) / "judged.csv")]
    for file in files:
        scores = evaluated(read(file), missed=True)
        missed = scores.pop("missed")
        print(
            json.dumps(
                {"file": file.name, "own": own, "all": Resource.objects.published().count(), **scores},
                ensure_ascii=False,
            )
        )
        for one in missed:
            print(json.dumps(one, ensure_ascii=False), file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options.folder)
        return
    scratch = FOLDER / "harvested"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    known = environment(f"sqlite:///{scratch / 'world.sqlite3'}") | {
        "VAR_DIR": str(scratch),
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "bench.harvested", str(options.folder.resolve()), "--inside"]
    done = subprocess.run(command, cwd=ROOT, env=known, check=False)
    shutil.rmtree(scratch, ignore_errors=True)
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
