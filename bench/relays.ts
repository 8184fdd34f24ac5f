import { posix } from "node:path";
import Table from "cli-table3";
import type { ManagedNode, MeshPlan } from "../core/plan/plan";
import { managedNodes } from "../core/plan/managed";
import { planMesh } from "../core/plan/planMesh";
import { babelProfiles } from "../core/registry/babelProfile";
import { cipherProfiles } from "../core/registry/cipherProfile";
import { fullMesh, type RegistryNode } from "../core/registry/registry";
import { babeldConfiguration } from "../core/render/babeld";
import { hostPaths } from "../core/render/hostFile";
import { overlayInterface } from "../core/render/links";
import { labDown, labUp, type Lab } from "../lab/vm/lab";

/** What one mesh took. */
interface Measured {
  /** From babeld's start on all nodes until each has a route to each other; undefined if that took longer than `settleSeconds`. */
  readonly settledSeconds: number | undefined;
  /** Sent by a node over all its links, without IPsec. */
  readonly bytesPerSecond: number;
  /** Routes that a babeld keeps, installed or not. */
  readonly routesKnown: number;
  /** Of one processor of the lab, by one babeld. */
  readonly cpuPercent: number;
  readonly memoryMegabytes: number;
}

const lab = "bench";
const host = "h1";
const relays = 4;
const settleSeconds = 240;
const windowSeconds = 40;

/**
 * `npm run bench:relays [-- N ...]`: what babel takes in a mesh of N nodes where all relay, and where four do: real babelds with the files that fullmesh writes,
 * each in a network namespace of one lab host, with a veth pair for each link. So it measures babel, not IPsec, and all N share the processors of the lab.
 */
async function bench(sizes: readonly number[]): Promise<void> {
  const { lab: machine, processors } = await prepared();
  const table = new Table({
    head: ["nodes", "relays", "settled", "sent by a node", "routes known", "CPU of a babeld", "memory"],
    style: { head: [], border: [] },
  });
  try {
    for (const nodes of sizes) {
      for (const transit of [undefined, ["relay"]]) {
        const found = await measure(machine, planned(nodes, transit));
        const settled = found.settledSeconds;
        table.push([
          nodes,
          transit === undefined ? "all" : relays,
          settled === undefined ? `not in ${settleSeconds} s` : `${settled} s`,
          `${(found.bytesPerSecond / 1000).toFixed(2)} kB/s`,
          found.routesKnown,
          `${found.cpuPercent.toFixed(2)} %`,
          `${found.memoryMegabytes.toFixed(1)} MB`,
        ]);
        console.error(`${nodes} nodes, ${transit === undefined ? "all relay" : `${relays} relay`}: done`);
      }
    }
    console.log(`${processors}, accelerator ${machine.state.accelerator}, profile continental`);
    console.log(table.toString());
  } finally {
    machine.close();
    await labDown(lab);
  }
}

/** A lab of one host with babeld on it, none of which runs. */
async function prepared(): Promise<{ readonly lab: Lab; readonly processors: string }> {
  const up = await labUp({ name: lab, hosts: 1, portBase: 2400, progress: console.error });
  await run(
    up,
    `ln -sf /dev/null /etc/systemd/system/babeld.service; export DEBIAN_FRONTEND=noninteractive
     apt-get -q update >/dev/null && apt-get -q -y install --no-install-recommends babeld >/dev/null 2>&1
     mkdir -p ${posix.dirname(hostPaths.babelSocket)} ${posix.dirname(hostPaths.babelState)}`,
    { timeoutSeconds: 300 },
  );
  const processors = (await run(up, "nproc; babeld -V 2>&1")).trim().replace("\n", " processors, ");
  return { lab: up, processors };
}

function planned(count: number, transit: readonly string[] | undefined): MeshPlan {
  const nodes = Array.from({ length: count }, (_, index): RegistryNode => {
    const name = `n${index + 1}`;
    return {
      name,
      id: index + 1,
      organization: "bench",
      commonName: name,
      tags: index < relays ? ["relay"] : [],
      managed: true,
      isolation: "none",
      keys: [1],
      ssh: { host: "127.0.0.1", port: 22, user: "root" },
      endpoints: [
        { serial: 0, family: "ip4", address: `198.18.0.${index + 1}`, port: 4500, mtuBytes: 1500, extraCost: 0 },
      ],
      prefixes: [],
      file: `${name}.yaml`,
    };
  });
  return planMesh(
    { nodes, retired: [], policy: { ...fullMesh, ...(transit && { transit }) } },
    {
      overlayIpv4: "10.44.0.0/16",
      overlayIpv6: "fd44::/48",
      ciphers: cipherProfiles.modern,
      ppk: "none",
      babel: babelProfiles.continental,
      metrics: "none",
    },
  );
}

