import { mkdtempSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentKey, folderContent, prune } from "../../lab/vm/cache";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-cache-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("the key of a folder follows content, path and mode of each file, and nothing else", () => {
  const key = () => contentKey(folderContent(folder));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub", "script"), "one", { mode: 0o644 });
  const before = key();
  utimesSync(join(folder, "sub", "script"), 1, 1);
  expect(key()).toBe(before);
  writeFileSync(join(folder, "sub", "script"), "two");
  expect(key()).not.toBe(before);
  rmSync(join(folder, "sub", "script"));
  writeFileSync(join(folder, "sub", "script"), "one", { mode: 0o755 });
  expect(key()).not.toBe(before);
});

test("half-made images go at once, finished ones when two others were used since", () => {
  ["a", "b", "c", "current", ".building-1"].forEach((name, index) => {
    mkdirSync(join(folder, name));
    utimesSync(join(folder, name), 1000 + index, 1000 + index);
  });
  writeFileSync(join(folder, "lock"), "");
  prune(folder, join(folder, "current"));
  expect(readdirSync(folder).sort()).toEqual(["b", "c", "current", "lock"]);
});
