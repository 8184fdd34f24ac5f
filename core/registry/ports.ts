import type { Fault } from "./field";
import type { PortRange } from "./registry";

const form = /^([a-z]+)\/(\d+)(?:-(\d+))?$/;

/** Reads a port as the policy has it, `tcp/22` or `udp/8000-8010`, or says what is wrong with it. */
export function parsePorts(text: string): PortRange | Fault {
  const [, protocol = "", first = "", last = first] = form.exec(text) ?? [];
  if (first === "") return malformed(text);
  if (protocol !== "tcp" && protocol !== "udp") {
    return {
      fault: `has the protocol ${JSON.stringify(protocol)}`,
      fix: "write tcp or udp; for all protocols, write a rule without `ports`",
    };
  }
  const range = { protocol, first: Number(first), last: Number(last) } as const;
  const outside = [range.first, range.last].find((port) => port < 1 || port > 65535);
  if (outside !== undefined) return { fault: `has the port ${outside}` };
  if (range.first > range.last) {
    return { fault: "begins after its end", fix: `write ${protocol}/${range.last}-${range.first}` };
  }
  return range;
}

/** Ports as the policy has them. */
export function formatPorts({ protocol, first, last }: PortRange): string {
  return `${protocol}/${first}${last === first ? "" : `-${last}`}`;
}

function malformed(text: string): Fault {
  const [, port] = /^(\d+(?:-\d+)?)$/.exec(text) ?? [];
  if (port !== undefined) return { fault: "has no protocol", fix: `write tcp/${port} or udp/${port}` };
  const [, ports, protocol] = /^(\d+(?:-\d+)?)\/(tcp|udp)$/.exec(text) ?? [];
  if (ports !== undefined && protocol !== undefined) {
    return { fault: "has the port before the protocol", fix: `write ${protocol}/${ports}` };
  }
  if (form.test(text.toLowerCase())) return { fault: "is not in lower case", fix: `write ${text.toLowerCase()}` };
  return { fault: "is not of that form" };
}
