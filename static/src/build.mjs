// Builds everything the browser loads besides htmx into static/dist: app.css, admin.css, boot.js, app.js,
// charts.js, select.js, player.js and recorder.js (fetched by app.js where a page has such a thing), call.js (the call
// screen), icons.svg.
// No source maps and no sourceMappingURL: the manifest storage refuses a reference to a file that is not there.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { filled, outline } from "./icons.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(source, "..", "dist");
const icons = path.join(source, "..", "..", "node_modules", "@tabler", "icons", "icons");

const shared = {
  outdir: target,
  bundle: true,
  minify: true,
  sourcemap: false,
  target: ["chrome109", "firefox115", "safari16.4"],
  legalComments: "none",
  loader: { ".svg": "file" },
  assetNames: "[name]",
  logLevel: "warning"
};
const scripts = {
  ...shared,
  format: "esm",
  entryPoints: {
    boot: path.join(source, "js", "boot.js"),
    app: path.join(source, "js", "app.js"),
    charts: path.join(source, "js", "charts", "index.js"),
    call: path.join(source, "js", "call", "index.js"),
    select: path.join(source, "js", "select.js"),
    player: path.join(source, "js", "sound", "player.js"),
    recorder: path.join(source, "js", "sound", "recorder.js")
  }
};
const styles = { ...shared, entryPoints: {
    app: path.join(source, "css", "app.css"),
    admin: path.join(source, "css", "admin.css")
  } };

/** One <symbol> out of an icon file; `style` is the icon set: outline (stroked) or filled. */
async function symbol(name, style) {
  const text = await readFile(path.join(icons, style, `${name}.svg`), "utf8");
  const body = text.replace(/<!--[\s\S]*?-->/g, "").replace(/<svg[\s\S]*?>/, "").replace("</svg>", "");
  const shapes = body.replace(/\s+/g, " ").trim();
  const id = style === "filled" ? `${name}-filled` : name;
  const paint = style === "filled" ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${id}" viewBox="0 0 24 24"><g ${paint}>${shapes}</g></symbol>`;
}

async function sprite() {
  const symbols = await Promise.all([
    ...outline.map((name) => symbol(name, "outline")),
    ...filled.map((name) => symbol(name, "filled"))
  ]);
  await writeFile(path.join(target, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await sprite();
await copyFile(path.join(source, "img", "mark.svg"), path.join(target, "mark.svg"));
if (process.argv.includes("--watch")) {
  const contexts = await Promise.all([esbuild.context(scripts), esbuild.context(styles)]);
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all([esbuild.build(scripts), esbuild.build(styles)]);
}
