// Builds what browsers load into build/static/preau/ (git-ignored), without any network.
// `npm run build`: theme tokens and icons first (into build/), then esbuild bundles frontend/ around them.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");
const from = (...parts) => path.join(root, ...parts);
const out = from("build/static/preau");

const palettes = JSON.parse(await readFile(from("frontend/palettes.json"), "utf8"));
const themes = from("build/tokens/design-tokens-build");

/**
 * Light and dark theme CSS, from the few colours of designsystemet.config.json: build/tokens/design-tokens-build/preau.css;
 * and one more theme for each palette that a school may take, which differs by its accent alone.
 */
async function writeTokens() {
  const folder = from("build/tokens");
  const tool = from("node_modules/@digdir/designsystemet/dist/bin/designsystemet.js");
  const config = JSON.parse(await readFile(from("frontend/designsystemet.config.json"), "utf8"));
  for (const [name, accent] of Object.entries(palettes)) {
    const theme = structuredClone(config.themes.preau);
    theme.colors.main.accent = accent;
    config.themes[name] = theme;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "designsystemet.config.json"), JSON.stringify(config));
  for (const step of ["create", "build"]) {
    execFileSync(process.execPath, [tool, "tokens", step], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  }
  // Paper is white: whoever reads in the dark prints in the light.
  const file = path.join(themes, "preau.css");
  const css = await readFile(file, "utf8");
  await writeFile(file, css.replace(/^\[data-color-scheme="dark"\] \{[^}]*\}/m, "@media not print {$&}"));
}

