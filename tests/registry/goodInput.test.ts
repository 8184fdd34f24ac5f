import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseRegistry } from "../../core/registry/parseRegistry";
import { publicKeyPem } from "../../core/registry/publicKey";
import { arbitraryKey, overlays } from "./arbitraryRegistry";

function nodeFrom(text: string): unknown {
  const result = parseRegistry([{ path: "nodes/fra1.yaml", text }], overlays);
  return result.ok ? result.registry.nodes[0] : result.problems;
}

describe("good registries", () => {
  it("the dev stack's own", () => {
    const folder = join(__dirname, "../../nodes/dev");
    const files = readdirSync(folder)
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => ({ path: `nodes/dev/${name}`, text: readFileSync(join(folder, name), "utf8") }));
    expect(parseRegistry(files, overlays)).toMatchObject({ ok: true });
  });

  it("fills in defaults, sorts endpoints by serial, and spells addresses in one way", () => {
    const text = `
id: 0x10
organization: lab
ssh: { host: 2001:DB8::0:7 }
endpoints:
  - { serial: 3, family: ip6, address: 2001:DB8:0:0::1 }
  - { serial: 0, family: ip4, address: 192.0.2.1, interface: eth0, cost: 480 }
  - { serial: 1, family: ip4, address: FRA1.dyn.example., interface: eth1.7, source: 10.0.0.5 }
prefixes: [2001:DB8:20::0/48, 10.20.0.0/16, 100.64.0.0/10]
`;
    expect(nodeFrom(text)).toEqual({
      name: "fra1",
      id: 16,
      organization: "lab",
      commonName: "fra1",
      tags: [],
      managed: true,
      isolation: "none",
      keys: [1],
      ssh: { host: "2001:db8::7", port: 22, user: "root" },
      endpoints: [
        {
          serial: 0,
          family: "ip4",
          address: "192.0.2.1",
          port: 4500,
          mtuBytes: 1500,
          extraCost: 480,
          uplink: { interface: "eth0", source: "192.0.2.1" },
        },
        {
          serial: 1,
          family: "ip4",
          dnsName: "fra1.dyn.example",
          port: 4500,
          mtuBytes: 1500,
          extraCost: 0,
          uplink: { interface: "eth1.7", source: "10.0.0.5" },
        },
        { serial: 3, family: "ip6", address: "2001:db8::1", port: 4500, mtuBytes: 1500, extraCost: 0 },
      ],
      prefixes: ["2001:db8:20::/48", "10.20.0.0/16", "100.64.0.0/10"],
      file: "nodes/fra1.yaml",
    });
  });

  it("takes nodes of others with their keys, in PEM or not, and of one name with ours", () => {
    const key = arbitraryKey(1);
    const node = (id: number, more: string): string =>
      `id: ${id}\norganization: partner\nmanaged: false\n${more}endpoints: [{serial: 0, family: ip4}, {serial: 1, family: ip4}]\n`;
    const files = [
      {
        path: "fra1.yaml",
        text: "id: 1\norganization: acme\nssh: {host: h1}\nendpoints: [{serial: 0, family: ip4}]\n",
      },
      { path: "tyo1.yaml", text: node(3, `commonName: fra1\npublicKey: ${key}\n`) },
      { path: "osa1.yaml", text: node(4, `publicKey: |\n  ${publicKeyPem(key).trim().replaceAll("\n", "\n  ")}\n`) },
    ];
    const result = parseRegistry(files, { ...overlays, organizations: ["acme", "partner", "nobody"] });
    expect(result).toMatchObject({
      registry: {
        nodes: [
          { managed: true, commonName: "fra1" },
          { managed: false, commonName: "fra1", publicKey: key },
          { managed: false, commonName: "osa1", publicKey: key },
        ],
      },
    });
  });

  it("nodes behind one NAT, told apart by port; an old name with a new id", () => {
    const node = (id: number, port: number): string =>
      `id: ${id}\norganization: lab\nssh: {host: h${id}}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.1, port: ${port}}]\n`;
    const files = [
      { path: "nodes/fra1.yaml", text: node(8, 4500) },
      { path: "nodes/nyc1.yaml", text: node(9, 4501) },
      { path: "nodes/_retired.yaml", text: "retired: [{id: 7, name: fra1, remarks: new hardware}]\n" },
    ];
    expect(parseRegistry(files, overlays)).toMatchObject({
      ok: true,
      registry: { retired: [{ id: 7, name: "fra1" }] },
    });
  });

  it("ports of what is allowed, alone and as ranges", () => {
    const node = "id: 1\norganization: lab\ntags: [hub]\nssh: {host: h1}\nendpoints: [{serial: 0, family: ip4}]\n";
    const policy =
      "allow: [{ from: hub, to: hub, ports: [tcp/22, udp/8000-8010, tcp/1-65535] }, { from: hub, to: hub }]\n";
    const files = [
      { path: "nodes/fra1.yaml", text: node },
      { path: "nodes/_policy.yaml", text: policy },
    ];
    expect(parseRegistry(files, overlays)).toMatchObject({
      ok: true,
      registry: {
        policy: {
          allow: [
            {
              from: "hub",
              to: "hub",
              ports: [
                { protocol: "tcp", first: 22, last: 22 },
                { protocol: "udp", first: 8000, last: 8010 },
                { protocol: "tcp", first: 1, last: 65535 },
              ],
            },
            { from: "hub", to: "hub" },
          ],
        },
      },
    });
  });

  it("takes the network around a private `source` as one behind the node", () => {
    const text =
      "id: 1\norganization: lab\nssh: {host: h1}\nendpoints: [{serial: 0, family: ip4, interface: eth0, source: 10.9.0.5}]\nprefixes: [10.9.0.0/24]\n";
    expect(nodeFrom(text)).toMatchObject({ prefixes: ["10.9.0.0/24"] });
  });

  it("checks all but the overlay's rules where the overlay is not known", () => {
    const text = "id: 1\norganization: lab\nssh: {host: 10.66.0.1}\nendpoints: [{serial: 0, family: ip4}]\n";
    expect(parseRegistry([{ path: "a.yaml", text }], {})).toMatchObject({ ok: true });
    expect(parseRegistry([{ path: "a.yaml", text }], overlays)).toMatchObject({ ok: false });
  });

  it("takes 1000 nodes in a moment", () => {
    const files = Array.from({ length: 1000 }, (_, i) => {
      const octets = `${i >> 8}.${i & 255}`;
      const text = `id: ${i + 1}\norganization: lab\nssh: {host: 198.51.${octets}}\nendpoints: [{serial: 0, family: ip4, address: 203.0.${octets}}]\nprefixes: [172.${octets}.0/24, 100.${octets}.0/24]\n`;
      return { path: `n${i}.yaml`, text };
    });
    // Of the processor, of which a busy computer has less in the same time.
    const before = process.cpuUsage();
    expect(parseRegistry(files, overlays).ok).toBe(true);
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
  });
});
