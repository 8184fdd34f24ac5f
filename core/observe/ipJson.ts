import { z } from "zod";
import type { InstalledRoute, LinkInterface } from "./observation";

/** Interface ids are printed as "0x300"; a number is taken too, should ip(8) change its mind. */
const ifId = z.union([z.number(), z.string().transform(Number)]);

const counters = z.object({ bytes: z.number(), packets: z.number() });

/** With a `type` filter, ip(8) prints `{}` for each interface of another type. */
const link = z.object({
  ifname: z.string().optional(),
  mtu: z.number().default(0),
  // Of any type, for zod has a complaint for each that is of another one.
  flags: z.array(z.unknown()).default([]),
  linkinfo: z.object({ info_data: z.object({ if_id: ifId.optional() }).optional() }).optional(),
  stats64: z.object({ rx: counters, tx: counters }).optional(),
});

const route = z.object({ type: z.string().default("unicast"), dst: z.string(), dev: z.string().optional() });

/** Interfaces from `ip -details -statistics -json link show type xfrm`. */
export function parseLinks(json: string): readonly LinkInterface[] {
  return listOf(link, json).flatMap(({ ifname, mtu, flags, linkinfo, stats64 }) => {
    if (ifname === undefined) return [];
    const traffic = stats64 && {
      bytesIn: stats64.rx.bytes,
      bytesOut: stats64.tx.bytes,
      packetsIn: stats64.rx.packets,
      packetsOut: stats64.tx.packets,
    };
    return [{ name: ifname, ifId: linkinfo?.info_data?.if_id, mtuBytes: mtu, up: flags.includes("UP"), traffic }];
  });
}

/** Routes from `ip [-6] -json route show`. babeld leaves an unreachable route behind while it has no way to a network: that is none. */
export function parseRoutes(json: string): readonly InstalledRoute[] {
  return listOf(route, json).flatMap(({ type, dst, dev }) =>
    type === "unicast" && dev !== undefined ? [{ destination: dst, interface: dev }] : [],
  );
}

/** The first element that is wrong says enough: a host may send millions of them. */
function listOf<T>(element: z.ZodType<T>, json: string): readonly T[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list)) throw new Error("it is not a list");
  return list.map((value: unknown, index) => {
    const { success, data, error } = element.safeParse(value);
    if (success) return data;
    const [issue] = error.issues;
    throw new Error(`element ${index}: ${[...(issue?.path ?? []), issue?.message].join(": ")}`);
  });
}