/** The accent of every palette, under `data-palette`, in the scheme that the page asks for: build/palettes.css. */
async function writePalettes() {
  const rules = await Promise.all(Object.keys(palettes).map(async (name) => {
    const css = await readFile(path.join(themes, `${name}.css`), "utf8");
    const tokens = (scheme) => {
      const block = css.match(new RegExp(`@layer ds\\.theme\\.color-scheme\\.${scheme} \\{[^{]*\\{([^}]*)\\}`))[1];
      return block.match(/--ds-color-accent-[\w-]+: #[0-9a-f]+;/g).join("");
    };
    const on = `[data-palette="${name}"]`;
    return `${on}{${tokens("light")}}
@media not print{${on}[data-color-scheme="dark"]{${tokens("dark")}}}
@media (prefers-color-scheme: dark){${on}[data-color-scheme="auto"]{${tokens("dark")}}}`;
  }));
  await writeFile(from("build/palettes.css"), `${rules.join("\n")}\n`);
}

/** The line and the tint of each subject, under `data-subject`, in the scheme that the page asks for: build/subjects.css. */
async function writeSubjects() {
  const subjects = JSON.parse(await readFile(from("frontend/subjects.json"), "utf8"));
  const rules = Object.entries(subjects).map(([name, { light, dark }]) => {
    const tokens = ([line, tint]) => `--subject-line:${line};--subject-tint:${tint}`;
    const on = `[data-subject="${name}"]`;
    return `${on}{${tokens(light)}}
@media not print{[data-color-scheme="dark"] ${on}{${tokens(dark)}}}
@media (prefers-color-scheme: dark){[data-color-scheme="auto"] ${on}{${tokens(dark)}}}`;
  });
  await writeFile(from("build/subjects.css"), `${rules.join("\n")}\n`);
}

/** The colours of drawings, for the light and the dark: build/art.css. */
async function writeArt() {
  const colours = Object.entries(JSON.parse(await readFile(from("frontend/art.json"), "utf8")));
  const tokens = (scheme) => colours.map(([name, pair]) => `--art-${name}:${pair[scheme]}`).join(";");
  await writeFile(from("build/art.css"), `:root{${tokens(0)}}
@media not print{[data-color-scheme="dark"]{${tokens(1)}}}
@media (prefers-color-scheme: dark){[data-color-scheme="auto"]{${tokens(1)}}}
`);
}

/** Where a block of a day begins and how long it is, in steps of five minutes (foundation/scales.py): build/steps.css. */
async function writeSteps() {
  const range = (first, last, by = 1) => Array.from({ length: (last - first) / by + 1 }, (_, index) => first + index * by);
  const rules = [
    ...range(0, 191).map((step) => `[data-from="${step}"]{--from:${step}}`),
    ...range(1, 192).map((steps) => `[data-for="${steps}"]{--for:${steps}}`),
    ...range(12, 192, 12).map((steps) => `[data-steps="${steps}"]{--steps:${steps}}`),
    ...range(1, 7).map((days) => `[data-days="${days}"]{--days:${days}}`),
  ];
  await writeFile(from("build/steps.css"), `${rules.join("\n")}\n`);
}

/** One CSS class per name in icons.txt: the drawing is a mask, so that it takes the colour of the text. */
async function writeIcons() {
  const names = (await readFile(from("frontend/icons.txt"), "utf8")).split("\n").filter((line) => /^\w/.test(line));
  const rules = await Promise.all(names.map(async (name) => {
    const file = from(`node_modules/@tabler/icons/icons/outline/${name.trim()}.svg`);
    const svg = (await readFile(file, "utf8"))
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/ (class|width|height)="[^"]*"/g, "")
      .replace(/\s+/g, " ")
      .replace(/> </g, "><")
      .trim();
    const uri = svg.replace(/"/g, "'").replace(/[<>#%]/g, encodeURIComponent);
    return `.icon-${name.trim()}{--icon:url("data:image/svg+xml,${uri}")}`;
  }));
  await writeFile(from("build/icons.css"), `${rules.join("\n")}\n`);
}

async function bundle() {
  const islands = (await readdir(from("frontend/islands"))).filter((file) => file.endsWith(".js"));
  await build({
    entryPoints: [
      { in: from("frontend/css/app.css"), out: "app" },
      { in: from("frontend/app.js"), out: "app" },
      ...islands.map((file) => ({ in: from("frontend/islands", file), out: `islands/${path.parse(file).name}` })),
    ],
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome111", "firefox121", "safari16.4"],
    assetNames: "fonts/[name]",
    loader: { ".woff2": "file" },
    logLevel: "warning",
  });
}

/** sw.js: every part of frontend/sw/, and frontend/push-worker.js (what a pushed notice does) when there is one. */
async function bundleWorker() {
  const parts = (await readdir(from("frontend/sw"))).filter((file) => file.endsWith(".js")).map((file) => `./sw/${file}`);
  if (existsSync(from("frontend/push-worker.js"))) parts.push("./push-worker.js");
  await build({
    stdin: { contents: parts.map((file) => `import "${file}";`).join("\n"), resolveDir: from("frontend") },
    outfile: path.join(out, "sw.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome111", "firefox121", "safari16.4"],
    logLevel: "warning",
  });
}

/** favicon.svg's arch on a square: `scale` is the share of the side that it takes (a maskable icon is cut outside its middle 80 %). */
function square(lines, size, { ground, ink, scale }) {
  const edge = (34 * (1 - scale)) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 34" width="${size}" height="${size}">
    <rect width="34" height="34" fill="${ground}"/>
    <g transform="translate(${edge} ${edge}) scale(${scale})" fill="none" stroke="${ink}" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">${lines}</g>
  </svg>`;
}

/** The icons of the installed application, as the PNG that systems ask for. */
async function writeAppIcons() {
  await initWasm(await readFile(from("node_modules/@resvg/resvg-wasm/index_bg.wasm")));
  const lines = (await readFile(from("frontend/favicon.svg"), "utf8")).match(/<path d="[^"]+"\/>/g).join("");
  const green = JSON.parse(await readFile(from("frontend/designsystemet.config.json"), "utf8")).themes.preau.colors.main.accent;
  const [plain, full] = [{ ground: "#fff", ink: green }, { ground: green, ink: "#fff" }];
  const icons = [
    ["icon-192", 192, { ...plain, scale: 0.76 }],
    ["icon-512", 512, { ...plain, scale: 0.76 }],
    ["icon-maskable-512", 512, { ...full, scale: 0.5 }],
    ["apple-touch-icon", 180, { ...full, scale: 0.6 }],
  ];
  await mkdir(path.join(out, "icons"), { recursive: true });
  await Promise.all(icons.map(([name, size, look]) =>
    writeFile(path.join(out, "icons", `${name}.png`), new Resvg(square(lines, size, look)).render().asPng())));
}

/** Hashed static storage looks for the file that such a comment names, and it is not shipped. */
async function stripSourceMaps() {
  const files = (await readdir(out, { recursive: true })).filter((file) => /\.(css|js)$/.test(file));
  await Promise.all(files.map(async (file) => {
    const text = await readFile(path.join(out, file), "utf8");
    await writeFile(path.join(out, file), text.replace(/\/[/*][#@]\s*sourceMappingURL=[^\n*]*(\*\/)?\n?/g, ""));
  }));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await writeTokens();
await writePalettes();
await writeSubjects();
await writeArt();
await writeSteps();
await writeIcons();
await bundle();
await bundleWorker();
await stripSourceMaps();
await writeAppIcons();
await copyFile(from("frontend/favicon.svg"), path.join(out, "favicon.svg"));
