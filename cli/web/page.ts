import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of the page, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

const folder = join(__dirname, "page");

/** The page's files by path, made of the sources in `page`: nothing is built beforehand, and so nothing can be out of date. Takes a fraction of a second. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  // Loaded for this command alone.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(folder, "main.ts"), join(folder, "style.css")],
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  const made = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const written = (name: string): string => readFileSync(join(folder, name), "utf8");
  return new Map([
    ["/", { type: "text/html; charset=utf-8", content: written("index.html") }],
    ["/icon.svg", { type: "image/svg+xml", content: written("icon.svg") }],
    ["/main.js", { type: "text/javascript; charset=utf-8", content: made(".js") }],
    ["/style.css", { type: "text/css; charset=utf-8", content: made(".css") }],
  ]);
}
