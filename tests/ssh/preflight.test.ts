import { managedNodes } from "../../core/plan/managed";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh } from "../../core/registry/registry";
import { preflight } from "../../ssh/preflight";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { accessWith, keyPair, knownAt, sshHost, type TestHost } from "./testHost";

const client = keyPair();
const asked: string[] = [];
let host: TestHost;
let says: { readonly status: number; readonly stdout?: string; readonly stderr?: string };

beforeAll(async () => {
  host = await sshHost(client.public, (command, stdin) => {
    if (command.endsWith("id -u")) return { stdout: "0\n", status: 0 };
    asked.push(command);
    return stdin.includes("check_clock") ? says : { status: 127 };
  });
});

afterAll(() => {
  host.close();
});

function look(user: string) {
  asked.length = 0;
  const node = labNode(1, "fra1", { ssh: { host: "127.0.0.1", port: host.port, user } });
  const other = labNode(2, "nyc1", { prefixes: ["10.9.0.0/24"] });
  const plan = planMesh({ nodes: [node, other], retired: [], policy: fullMesh }, { ...settings, ppk: "required" });
  const [planned] = managedNodes(plan);
  if (planned === undefined) throw new Error("fra1 is not managed");
  return preflight(planned, plan, accessWith(client.private, knownAt(host.port, host.hostKey)));
}

test("a host is told what it must be fit for, what time it is, what it must have nothing in, and, though sudo drops it, how the login came", async () => {
  says = { status: 0 };
  expect(await look("operator")).toEqual({ ok: true });
  const now = Math.round(Date.now() / 1000);
  const [, told, networks] =
    /^sudo -n sh -s fra1 4500 none (\d+) "\$SSH_CONNECTION" (\S+) ppk=5\.7\.0$/.exec(asked.join()) ?? [];
  expect(Math.abs(Number(told) - now)).toBeLessThan(60);
  expect(networks).toBe(`${settings.overlayIpv4},${settings.overlayIpv6},10.9.0.0/24@nyc1`);
});

test("all that a host finds wrong is in the message, with how to mend it", async () => {
  says = {
    status: 1,
    stderr:
      "fullmesh: fra1: UDP port 4500 is in use\n    fix: stop it\nfullmesh: fra1: only 20 MB are free\n    fix: make room\n",
  };
  expect(await look("root")).toEqual({
    ok: false,
    cause: "unfit",
    message: "fra1: UDP port 4500 is in use\n    fix: stop it\nfra1: only 20 MB are free\n    fix: make room",
  });
});

test("a firewall that is in the way of the mesh is told of, and keeps nobody from the host", async () => {
  const stdout =
    "table inet own {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tmeta nfproto ipv6 accept\n\t}\n}\n";
  says = { status: 0, stdout };
  expect(await look("root")).toEqual({
    ok: true,
    remarks: [
      'fra1: IPv4 packets that this node forwards from link to link are dropped by the nftables chain inet own forward (its policy)\n    fix: add `iifname "fm*" oifname "fm*" accept` to that chain, before what drops',
    ],
  });
});
