import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installer } from "../../ssh/hostScripts";
import { killer } from "./killer";

/** How `install` brings other scripts to a node, killed at every other command: all scripts must be the old ones or the new ones, for each reads others. */
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fullmesh-scripts-"));
  for (const folder of ["usr/local/lib", "var/lib/fullmesh"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "killer"), killer);
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** `install` up to where it does anything, with the folder as its root, and then the scripts alone. */
function placing(text: string): string {
  const functions = text.replace(/\nmain "\$@"\n$/, "\n").replace(/^(scripts|state)=/gm, `$1=${root}`);
  return `${functions}\nplace_scripts\n`;
}

const wanted = installer();
const old = wanted.replace(/^=====> .*\n#!.*\n/gm, "$&# As it was.\n");

/** The number of commands until then, and whether they came to an end. */
function place(text: string, at?: number): { readonly steps: number; readonly signal: NodeJS.Signals | null } {
  writeFileSync(join(root, "install"), placing(text));
  writeFileSync(join(root, "steps"), "");
  const env = { PATH: process.env.PATH ?? "", BASH_ENV: join(root, "killer"), STEPS: join(root, "steps") };
  const options = { encoding: "utf8", env: { ...env, ...(at === undefined ? {} : { KILL_AT: `${at}` }) } } as const;
  const { signal, status, stderr } = spawnSync("setsid", ["--wait", "bash", join(root, "install")], options);
  if (signal === null) expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return { steps: readFileSync(join(root, "steps"), "utf8").split("\n").length - 1, signal };
}

/** All scripts with their text. */
function placed(): Readonly<Record<string, string>> {
  const folder = join(root, "usr/local/lib/fullmesh");
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

test("a node has the old scripts or the new ones, and nothing else is left after the next time", () => {
  place(wanted);
  const asWanted = placed();
  const first = place(old);
  const asOld = placed();
  expect(Object.keys(asOld)).toEqual(Object.keys(asWanted));
  expect(Object.keys(asOld).length).toBeGreaterThan(5);
  const seen = new Set<string>();
  for (let at = 1; at <= first.steps; at += 2) {
    expect([at, place(wanted, at).signal]).toEqual([at, "SIGKILL"]);
    const which = JSON.stringify(placed()) === JSON.stringify(asWanted) ? "wanted" : "old";
    expect([at, placed()]).toEqual([at, which === "wanted" ? asWanted : asOld]);
    seen.add(which);
    place(old);
    expect([at, placed()]).toEqual([at, asOld]);
    expect(readdirSync(join(root, "usr/local/lib"))).toHaveLength(2);
  }
  expect(seen).toEqual(new Set(["old", "wanted"]));
});