async function measure(machine: Lab, plan: MeshPlan): Promise<Measured> {
  const nodes = managedNodes(plan);
  const files = nodes.map((node) => `cat >/run/bench/${node.name}.conf <<'END'\n${configuration(plan, node)}END\n`);
  await run(machine, "rm -rf /run/bench; mkdir /run/bench; sh -e", {
    stdin: `${files.join("")}cat >/run/bench/links <<'END'\n${links(plan)}END\n${[...setUp(nodes)].join("\n")}\n`,
    timeoutSeconds: 600,
  });
  try {
    const settled = Number(await run(machine, settling(nodes), { timeoutSeconds: settleSeconds + 120 }));
    const figures = await run(machine, counting(nodes), { timeoutSeconds: windowSeconds + 180 });
    const [bytes = 0, ticks = 0, kilobytes = 0, routes = 0] = figures.trim().split(/\s+/).map(Number);
    return {
      settledSeconds: settled > settleSeconds ? undefined : settled,
      bytesPerSecond: bytes / windowSeconds / nodes.length,
      routesKnown: routes,
      // The kernel's tick is a hundredth of a second (proc(5), sysconf(_SC_CLK_TCK)).
      cpuPercent: ticks / windowSeconds / nodes.length,
      memoryMegabytes: kilobytes / 1024 / nodes.length,
    };
  } finally {
    await run(
      machine,
      `pkill -x babeld; ip -force -batch - <<'END'\n${nodes.map(({ name }) => `netns delete ${name}\n`).join("")}END`,
      { timeoutSeconds: 300 },
    );
  }
}

/** With a key, as the real ones have. */
function configuration(plan: MeshPlan, node: ManagedNode): string {
  return `key id mesh type hmac-sha256 value ${"0f".repeat(32)}\n${babeldConfiguration(plan, node).content}`;
}

/** For ip(8), in one batch. */
function links({ nodes, links: pairs }: MeshPlan): string {
  const spaces = nodes.map(({ name }) => `netns add ${name}\n`);
  const pipes = pairs.map(
    ({ a, b }) => `link add name ${a.name} netns ${a.local.node} type veth peer name ${b.name} netns ${b.local.node}\n`,
  );
  return [...spaces, ...pipes].join("");
}

function* setUp(nodes: readonly ManagedNode[]): Generator<string> {
  // ip(8) opens a file for each namespace that it is told of, and closes none.
  yield "ulimit -n $(ulimit -H -n)";
  yield "ip -batch /run/bench/links";
  for (const { name, overlay, linkLocal, connections } of nodes) {
    const commands = [
      "link set dev lo up",
      `link add name ${overlayInterface} type dummy`,
      `link set dev ${overlayInterface} up`,
      `address add ${overlay.ipv4}/32 dev ${overlayInterface}`,
      `address add ${overlay.ipv6}/128 dev ${overlayInterface} nodad`,
      ...connections.flatMap((link) => [
        `link set dev ${link.name} addrgenmode none`,
        `link set dev ${link.name} up`,
        `address add ${linkLocal}/64 dev ${link.name} nodad`,
      ]),
    ];
    yield `ip -n ${name} -batch - <<'END'\n${commands.join("\n")}\nEND`;
  }
  // Each sees a folder of its own in place of the one that its files name.
  const [socket, state] = [posix.dirname(hostPaths.babelSocket), posix.dirname(hostPaths.babelState)];
  for (const { name } of nodes) {
    yield `ip netns exec ${name} sh -c 'mount -t tmpfs none ${state}; mkdir -p /run/bench/${name}; mount --bind /run/bench/${name} ${socket}
      exec setsid babeld -c /run/bench/${name}.conf -I ${socket}/pid' >/run/bench/${name}.log 2>&1 </dev/null &`;
  }
}

/** Prints the seconds until all routes are there, or more than the limit. */
function settling(nodes: readonly ManagedNode[]): string {
  const wanted = nodes.length * (nodes.length - 1);
  return `started=$(date +%s)
    while :; do
      seconds=$(($(date +%s) - started))
      there=$(for n in ${names(nodes)}; do ip -n $n route show proto babel; done | grep -c '^10.44.')
      if [ $there -ge ${wanted} ] || [ $seconds -gt ${settleSeconds} ]; then break; fi
      sleep 1
    done
    echo $seconds`;
}

/** Prints bytes sent and ticks used by all nodes in the window, kilobytes that their babelds have, and how many routes the first knows. */
function counting(nodes: readonly ManagedNode[]): string {
  return `sent() { for n in ${names(nodes)}; do ip -n $n -s -o link show type veth; done | awk '{ for (i = 1; i < NF; i++) if ($i == "TX:") sum += sent($0) } function sent(line, word) { sub(/.* TX: [^\\\\]*\\\\ */, "", line); split(line, word, " "); return word[1] } END { printf "%.0f\\n", sum }'; }
    used() { for p in $(pgrep -x babeld); do cat /proc/$p/stat; done | awk '{ sum += $14 + $15 } END { print sum }'; }
    bytes=$(sent) ticks=$(used)
    sleep ${windowSeconds}
    echo $(($(sent) - bytes)) $(($(used) - ticks)) $(for p in $(pgrep -x babeld); do awk '/^VmRSS/ { print $2 }' /proc/$p/status; done | awk '{ sum += $1 } END { print sum }')
    echo dump | perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die; while (<$s>) { last if /^ok$/ } print $s "dump\\n"; while (<$s>) { last if /^ok$/; print }' /run/bench/n1/${posix.basename(hostPaths.babelSocket)} | grep -c '^add route'`;
}

function names(nodes: readonly ManagedNode[]): string {
  return nodes.map(({ name }) => name).join(" ");
}

async function run(machine: Lab, command: string, options: Parameters<Lab["exec"]>[2] = {}): Promise<string> {
  const { code, stdout, stderr } = await machine.exec(host, command, options);
  if (code !== 0) throw new Error(`${host}: status ${code}: ${stderr.slice(-2000)}`);
  return stdout;
}

const asked = process.argv.slice(2).map(Number);
bench(asked.length > 0 ? asked : [10, 30]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
