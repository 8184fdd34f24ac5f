import type { MeshPlan } from "../../core/plan/plan";
import { allPings, pingOn } from "../../lab/overlayPing";
import { labHostOf } from "../../lab/pingReport";
import type { Lab } from "../../lab/vm/lab";
import { say } from "./say";

/** What became of the packets between two nodes. */
export interface Loss {
  readonly from: string;
  readonly address: string;
  readonly sent: number;
  readonly received: number;
}

/** How many packets. */
export interface Pace {
  readonly perSecond: number;
  /** Whether both nodes of a pair send, or one does and the other answers. */
  readonly bothSend: boolean;
}

/** Packets between all pairs of the plan's nodes, in both families, from start to stop. */
export class SteadyPing {
  private constructor(
    private readonly lab: Lab,
    private readonly plan: MeshPlan,
  ) {}

  static async start(
    lab: Lab,
    plan: MeshPlan,
    { perSecond, bothSend }: Pace = { perSecond: 5, bothSend: true },
  ): Promise<SteadyPing> {
    const idOf = new Map(plan.nodes.map(({ name, id }) => [name, id]));
    const sends = (from: string, to: string): boolean => bothSend || (idOf.get(from) ?? 0) < (idOf.get(to) ?? 0);
    await Promise.all(
      plan.nodes.map((node) => {
        const addresses = allPings(plan)
          .filter(({ from, to }) => from === node.name && sends(from, to))
          .map(({ address }) => address);
        const one = `setsid ${pingOn(node)} -n -q -i ${1 / perSecond} "$a" >"/run/ping-$(echo "$a" | tr :. __)" 2>&1 </dev/null & `;
        return lab.exec(
          labHostOf(plan, node.name),
          `rm -f /run/ping-*; for a in ${addresses.join(" ")}; do ${one} done`,
        );
      }),
    );
    return new SteadyPing(lab, plan);
  }

  /** Ends the pings and counts. The last packet may still be on its way, and ping does not count it as lost. */
  async stop(): Promise<readonly Loss[]> {
    const losses = await Promise.all(
      this.plan.nodes.map(async (node) => {
        const count = `pkill -INT -x ping; sleep 0.5; for f in $(ls /run/ping-* 2>/dev/null); do awk '/^PING/ { a = $2 } /received/ { print a, $1, $4 }' "$f"; done`;
        const { stdout } = await this.lab.exec(labHostOf(this.plan, node.name), count);
        return stdout
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => {
            const [address = "", sent, received] = line.split(" ");
            return {
              from: node.name,
              address: address.replace(/\(.*/, ""),
              sent: Number(sent),
              received: Number(received),
            };
          });
      }),
    );
    return losses.flat();
  }
}

/** The paths that lost a packet, beside the one that may still be on its way. */
export function lossy(losses: readonly Loss[]): readonly Loss[] {
  return losses.filter(({ sent, received }) => sent - received > 1);
}

/** No path lost a packet, and each carried them for twenty seconds at least. */
export function expectNoLoss(losses: readonly Loss[], pairs: number): void {
  const sent = losses.reduce((sum, loss) => sum + loss.sent, 0);
  const lost = lossy(losses);
  say(`pings: ${sent} sent over ${losses.length} paths, paths that lost any: ${lost.length}\n`);
  expect(losses).toHaveLength(pairs);
  expect(sent).toBeGreaterThan(pairs * 100);
  expect(lost).toEqual([]);
}
