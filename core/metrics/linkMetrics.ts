import { infiniteCost } from "../observe/observation";
import { isEstablished, isInstalled } from "../observe/associations";
import type { HalfHealth, TrafficHealth, Verdict } from "../observe/health";
import { linkNameOf } from "../plan/connectionName";
import type { Connection } from "../plan/plan";
import type { Labels, Metric, Sample } from "./exposition";

/** One end of a planned link, on a node that is managed, and what that node tells of it. */
export interface PlannedEnd {
  readonly connection: Connection;
  readonly half: HalfHealth;
  /** The node's clock, seconds since 1970; null where it did not tell. */
  readonly clockSeconds: number | null;
}

/** A metric with a series for each end of each planned link, or several. */
export interface LinkMetric extends Metric {
  readonly samples: (end: PlannedEnd) => readonly Sample[];
}

/** The word for each verdict in the label `state`. */
export const stateWords = { up: "up", half: "partial", down: "down", unknown: "unknown" } as const satisfies Record<
  Verdict,
  string
>;

/** All that the label `state` may be, in the order of their series. */
export const linkStates = ["up", "partial", "down", "unknown"] as const;

/** Of the ends of links. What an end does not have has no sample, but for state and `up`, which each planned end has. */
export const linkMetrics: readonly LinkMetric[] = [
  {
    name: "fullmesh_link_info",
    type: "gauge",
    help: "One end of a planned link: its interface on the node, the address family of its packets, the link's name, which is the same at both ends, and whether this end initiates.",
    samples: ({ connection }) => [
      {
        labels: {
          ...labelsOf(connection),
          family: connection.family,
          link: linkNameOf(connection),
          role: connection.initiates ? "initiator" : "responder",
        },
        value: 1,
      },
    ],
  },
  {
    name: "fullmesh_link_up",
    type: "gauge",
    help: "Whether this end of a planned link has its security associations, hears babel of the peer and is heard by it.",
    samples: ({ connection, half }) => [{ labels: labelsOf(connection), value: Number(half.verdict === "up") }],
  },
  {
    name: "fullmesh_link_state",
    type: "gauge",
    help: "State of this end of a planned link, 1 for the one that it is in: up, partial (something stands, but traffic is lost), down, unknown (the node did not answer).",
    samples: ({ connection, half }) =>
      linkStates.map((state) => ({
        labels: { ...labelsOf(connection), state },
        value: Number(stateWords[half.verdict] === state),
      })),
  },
  ofBabel(
    "fullmesh_link_rtt_seconds",
    "Round-trip time of the link as babel measures it at this end.",
    // babeld gives microseconds, and a quotient alone would have more digits than that.
    ({ rttMs }) => rttMs && Math.round(rttMs * 1000) / 1e6,
  ),
  ofBabel(
    "fullmesh_link_babel_cost",
    `Cost of the link as this end's babel takes it, the penalty for its round-trip time with it; ${infiniteCost} is infinite.`,
    ({ cost }) => cost,
  ),
  ofBabel(
    "fullmesh_link_babel_rxcost",
    `Cost of hearing the peer, by its hellos that came; ${infiniteCost} is infinite: the peer is not heard.`,
    ({ rxcost }) => rxcost,
  ),
  ofBabel(
    "fullmesh_link_babel_txcost",
    `Cost of being heard, as the peer says it; ${infiniteCost} is infinite: the peer does not hear this end.`,
    ({ txcost }) => txcost,
  ),
  ofBabel(
    "fullmesh_link_babel_reach_ratio",
    "Share of the peer's last 16 hellos that came, 0 to 1.",
    ({ reach }) => heardHellos(reach) / 16,
  ),
  ofTraffic("receive_bytes", "Bytes that came by the link, without what IPsec adds.", "bytesIn"),
  ofTraffic("transmit_bytes", "Bytes that went into the link, without what IPsec adds.", "bytesOut"),
  ofTraffic("receive_packets", "Packets that came by the link.", "packetsIn"),
  ofTraffic("transmit_packets", "Packets that went into the link.", "packetsOut"),
  ofAssociations(
    "fullmesh_sa_established_timestamp_seconds",
    "When the security association of this end was established or last rekeyed: sa is ike for the IKE_SA, child for the CHILD_SA.",
    ({ ageSeconds }, clock) => ageSeconds !== null && clock - ageSeconds,
  ),
  ofAssociations(
    "fullmesh_sa_rekey_timestamp_seconds",
    "When the security association of this end is to be rekeyed at the latest by its own timer; in the past where that fails.",
    ({ rekeyInSeconds }, clock) => rekeyInSeconds !== null && clock + rekeyInSeconds,
  ),
];

function labelsOf({ name, local, remote }: Connection): Labels {
  return { node: local.node, peer: remote.node, interface: name };
}

function ofBabel(
  name: string,
  help: string,
  value: (babel: NonNullable<HalfHealth["babel"]>) => number | null,
): LinkMetric {
  return {
    name,
    type: "gauge",
    help,
    samples: ({ connection, half: { babel } }) => {
      const found = babel && value(babel);
      return found === null ? [] : [{ labels: labelsOf(connection), value: found }];
    },
  };
}

function ofTraffic(what: string, help: string, counter: keyof TrafficHealth): LinkMetric {
  return {
    name: `fullmesh_link_${what}_total`,
    type: "counter",
    help,
    samples: ({ connection, half }) => {
      const traffic = half.interface?.traffic;
      return traffic ? [{ labels: labelsOf(connection), value: traffic[counter] }] : [];
    },
  };
}

type Timers = Pick<NonNullable<HalfHealth["ike"]>, "ageSeconds" | "rekeyInSeconds">;

/** Of those that stand: one that is being set up or left has no times of its own. */
function ofAssociations(
  name: string,
  help: string,
  seconds: (timers: Timers, clockSeconds: number) => number | false,
): LinkMetric {
  return {
    name,
    type: "gauge",
    help,
    samples: ({ connection, half: { ike, child }, clockSeconds }) => {
      if (clockSeconds === null) return [];
      const standing = [
        ...(ike !== null && isEstablished(ike.state) ? [["ike", ike] as const] : []),
        ...(child !== null && isInstalled(child.state) ? [["child", child] as const] : []),
      ];
      return standing.flatMap(([sa, timers]) => {
        const value = seconds(timers, clockSeconds);
        return value === false ? [] : [{ labels: { ...labelsOf(connection), sa }, value }];
      });
    },
  };
}

function heardHellos(reach: string): number {
  const bits = Number.parseInt(reach, 16);
  return Number.isNaN(bits) ? 0 : (bits & 0xffff).toString(2).replaceAll("0", "").length;
}
