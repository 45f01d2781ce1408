// What runs outside the page. First line out: what the page needs from here. Then, for each page in, its faults out.
import { createRequire } from "node:module"
import { createInterface } from "node:readline"

import { Audit, Outcome } from "@siteimprove/alfa-act"
import { Device } from "@siteimprove/alfa-device"
import { Node } from "@siteimprove/alfa-dom"
import { Native } from "@siteimprove/alfa-dom/native"
import { Request, Response } from "@siteimprove/alfa-http"
import rules from "@siteimprove/alfa-rules"
import { Conformance, Criterion } from "@siteimprove/alfa-wcag"
import { Page } from "@siteimprove/alfa-web"

const { LocaleFetcher } = createRequire(import.meta.url)("@qualweb/locale")
const device = Device.standard()
const required = [...rules].filter((rule) =>
  rule.hasRequirement((one) => Criterion.isCriterion(one) && Conformance.isAA()(one)),
)

async function faultsOf(document) {
  const page = Page.of(Request.empty(), Response.empty(), Node.from(document, device), device)
  const failed = [...(await Audit.of(page, required).evaluate())].filter(Outcome.isFailed)
  return failed.map((outcome) => ({
    rule: outcome.rule.uri.split("/").pop(),
    element: String(outcome.target).replace(/\s+/g, " ").slice(0, 300),
    why: [...outcome.expectations].map(([, result]) => (result.isErr() ? result.getErrUnsafe().message : "")).join(" ").trim(),
  }))
}

console.log(JSON.stringify({ native: Native.fromNode.toString(), words: LocaleFetcher.transform("en") }))
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await faultsOf(JSON.parse(line))))
}
