import type { MeshPlan } from "../../core/plan/plan";
import { nodeNames, type NodeName, type TestMesh } from "./testMesh";

/** How a TCP connection fared. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** Lines that came back. */
  readonly echoes: number;
  /** Longest wait for one, in seconds; also for one that had not come at the end. */
  readonly longestWait: number;
  /** Whether the connection broke. */
  readonly broken: boolean;
}

const port = 7777;

const server = `perl -MIO::Socket::INET -e '
  $SIG{CHLD} = "IGNORE";
  my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 16, ReuseAddr => 1) or die;
  while (my $c = $s->accept) { next if fork; syswrite($c, $b) while sysread($c, $b, 64); exit }' flow-server`;

const client = `perl -MIO::Socket::INET -MTime::HiRes=time,sleep -e '
  my ($count, $longest, $goes, $broken) = (0, 0, 1, 0);
  $SIG{TERM} = sub { $goes = 0 };
  my $c = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => ${port}, Timeout => 20) or die "connect: $!";
  while ($goes) {
    my $sent = time;
    my $came = syswrite($c, "x") && defined(sysread($c, my $b, 1));
    my $wait = time - $sent;
    $longest = $wait if $wait > $longest;
    if (!$came) { $broken = $goes; last }
    $count++;
    sleep 0.1;
  }
  print "$ARGV[0] $count $longest $broken\\n"' `;

/** A TCP connection for each pair of the plan's nodes, ten lines a second there and back, from start to stop. */
export class TcpFlows {
  private constructor(
    private readonly mesh: TestMesh,
    private readonly plan: MeshPlan,
  ) {}

  static async start(mesh: TestMesh, plan: MeshPlan): Promise<TcpFlows> {
    const flows = new TcpFlows(mesh, plan);
    await flows.onEach(() => `rm -f /run/flow-*; setsid ${server} >/dev/null 2>&1 </dev/null &`);
    await flows.onEach((name) =>
      flows
        .peersOf(name)
        .map(
          ({ overlay }) => `setsid ${client} ${overlay.ipv4} flow-client >/run/flow-${overlay.ipv4} 2>&1 </dev/null & `,
        )
        .join(""),
    );
    return flows;
  }

  async stop(): Promise<readonly Flow[]> {
    const outputs = await this.onEach(
      () => "pkill -TERM -f '[f]low-client'; sleep 1; cat /run/flow-* 2>/dev/null || :",
    );
    await this.onEach(() => "pkill -TERM -f '[f]low-server' || :");
    return outputs.flatMap(({ name, stdout }) =>
      this.peersOf(name).map(({ name: to, overlay }) => {
        const line = stdout.split("\n").find((each) => each.startsWith(`${overlay.ipv4} `)) ?? "";
        const [, echoes, wait, broken] = line.split(" ");
        return { from: name, to, echoes: Number(echoes ?? 0), longestWait: Number(wait ?? 0), broken: broken !== "0" };
      }),
    );
  }

  /** One connection a pair: from the node with the lower id. */
  private peersOf(name: string) {
    const own = this.plan.nodes.find((node) => node.name === name)?.id ?? 0;
    return this.plan.nodes.filter(({ id }) => id > own);
  }

  private onEach(command: (name: NodeName) => string) {
    const names = nodeNames.filter((name) => this.plan.nodes.some((node) => node.name === name));
    return Promise.all(names.map(async (name) => ({ name, stdout: await this.mesh.on(name, command(name) || ":") })));
  }
}
