// After `npm run lock`: no web address stays in a lock file (.npmrc leaves out where packages come from; this, whom to fund).
import { readFile, writeFile } from "node:fs/promises";

const file = new URL(`../${process.argv[2] ?? "package-lock.json"}`, import.meta.url);
const withoutFunding = (key, value) => (key === "funding" ? undefined : value);
await writeFile(file, `${JSON.stringify(JSON.parse(await readFile(file, "utf8")), withoutFunding, 2)}\n`);
