import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseRegistry } from "../../core/registry/parseRegistry";
import { formatProblem } from "../../core/registry/problem";

/*
 * Each folder in bad/ is a registry with something wrong, and the exact words in which the operator is told: expected.txt. An overlay.txt beside
 * it gives other overlay networks (`IPv4 IPv6`), an organizations.txt the organizations that are let in. New case: add a folder, run with UPDATE_EXPECTED=1, and read what was written.
 */
const root = join(__dirname, "bad");

function report(folder: string): string {
  const overlay = join(folder, "overlay.txt");
  const text = existsSync(overlay) ? readFileSync(overlay, "utf8").trim() : "10.66.0.0/16 fd66:66::/64";
  const [overlayIpv4 = "", overlayIpv6 = ""] = text.split(" ");
  const list = join(folder, "organizations.txt");
  const organizations = existsSync(list) ? readFileSync(list, "utf8").trim().split(",") : [];
  const files = readdirSync(folder)
    .filter((name) => !["expected.txt", "overlay.txt", "organizations.txt"].includes(name))
    .map((name) => ({ path: `nodes/${name}`, text: readFileSync(join(folder, name), "utf8") }));
  const result = parseRegistry(files, { overlayIpv4, overlayIpv6, organizations });
  return result.ok ? "ok\n" : result.problems.map((problem) => `${formatProblem(problem)}\n`).join("");
}

describe("bad registries", () => {
  test.each(readdirSync(root))("%s", (name) => {
    const expected = join(root, name, "expected.txt");
    const found = report(join(root, name));
    if (process.env.UPDATE_EXPECTED !== undefined) writeFileSync(expected, found);
    expect(found).toBe(readFileSync(expected, "utf8"));
    expect(found).not.toBe("ok\n");
  });
});
