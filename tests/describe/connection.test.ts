import { describeConnection } from "../../core/describe/connection";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type Endpoint, type Management } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const hidden: Endpoint = { serial: 0, family: "ip4", port: 4500, mtuBytes: 1500, extraCost: 0 };
const dialled: Endpoint = { ...hidden, address: "198.51.100.3" };
const ours: Management = {
  managed: true,
  isolation: "none",
  keys: [1],
  ssh: { host: "198.51.100.1", port: 22, user: "root" },
};

/** The half of fra1 of its one link with tyo1. */
function described(endpoint: Partial<Endpoint>, tyo1: Management = ours) {
  const common = { organization: "acme", tags: [], prefixes: [] };
  const plan = planMesh(
    {
      nodes: [
        {
          ...common,
          ...ours,
          id: 1,
          name: "fra1",
          commonName: "fra1",
          endpoints: [{ ...hidden, ...endpoint }],
          file: "",
        },
        { ...common, ...tyo1, id: 3, name: "tyo1", commonName: "tyo1", endpoints: [dialled], file: "" },
      ],
      retired: [],
      policy: fullMesh,
    },
    settings,
  );
  const [half] = plan.links.map(({ a }) => a);
  if (half === undefined) throw new Error("no link");
  return describeConnection(half, plan);
}

test("the ciphers with a node that is not managed are those that the host is given", () => {
  expect(described({}).ciphers).toBe("aes256gcm16-prfsha384-x25519 / aes256gcm16-x25519");
  expect(described({}, { managed: false, publicKey: arbitraryKey(1) }).ciphers).toBe(
    "aes256gcm16-prfsha384-x25519 / aes256gcm16-x25519,aes256gcm16",
  );
});

test.each<[string, Partial<Endpoint>, string]>([
  ["neither", { address: "198.51.100.1" }, "198.51.100.1:4500"],
  ["the interface", { uplink: { interface: "wwan0" } }, "*:4500 (wwan0)"],
  [
    "the interface, and the source",
    { uplink: { interface: "wwan0", source: "10.64.0.2" } },
    "*:4500 (wwan0 from 10.64.0.2)",
  ],
  [
    "the interface, and the source, as a name is no address",
    { dnsName: "fra1.example.net", uplink: { interface: "eth0", source: "198.51.100.1" } },
    "fra1.example.net:4500 (eth0 from 198.51.100.1)",
  ],
  [
    "the interface, where the source is what is dialled",
    { address: "198.51.100.1", uplink: { interface: "eth0", source: "198.51.100.1" } },
    "198.51.100.1:4500 (eth0)",
  ],
])("of the uplink the path names %s", (_, endpoint, end) => {
  expect(described(endpoint).path).toBe(`ip4 ${end} -> 198.51.100.3:4500`);
});
