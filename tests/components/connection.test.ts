import { describeConnection } from "../../components/connection";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type Endpoint, type Management } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";

const hidden: Endpoint = { serial: 0, family: "ip4", port: 4500, mtuBytes: 1500, extraCost: 0 };
const dialled: Endpoint = { ...hidden, address: "198.51.100.3" };
const ours: Management = { managed: true, isolation: "none", ssh: { host: "198.51.100.1", port: 22, user: "root" } };

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
  return describeConnection(half, plan, "SHA256:tyo1");
}

test("the ciphers with a node that is not managed are those that the host is given", () => {
  expect(described({}).ciphers).toBe("aes256gcm16-prfsha384-x25519 / aes256gcm16-x25519");
  expect(described({}, { managed: false, publicKey: "a2V5" }).ciphers).toBe(
    "aes256gcm16-prfsha384-x25519 / aes256gcm16-x25519,aes256gcm16",
  );
});
