"""More engines than CI has time for: what each says of the page that is open. Installed by `make audit`."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.net.reviewed import is_reviewed

FOLDER = Path(__file__).parent / "engines"
PACKAGES = FOLDER / "node_modules"
QUALWEB = [
    "qw-page/dist/qw-page",
    "util/dist/__webpack/util",
    "act-rules/dist/__webpack/act",
    "wcag-techniques/dist/__webpack/wcag",
]
VALIDATOR = PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar"

# Each returns (rule, element, why), of what is surely wrong: what an engine asks a person to look at is no fault.
ASK_IBM = """async () => {
  const { results } = await new ace.Checker().check(document, ["WCAG_2_2"])
  return results.filter(({ value }) => value[0] === "VIOLATION" && value[1] === "FAIL")
    .map((one) => [one.ruleId, one.snippet, one.message])
}"""
ASK_HTMLCS = """() => new Promise((done) => HTMLCS.process("WCAG2AA", document, () => done(HTMLCS.getMessages()
  .filter(({ type }) => type === HTMLCS.ERROR).map((one) => [one.code, one.element.outerHTML ?? "", one.msg]))))"""
ASK_QUALWEB = """(words) => {
  const page = { sourceHtml: document.documentElement.outerHTML, newTabWasOpen: false }
  const runners = [new ACTRulesRunner({}, words), new WCAGTechniquesRunner({}, words)]
  const rules = runners.flatMap((runner) => Object.values(runner.configure({}).test(page).getReport().assertions))
  const isRequired = (rule) => rule.metadata["success-criteria"].some(({ level }) => level !== "AAA")
  return rules.filter(isRequired).flatMap((rule) => rule.results.filter(({ verdict }) => verdict === "failed")
    .flatMap((one) => one.elements.map(({ htmlCode }) => [rule.code, htmlCode ?? "", one.description])))
}"""


@dataclass(frozen=True)
class Told:
    """A fault as an engine says it."""

    rule: str
    element: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule} : {self.element[:160]} ({self.why[:160]})"


class Engines:
    """The engines of one run; Alfa lives in a process of its own, beside the page."""

    def __init__(self) -> None:
        node = Path(sys.executable).with_name("node")
        command = [str(node) if node.exists() else "node", "outside.mjs"]
        self.outside = subprocess.Popen(
            command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.first = self._read()
        self.ibm = (PACKAGES / "accessibility-checker-engine" / "ace.js").read_text()
        self.htmlcs = (PACKAGES / "html_codesniffer" / "build" / "HTMLCS.js").read_text()
        self.qualweb = [(PACKAGES / "@qualweb" / f"{name}.bundle.js").read_text() for name in QUALWEB]

    def close(self) -> None:
        self.outside.communicate()

    def _read(self) -> Any:
        return json.loads(self.outside.stdout.readline())

    def faults(self, page: Page) -> dict[str, list[str]]:
        """QualWeb comes last: it writes into the page."""
        found = {"alfa": self._alfa(page)}
        found["ibm"] = self._inside(page, [self.ibm + "\nwindow.ace = ace"], ASK_IBM)
        found["htmlcs"] = self._inside(page, [self.htmlcs], ASK_HTMLCS)
        found["qualweb"] = self._inside(page, self.qualweb, ASK_QUALWEB, self.first["words"])
        return {
            name: [str(one) for one in findings if not is_reviewed(name, one.rule, one.element)]
            for name, findings in found.items()
        }

    def _inside(self, page: Page, scripts: list[str], question: str, given: Any = None) -> list[Told]:
        for script in scripts:
            page.evaluate(f"{script}\n;0")
        return [Told(*one) for one in page.evaluate(question, given)]

    def _alfa(self, page: Page) -> list[Told]:
        seen = page.evaluate(f"async () => ({self.first['native']})(document)")
        self.outside.stdin.write(json.dumps(seen) + "\n")
        self.outside.stdin.flush()
        return [Told(**one) for one in self._read()]


def validated(files: list[Path]) -> dict[str, list[str]] | None:
    """What the Nu validator says of each file; None on a machine without Java."""
    if shutil.which("java") is None:
        return None
    command = [
        "java",
        "-jar",
        str(VALIDATOR),
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        *map(str, files),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {str(file): [] for file in files}
    for message in json.loads(answer)["messages"]:
        finding = Told(message["type"], message.get("extract", ""), message["message"])
        if message["type"] == "error" and not is_reviewed("vnu", finding.why, finding.element):
            found[message["url"].removeprefix("file:")].append(str(finding))
    return found
