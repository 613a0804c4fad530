/**
 * Builds the front end into ../static/dist: hashed files, an icon sprite and meta.json; and FEEL,
 * which the engine runs in a sandbox, into engine/bpmn/expressions/sandbox/feel.js.
 *
 * meta.json maps the name a template asks for ("main.js") to the file on disk
 * ("main-3F2A.js"); webapp/assets.py reads it. Run: npm ci --ignore-scripts && node build.mjs
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

import { openFeelin } from "./feelin.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.resolve(here, "../static/dist");
const sandbox = path.resolve(here, "../../engine/bpmn/expressions/sandbox");
const icons = path.join(here, "node_modules/@tabler/icons/icons");

/** The inner drawing of one icon; names that end in "-filled" come from the filled set. */
async function symbol(name) {
  const filled = name.endsWith("-filled");
  const file = filled ? `filled/${name.slice(0, -"-filled".length)}.svg` : `outline/${name}.svg`;
  const svg = await readFile(path.join(icons, file), "utf8");
  const drawing = svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replaceAll(/<path[^>]*d="M0 0h24v24H0z"[^>]*\/>/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const paint = filled
    ? 'fill="currentColor" stroke="none"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${drawing}</symbol>`;
}

/** Writes one sprite with the icons of icons.json and returns its file name. */
async function sprite() {
  const names = JSON.parse(await readFile(path.join(here, "icons.json"), "utf8"));
  const symbols = await Promise.all(names.map(symbol));
  const content = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const file = `icons-${hash}.svg`;
  await writeFile(path.join(dist, file), content);
  return file;
}

await build({
  absWorkingDir: here,
  entryPoints: ["src/feel/index.js"],
  outfile: path.join(sandbox, "feel.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  legalComments: "none",
  plugins: [openFeelin],
  logLevel: "warning",
});

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.js", "src/theme.js", "src/diagram.js", "src/main.css", "src/diagram.css"],
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "linked",
  loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  metafile: true,
  logLevel: "warning",
});

const names = { "icons.svg": await sprite() };
for (const [file, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) {
    names[path.basename(output.entryPoint)] = path.basename(file);
  }
}
await writeFile(path.join(dist, "meta.json"), `${JSON.stringify(names, null, 2)}\n`);
console.log(`${(await readdir(dist)).length} files in webapp/static/dist`);
