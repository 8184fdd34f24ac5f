import Table from "cli-table3";
import { hostPaths } from "../core/render/hostFile";
import { labDown, labUp, type Lab } from "../lab/vm/lab";
import { installer, observeScript, preflightScript } from "../ssh/hostScripts";
import { RenderedMesh, type NodeTexts } from "./renderedMesh";

/** What one run of a script took of its host. */
interface Cost {
  /** Processes and threads that began meanwhile on the machine, the other hosts' among them, which have nothing to do. */
  readonly forks: number;
  /** Of the script and of what it waited for; daemons not included. */
  readonly cpuSeconds: number;
  readonly seconds: number;
}

const name = "bench";
/** How often what changes nothing is measured. The median is taken: now and then a timer of the host runs meanwhile. */
const rounds = 5;
const idleSeconds = 60;

/**
 * `npm run bench:forks`: how many processes the scripts of a node begin, each run on the first host of a mesh of four, as the kernel counts them (proc(5),
 * /proc/stat, `processes`), and how many all four begin in a minute in which nothing happens.
 */
async function bench(): Promise<void> {
  const lab = await labUp({ name, hosts: 4, portBase: 2400, progress: console.error });
  const table = new Table({ head: ["script", "forks", "CPU", "time"], style: { head: [], border: [] } });
  try {
    for await (const [what, { forks, cpuSeconds, seconds }] of costs(lab)) {
      table.push([what, forks, `${cpuSeconds.toFixed(2)} s`, `${seconds.toFixed(1)} s`]);
      console.error(`${what}: ${forks}`);
    }
    const { stdout } = await lab.vm("uname -r");
    console.log(`accelerator ${lab.state.accelerator}, kernel ${stdout.trim()}`);
    console.log(table.toString());
  } finally {
    lab.close();
    await labDown(name);
  }
}

/** In the order of a deploy. */
async function* costs(lab: Lab): AsyncGenerator<readonly [string, Cost]> {
  const mesh = new RenderedMesh(lab.hosts);
  const all = mesh.texts();
  const [first, ...others] = all;
  if (first === undefined) throw new Error("a lab without hosts");
  const { node } = first;
  const script = (each: string): string => `${hostPaths.scripts}/${each}`;
  const once = (command: string, stdin = ""): Promise<Cost> => measure(lab, node, command, stdin);
  const often = async (command: string, stdins: readonly string[] = [""]): Promise<Cost> => {
    const runs: Cost[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await once(command, stdins[round % stdins.length]));
    return median(runs);
  };
  const onOthers = (command: string, stdin: (texts: NodeTexts) => string): Promise<unknown> =>
    Promise.all(others.map((texts) => measure(lab, texts.node, `${command} ${texts.node}`, stdin(texts))));

  const preflight = (mark: string): string => `sh -s ${node} 4500 none $(date +%s) "$SSH_CONNECTION" ${mark}`;
  yield ["preflight, fresh host", await once(preflight("ppk=5.7.0"), preflightScript())];
  yield ["install, fresh host", await once(`sh -s ${node}`, installer())];
  yield ["install, packages are there", await often(`sh -s ${node}`, [installer()])];
  await onOthers("sh -s", () => installer());

  yield ["key, first", await once(`${script("key")} ${node}`, first.secrets)];
  yield ["key, no change", await often(`${script("key")} ${node}`, [first.secrets])];
  await onOthers(script("key"), ({ secrets }) => secrets);

  yield ["apply, first", await once(`${script("apply")} ${node}`, first.bundle)];
  await onOthers(script("apply"), (texts) => texts.bundle);
  yield ["verify, new mesh", await once(`${script("verify")} ${node} 90`, first.expectations)];
  await onOthers(script("verify"), (texts) => texts.expectations).catch(() => undefined);

  // Else they run in between.
  for (const { node: other } of others)
    await lab.exec(other, "systemctl stop fullmesh-healer.timer fullmesh-healer.service");
  yield ["verify, healthy mesh", await often(`${script("verify")} ${node} 90`, [first.expectations])];
  yield ["apply, no change", await often(`${script("apply")} ${node}`, [first.bundle])];
  const bundles = [1400, 1500].map((mtuBytes) => mesh.texts(mtuBytes)[0]?.bundle ?? "");
  yield ["apply, another MTU", await often(`${script("apply")} ${node}`, bundles)];
  yield ["preflight, with a mesh", await often(preflight("ppk=5.7.0"), [preflightScript()])];
  yield ["drift", await often(script("drift"))];
  yield ["observe (status)", await often("sh -s", [observeScript()])];
  yield ["dial missing (healer)", await often(`${script("dial")} missing 20`)];
  for (const { node: other } of others) await lab.exec(other, "systemctl start fullmesh-healer.timer");
  yield [`all hosts idle, ${idleSeconds} s`, await once(`sleep ${idleSeconds}`)];
}

/** Runs a command on a host, counting by means that begin no process themselves. */
async function measure(lab: Lab, host: string, command: string, stdin: string): Promise<Cost> {
  const text = `look() {
      while read -r word count; do [ "$word" != processes ] || break; done </proc/stat
      read -r uptime rest </proc/uptime
    }
    look; forks=$count started=$uptime
    ${command} >/dev/null
    status=$?
    look; echo "$status $((count - forks)) $started $uptime"
    times`;
  const { code, stdout, stderr } = await lab.exec(host, text, { stdin, timeoutSeconds: 900 });
  const [figures = "", , children = ""] = stdout.split("\n");
  const [status = code, forks = 0, started = 0, ended = 0] = figures.split(" ").map(Number);
  if (status !== 0) throw new Error(`${host}: ${command}: status ${status}: ${stderr}`);
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return { forks, cpuSeconds: cpu.reduce((sum, part) => sum + part, 0), seconds: ended - started };
}

function median(runs: readonly Cost[]): Cost {
  const of = (value: (cost: Cost) => number): number =>
    runs.map(value).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
  return {
    forks: of((cost) => cost.forks),
    cpuSeconds: of((cost) => cost.cpuSeconds),
    seconds: of((cost) => cost.seconds),
  };
}

bench().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
