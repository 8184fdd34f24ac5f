import { parseKnownHosts } from "../../ssh/knownHosts";
import { sharedHostKeys } from "../../ssh/sharedHostKeys";
import { labNode } from "../plan/labNode";
import { keyPair } from "./testHost";

const newKey = (): string => keyPair().public.split(" ").slice(0, 2).join(" ");
const [key1, key2, key3] = [newKey(), newKey(), newKey()];

const nodes = ["fra1", "nyc1", "tyo1"].map((name, index) =>
  labNode(index + 1, name, { ssh: { host: `${name}.example.net`, port: 22, user: "root" } }),
);

function shared(...lines: readonly string[]) {
  return sharedHostKeys(nodes, parseKnownHosts(lines.join("\n"), "known_hosts"));
}

test.each([
  ["a key each", [`fra1.example.net ${key1}`, `nyc1.example.net ${key2}`, `tyo1.example.net ${key3}`], []],
  ["several keys a host", [`fra1.example.net ${key1}`, `fra1.example.net ${key2}`, `nyc1.example.net ${key3}`], []],
  ["no keys", [], []],
  ["one of several keys", [`fra1* ${key1}`, `fra1* ${key2}`, `tyo1.example.net ${key2}`], [["fra1", "tyo1"]]],
  ["a pattern", [`*.example.net ${key1}`], [["fra1", "nyc1", "tyo1"]]],
  ["a pattern but for one", [`*.example.net,!nyc1.* ${key1}`, `nyc1.* ${key2}`], [["fra1", "tyo1"]]],
  ["cloned machines, told once", [`fra1.*,nyc1.* ${key1}`, `fra1.*,nyc1.* ${key2}`], [["fra1", "nyc1"]]],
  [
    "two pairs",
    [`fra1.*,nyc1.* ${key1}`, `nyc1.*,tyo1.* ${key2}`],
    [
      ["fra1", "nyc1"],
      ["nyc1", "tyo1"],
    ],
  ],
  ["a revoked key is nobody's", [`*.example.net ${key1}`, `@revoked * ${key1}`], []],
  ["another port is another host", [`fra1.example.net ${key1}`, `[nyc1.example.net]:2222 ${key1}`], []],
])("%s", (_what, lines, names) => {
  expect(shared(...lines).map((each) => each.nodes)).toEqual(names);
});

test("the message has nodes, files, key and lines", () => {
  const [{ problem } = { problem: undefined }] = shared("# lab", `fra1.* ${key1}`, `nyc1.example.net ${key1}`);
  expect(problem?.file).toBe(nodes[1]?.file);
  expect(problem?.message).toMatch(
    /^fra1 \(\S+, root@fra1\.example\.net port 22\) and nyc1 \(\S+, root@nyc1\.example\.net port 22\) have the same SSH host key, ssh-ed25519 SHA256:\S+ \(known_hosts, lines 2 and 3\)/,
  );
});
