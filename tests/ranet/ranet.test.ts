import { exportRanet } from "../../core/ranet/exportRanet";
import { admit } from "../../core/ranet/admit";
import { importRanet, type MemberFile } from "../../core/ranet/importRanet";
import { readRanet, type RanetMember } from "../../core/ranet/ranetFile";
import { formatProblem, problemAt, startOf } from "../../core/registry/problem";
import { publicKeyPem } from "../../core/registry/publicKey";
import { fullMesh, type Registry, type RegistryNode } from "../../core/registry/registry";
import { identity } from "../e2e/ranetMember";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const ours = (id: number, name: string, organization = "acme"): RegistryNode => ({
  id,
  name,
  organization,
  commonName: name,
  tags: [],
  managed: true,
  isolation: "none",
  keys: [1],
  ssh: { host: `h${id}`, port: 22, user: "root" },
  endpoints: [{ serial: 0, family: "ip4", port: 4500, mtuBytes: 1500, extraCost: 0 }],
  prefixes: [],
  file: `nodes/${name}.yaml`,
});

const registry: Registry = {
  nodes: [ours(1, "fra1"), ours(2, "nyc1")],
  retired: [{ id: 9, name: "old1", gone: false }],
  policy: fullMesh,
};

const endpoints = [{ serial_number: "0", address_family: "ip4", port: 13000 }] as const;

function members(organization: string, key: number, ...names: string[]): readonly RanetMember[] {
  return names.map((common_name) => ({
    organization,
    publicKey: arbitraryKey(key),
    node: { common_name, endpoints: [...endpoints] },
    place: startOf("registry.json"),
  }));
}

describe("import", () => {
  test("gives ids after the highest ever used, and names that are free", () => {
    const { files } = importRanet(
      [...members("Partner", 1, "fra1", "Ams.1", "tyo1"), ...members("Other", 2, "fra1", "retired")],
      registry,
      "nodes/dev",
    );
    expect(files.map(({ path }) => path)).toEqual([
      "nodes/dev/other-fra1.yaml",
      "nodes/dev/other-retired.yaml",
      "nodes/dev/partner-ams-1.yaml",
      "nodes/dev/partner-fra1.yaml",
      "nodes/dev/tyo1.yaml",
    ]);
    expect(files[0]?.text).toBe(`id: 10
organization: Other
commonName: fra1
managed: false
publicKey: ${arbitraryKey(2)}
endpoints:
  - serial: 0
    family: ip4
    port: 13000
`);
    expect(files[4]?.text).toContain("id: 14\norganization: Partner\nmanaged: false\n");
  });

  test("leaves nodes alone that are there, ours and others'", () => {
    const theirs: RegistryNode = {
      ...ours(3, "tyo1", "Partner"),
      managed: false,
      publicKey: arbitraryKey(7),
    };
    const there = { ...registry, nodes: [...registry.nodes, theirs] };
    const found = importRanet([...members("partner", 1, "tyo1"), ...members("acme", 2, "fra1")], there, "nodes", 20);
    expect(found).toEqual({
      files: [],
      known: [
        { organization: "acme", commonName: "fra1", file: "nodes/fra1.yaml", keyDiffers: false },
        { organization: "partner", commonName: "tyo1", file: "nodes/tyo1.yaml", keyDiffers: true },
      ],
      nameless: [],
    });
  });

  test("says for whom there is no name", () => {
    const found = importRanet([...members("a", 1, "B.1", "B_1"), ...members("7", 2, "-")], registry, "nodes");
    expect(found).toMatchObject({ files: [{ path: "nodes/a-b-1.yaml" }] });
    expect(found.nameless.map(({ organization, node }) => `${organization}/${node.common_name}`)).toEqual([
      "7/-",
      "a/B_1",
    ]);
  });
});

test("export has an entry for each key", () => {
  const keys = { fra1: arbitraryKey(1), nyc1: arbitraryKey(2) };
  expect(exportRanet(registry, keys)).toEqual([member1("fra1", 1), member1("nyc1", 2)]);
  expect(() => exportRanet(registry, { fra1: arbitraryKey(1) })).toThrow("no public key for node nyc1");
});

function member1(name: string, key: number): object {
  return {
    public_key: `-----BEGIN PUBLIC KEY-----\n${arbitraryKey(key)}\n-----END PUBLIC KEY-----\n`,
    organization: "acme",
    nodes: [{ common_name: name, endpoints: [{ serial_number: "0", address_family: "ip4", port: 4500 }] }],
  };
}

describe("a registry takes of new files", () => {
  const files = importRanet(members("partner", 1, "n1", "n2", "n3", "n4", "n5"), registry, "nodes").files;
  const names = (list: readonly MemberFile[]): readonly string[] => list.map(({ member }) => member.node.common_name);
  const problem = problemAt(startOf("nodes/fra1.yaml"), "as has n4 (nodes/n4.yaml:3:7)", "fix it");

  test("all but those that would make it a wrong one", () => {
    const check = (list: readonly MemberFile[]) =>
      ["n2", "n4"].some((bad) => names(list).includes(bad)) ? [problem] : [];
    const { taken, problems } = admit(files, check);
    expect(names(taken)).toEqual(["n1", "n3", "n5"]);
    expect(problems.map(formatProblem)).toEqual([
      "registry.json:1:1: partner/n2: as has n4 (nodes/n4.yaml:3:7)\n    fix: fix it",
      "registry.json:1:1: partner/n4: as has n4 (registry.json:1:1)\n    fix: fix it",
    ]);
  });

  test("the first of two that do not go together", () => {
    const check = (list: readonly MemberFile[]) =>
      ["n2", "n5"].every((bad) => names(list).includes(bad)) ? [problem] : [];
    expect(names(admit(files, check).taken)).toEqual(["n1", "n2", "n3", "n4"]);
  });

  test("none, where there is none", () => {
    expect(admit([], () => [])).toEqual({ taken: [], problems: [] });
  });
});

