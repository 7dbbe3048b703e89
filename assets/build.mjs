// Builds what the browser loads: src/moa/ui/sources → src/moa/ui/static/dist, with hashed names, a manifest that
// the pages read, and a .gz and .br beside every text file. `node build.mjs --watch` rebuilds on every change.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build, transform } from "esbuild";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "../src/moa");
const ui = join(source, "ui/sources");
const final = join(source, "ui/static/dist");
const dist = `${final}.new`;

/** Tabler without the rules that no template and no script of ours can meet. */
async function tabler() {
  const sheet = join(here, "node_modules/@tabler/core/dist/css/tabler.min.css");
  const [{ css }] = await new PurgeCSS().purge({
    content: [join(source, "**/jinja2/**/*.html"), join(ui, "js/*.js"), join(source, "**/*.py")],
    css: [sheet],
    safelist: { standard: ["html", "body", /^data-bs-theme/], greedy: [/data-bs-theme/] },
    fontFace: true,
    keyframes: true,
    variables: false,
  });
  return css;
}

/** Pretendard in its many small files. Its files carry no real Hanzi, so those are left to the system's fonts. */
async function fonts() {
  const folder = join(here, "node_modules/pretendard/dist/web/variable");
  const sheet = await readFile(join(folder, "pretendardvariable-dynamic-subset.css"), "utf8");
  await cp(join(folder, "woff2-dynamic-subset"), join(dist, "fonts"), { recursive: true });
  return sheet
    .replaceAll("./woff2-dynamic-subset/", "./fonts/")
    .replace(/unicode-range:([^;}]+)/g, (_, ranges) => `unicode-range:${ranges.split(",").filter(isNoHanzi).join(",") || "U+0000"}`);
}

function isNoHanzi(range) {
  const start = parseInt(range.trim().slice(2).split("-")[0], 16);
  return !((start >= 0x2e80 && start <= 0x2fdf) || (start >= 0x3400 && start <= 0x9fff) || (start >= 0xf900 && start <= 0xfaff));
}

async function put(manifest, name, content) {
  const hash = createHash("sha256").update(content).digest("base64url").replace(/[^0-9A-Za-z]/g, "").slice(0, 8);
  const file = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  await writeFile(join(dist, file), content);
  manifest[name] = file;
}

async function compress(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|svg)$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    const content = await readFile(path);
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}

async function run() {
  const manifest = {};
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });

  const ours = await build({ entryPoints: [join(ui, "css/app.css")], bundle: true, minify: true, write: false });
  await put(manifest, "app.css", `${await tabler()}\n${ours.outputFiles[0].text}`);
  await put(manifest, "fonts.css", (await transform(await fonts(), { loader: "css", minify: true })).code);
  for (const picture of ["sprite.svg", "icon.svg"]) await put(manifest, picture, await readFile(join(ui, picture)));

  const theme = await build({ entryPoints: [join(ui, "js/theme.js")], bundle: true, format: "iife", minify: true, write: false });
  await put(manifest, "theme.js", theme.outputFiles[0].text);
  const scripts = await build({
    entryPoints: [join(ui, "js/app.js")],
    bundle: true, splitting: true, format: "esm", minify: true, target: "es2022", metafile: true,
    outdir: dist, entryNames: "[name]-[hash]", chunkNames: "[name]-[hash]",
    nodePaths: [join(here, "node_modules")],
  });
  for (const [path, output] of Object.entries(scripts.metafile.outputs)) {
    if (output.entryPoint?.endsWith("app.js")) manifest["app.js"] = basename(path);
  }

  await compress(dist);
  await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
  await rm(final, { recursive: true, force: true });
  await rename(dist, final);
  return manifest;
}

console.log(Object.values(await run()).join("\n"));
if (process.argv.includes("--watch")) {
  let soon;
  watch(ui, { recursive: true }, () => {
    clearTimeout(soon);
    soon = setTimeout(() => run().then(() => console.log("built"), console.error), 150);
  });
}
