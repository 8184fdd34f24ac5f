import { Command, InvalidArgumentError } from "commander";
import { parseSeconds } from "./seconds";
import type { Listen } from "./web/guard";
import { serve } from "./web/serve";

interface WebOptions {
  readonly stack?: string;
  readonly listen: Listen;
  readonly every: number;
}

/** `fullmesh web`: serves the page until Ctrl-C; exit status 0, or 2 if it could not. */
export function webCommand(): Command {
  return new Command("web")
    .description("serve a page that shows the mesh as it is, live, until Ctrl-C; it changes nothing")
    .option("-s, --stack <name>", "stack to show (default: PULUMI_STACK, the only one, or the selected one)")
    .option("-l, --listen <address:port>", "where to serve it", parseListen, { host: "127.0.0.1", port: 8642 })
    .option("-e, --every <seconds>", "pause between two looks at the nodes", parseSeconds, 5)
    .addHelpText(
      "after",
      "\nOn loopback, every user of this computer can see the page, and no proxy is answered; from elsewhere, an SSH tunnel: ssh -L 8642:127.0.0.1:8642 HOST." +
        "\nOn another address, whoever has the token in the address that is printed can see it, in clear unless a proxy with TLS is in front." +
        "\n\nExit status: 0 stopped, 2 could not (registry, settings, usage, the port is taken)",
    )
    .action(async (options: WebOptions) => {
      await serve(options.listen, options.stack, options.every);
    });
}

/** An IPv6 address is in brackets. */
function parseListen(text: string): Listen {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65535) {
    throw new InvalidArgumentError("It must be an address and a port, as in 127.0.0.1:8642 or [::1]:8642.");
  }
  return { host, port: Number(port) };
}