describe("what ranet takes and we cannot, or does not take, is refused", () => {
  function said(text: string): readonly string[] {
    const result = readRanet("registry.json", text);
    return result.problems.map(formatProblem);
  }

  test("all at once, with its place in the file and in the JSON", () => {
    const text = JSON.stringify(
      [
        {
          public_key: "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIIRg\n-----END PRIVATE KEY-----\n",
          organization: "acme, O=other",
          nodes: [
            {
              common_name: "fra 1",
              endpoints: [
                { serial_number: 0, address_family: "ip4", port: 4500 },
                { serial_number: "16", address_family: "ipv4", port: 0, adress: null },
                { serial_number: "007", address_family: "ip4", address: null, port: 4500 },
              ],
              remarks: null,
            },
            { common_name: "nyc1", endpoints: [] },
          ],
        },
      ],
      null,
      2,
    );
    const message = said(text).join("\n");
    expect(message).not.toContain("MC4C");
    expect(message).toBe(
      `registry.json:3:19: \`[0].public_key\` must be an ed25519 public key in PEM, but it is a private key
    fix: take it out of the file and of git's history, have its owner make a new one, and write what \`openssl pkey -in KEY -pubout\` prints of that
registry.json:4:21: \`[0].organization\` must be 1 to 63 letters, digits, dots, dashes and underscores, with a letter or digit first, but is "acme, O=other"
    fix: ask its owner for another name: it is a part of the identity, and cannot be rewritten here
registry.json:7:24: \`[0].nodes[0].common_name\` must be 1 to 63 letters, digits, dots, dashes and underscores, with a letter or digit first, but is "fra 1"
    fix: ask its owner for another name: it is a part of the identity, and cannot be rewritten here
registry.json:10:30: \`[0].nodes[0].endpoints[0].serial_number\` must be a whole number from 0 to 15 as text, but is 0
    fix: write "0" in quotes
registry.json:15:30: \`[0].nodes[0].endpoints[1].serial_number\` must be a whole number from 0 to 15 as text, but "16" is none
    fix: ask its owner for another serial number: it is a part of the identity, and cannot be rewritten here
registry.json:16:31: \`[0].nodes[0].endpoints[1].address_family\` must be ip4 or ip6, but is "ipv4"
    fix: write ip4 or ip6
registry.json:17:21: \`[0].nodes[0].endpoints[1].port\` must be a port number from 1 to 65535, but is 0
    fix: write a port number from 1 to 65535
registry.json:18:13: unknown field \`[0].nodes[0].endpoints[1].adress\`; did you mean \`[0].nodes[0].endpoints[1].address\`?
    fix: write \`address\`, or delete the field
registry.json:21:30: \`[0].nodes[0].endpoints[2].serial_number\` must be a whole number from 0 to 15 as text, but "007" is none
    fix: ask its owner for another serial number: it is a part of the identity, and cannot be rewritten here
registry.json:31:22: \`[0].nodes[1].endpoints\` must be a list of at least one endpoint, but is an empty list
    fix: write a list of at least one endpoint`,
    );
  });

  test("and keeps out nobody else", () => {
    const good = { common_name: "fra1", endpoints };
    const entry = { public_key: publicKeyPem(arbitraryKey(1)), organization: "acme", nodes: [{}, good, null] };
    const read = readRanet("registry.json", JSON.stringify([{}, entry, { ...entry, organization: "" }, 1], null, 2));
    expect(read).toMatchObject({
      ok: true,
      members: [{ organization: "acme", publicKey: arbitraryKey(1), node: good, place: { line: 8, column: 7 } }],
    });
    expect(new Set(read.problems.map(({ message }) => /^`\[\d\](\.nodes\[\d\])?/.exec(message)?.[0]))).toEqual(
      new Set(["`[0]", "`[1].nodes[0]", "`[1].nodes[2]", "`[2]", "`[2].nodes[0]", "`[2].nodes[2]", "`[3]"]),
    );
  });

  test("text that is no JSON, without a word of it", () => {
    for (const text of ['[{"public_key": "MC4CAQAwBQYDK2VwBCIEIIRg', "MC4CAQAwBQYDK2VwBCIEIIRg", ""]) {
      const [message] = said(text);
      expect(message).toMatch(/^registry.json:1:1: not valid JSON: /);
      expect(message).not.toContain("MC4C");
    }
    expect(said('{"a": 1}')).toEqual([
      "registry.json:1:1: registry.json must be a list of organizations, as in ranet's registry.json, but is a map\n    fix: write a list of organizations, as in ranet's registry.json",
    ]);
  });
});

test("the member of the end-to-end test has identities as in ranet's own test (src/asn.rs)", () => {
  expect(identity("acme organization", "some server", "0")).toBe(
    "asn1dn:#303e311a3018060355040a0c1161636d65206f7267616e697a6174696f6e3114301206035504030c0b736f6d6520736572766572310a30080603550405130130",
  );
});
