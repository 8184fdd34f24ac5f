import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownHosts, makeKeys, publicHostKey } from "../../lab/vm/key";

test("keys are private to their owner, and known_hosts names them by port", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "lab-keys-")), "keys");
  makeKeys(folder, ["h1"]);
  expect(statSync(join(folder, "h1")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, "id_ed25519"), "utf8")).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
  const text = knownHosts([{ port: 2201, key: publicHostKey(folder, "h1") }]);
  expect(text).toMatch(/^\[127\.0\.0\.1\]:2201 ssh-ed25519 AAAA[^ ]+\n$/);
  rmSync(join(folder, ".."), { recursive: true });
});
