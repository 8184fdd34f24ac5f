import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "host");

/** Sent to the node each time they run: `observe` so that it fits the CLI that reads its output, the others because nothing is there yet. */
const sent = ["packages.sh", "filters.sh", "preflight.sh", "keypair.sh", "install.sh", "observe.sh"];

/** Scripts that stay on the node. */
function residentScripts(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sh") && !sent.includes(file))
    .sort();
}

/**
 * The text of `install` with what it needs before it and all scripts that stay on the node inside: one text, for a fresh host has nothing of ours to
 * unpack it with.
 */
export function installer(): string {
  const scripts = residentScripts().map((file) => `=====> ${file.replace(/\.sh$/, "")}\n${read(file)}`);
  // A function as replacement, because `$&` and the like in a script's text must stay as they are.
  return withPackages("install.sh").replace("# @scripts@\n", () => scripts.join(""));
}

/** The text of `preflight`, with what it needs before it. */
export function preflightScript(): string {
  return read("prelude.sh") + read("packages.sh") + read("filters.sh") + read("preflight.sh");
}

/** The text of `keypair`, with what it needs before it. */
export function keypairScript(): string {
  return withPackages("keypair.sh");
}

/** The text of `observe`, with what it needs before it. */
export function observeScript(): string {
  return read("filters.sh") + read("observe.sh");
}

function withPackages(file: string): string {
  return read("prelude.sh") + read("packages.sh") + read(file);
}

/** What was read: some are asked for once a node. */
const texts = new Map<string, string>();

function read(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(folder, file), "utf8");
  texts.set(file, text);
  return text;
}
