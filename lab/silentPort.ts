import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Takes a port and never accepts: the kernel answers one or two connections for it, and drops what comes after. */
const program = `
  use Socket;
  socket(my $server, AF_INET, SOCK_STREAM, 0) or die $!;
  bind($server, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
  listen($server, 0) or die $!;
  $| = 1;
  print +(sockaddr_in(getsockname $server))[0], "\\n";
  sleep;
`;

/** A port on 127.0.0.1 that answers a new connection with nothing at all, as a host does that is off. */
export class SilentPort {
  private constructor(
    readonly port: number,
    private readonly end: () => void,
  ) {}

  static async open(): Promise<SilentPort> {
    const holder = spawn("perl", ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(holder.stdout, "data")) as [Buffer];
    const port = Number(line.toString());
    const fill: Socket[] = [];
    // As many as the kernel takes, until one stays without an answer.
    while (await answered(port, fill));
    return new SilentPort(port, () => {
      for (const socket of fill) socket.destroy();
      holder.kill();
    });
  }

  close(): void {
    this.end();
  }
}

async function answered(port: number, fill: Socket[]): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  fill.push(socket);
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, 300, false));
  return Promise.race([once(socket, "connect").then(() => true), late]);
}
