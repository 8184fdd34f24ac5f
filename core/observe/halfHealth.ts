import type { Connection } from "../plan/plan";
import { associationsOf, isEstablished, isInstalled, type Associations } from "./associations";
import type { BabelHealth, HalfHealth, InterfaceHealth, Unreachable, Verdict } from "./health";
import {
  infiniteCost,
  isOff,
  valueOf,
  type BabelNeighbour,
  type LinkInterface,
  type Observation,
  type Section,
  type Service,
} from "./observation";
import type { OverlayRoutes } from "./overlayRoute";

/** The half of a link on a node that did not answer. */
export function unansweredHalf(half: Connection, why: Unreachable): HalfHealth {
  return unknownHalf(half, `${half.local.node} does not answer over SSH (${why.cause})`);
}

/** The half of a link on a node that is not managed. */
export function unmanagedHalf(half: Connection): HalfHealth {
  return unknownHalf(half, `${half.local.node} is not managed, and nobody logs in to it`);
}

function unknownHalf(half: Connection, reason: string): HalfHealth {
  return {
    ...names(half),
    verdict: "unknown",
    reasons: [reason],
    warnings: [],
    ike: null,
    child: null,
    babel: null,
    interface: null,
    route4: null,
    route6: null,
  };
}

/** Judges one node's half of a link by what the node tells. */
export function halfHealth(half: Connection, observation: Observation, routes: OverlayRoutes): HalfHealth {
  const found = valueOf(observation.interfaces)?.find(({ name }) => name === half.name);
  const associations = associationsOf(half.name, valueOf(observation.ikeSas) ?? []);
  const babel = babelHealth(half, observation);
  const reasons = isOff(observation)
    ? [`the mesh is switched off on ${half.local.node}`]
    : [
        ...interfaceReasons(half, observation.interfaces, found),
        ...associationReasons(half, observation, associations),
        ...babelReasons(half, observation, associations, babel),
      ];
  const carries = found?.up === true && isInstalled(associations.child?.state ?? "");
  // Charon may be gone while the kernel still has its SAs: what babel hears was carried by something.
  const alive = babel !== null && (babel.hears || babel.heard);
  return {
    ...names(half),
    verdict: verdict(reasons.length === 0, carries || alive),
    reasons,
    warnings: associations.duplicates.map((what) => `${half.local.node} has ${what} with ${half.remote.node}`),
    ike: associations.ike,
    child: associations.child,
    babel,
    interface: found === undefined ? null : interfaceHealth(half, found),
    ...routes,
  };
}

function verdict(right: boolean, something: boolean): Verdict {
  if (right) return "up";
  return something ? "half" : "down";
}

function names(half: Connection) {
  return { node: half.local.node, peer: half.remote.node, connection: half.name, initiates: half.initiates };
}

function interfaceHealth(half: Connection, found: LinkInterface): InterfaceHealth {
  const { up, mtuBytes, traffic } = found;
  return { up, mtuBytes, expectedMtuBytes: half.mtuBytes, traffic: traffic ?? null };
}

/** Of several neighbours on a link, as after another start of a peer that is not managed, one that works. */
function babelHealth(half: Connection, observation: Observation): BabelHealth | null {
  const neighbours = valueOf(observation.babel)?.neighbours ?? [];
  const onLink = neighbours.filter((each) => each.interface === half.name).map(neighbourHealth);
  return onLink.find(({ hears, heard }) => hears && heard) ?? onLink[0] ?? null;
}

function neighbourHealth({ reach, rxcost, txcost, cost, rttMs }: BabelNeighbour): BabelHealth {
  // babeld says 0 for a cost that it has not been told yet.
  const finite = (value: number) => value > 0 && value < infiniteCost;
  return { hears: finite(rxcost), heard: finite(txcost), reach, rxcost, txcost, cost, rttMs: rttMs ?? null };
}

function interfaceReasons(
  half: Connection,
  interfaces: Section<readonly LinkInterface[]>,
  found: LinkInterface | undefined,
): readonly string[] {
  const where = `interface ${half.name} on ${half.local.node}`;
  if (interfaces.kind === "failed")
    return [`the interfaces of ${half.local.node} cannot be read: ${interfaces.reason}`];
  if (found === undefined) return [`there is no ${where}`];
  return [
    ...(found.up ? [] : [`${where} is down`]),
    ...(found.mtuBytes === half.mtuBytes ? [] : [`${where} has MTU ${found.mtuBytes} instead of ${half.mtuBytes}`]),
    ...ifIdReasons(where, half, found.ifId),
  ];
}

function associationReasons(
  half: Connection,
  { ikeSas, connections, lookedUp, services }: Observation,
  found: Associations,
): readonly string[] {
  const { node } = half.local;
  const peer = half.remote.node;
  if (ikeSas.kind === "failed") return [silence("charon", "strongswan.service", node, ikeSas.reason, services)];
  const loaded = valueOf(connections)?.includes(half.name) !== false;
  const notLoaded = loaded ? [] : [`connection ${half.name} is not loaded on ${node}`];
  const { dnsName } = half.remote;
  if (half.initiates && dnsName !== undefined && found.ike === null && valueOf(lookedUp)?.includes(half.name) === false)
    return [...notLoaded, `${node} finds no address of ${dnsName}, at which it should dial ${peer}`];
  if (found.ike === null)
    return [...notLoaded, `${node} has no IKE_SA with ${peer}${half.initiates ? ", which it should dial" : ""}`];
  if (!isEstablished(found.ike.state)) {
    return [...notLoaded, `${node} is not through to ${peer}: its IKE_SA is ${found.ike.state}`];
  }
  if (found.child === null) return [...notLoaded, `${node} has an IKE_SA with ${peer}, but no CHILD_SA`];
  if (!isInstalled(found.child.state)) {
    return [...notLoaded, `the CHILD_SA of ${node} with ${peer} is ${found.child.state}`];
  }
  return [...notLoaded, ...ifIdReasons(`the CHILD_SA of ${node} with ${peer}`, half, found.ifId)];
}

/** Why a daemon tells nothing: where it does not run, its client's words are of no use. */
function silence(
  daemon: string,
  unit: string,
  node: string,
  reason: string,
  services: Section<readonly Service[]>,
): string {
  return stopped(unit, services)
    ? `${daemon} does not run on ${node}`
    : `${daemon} on ${node} does not tell: ${reason}`;
}

function stopped(unit: string, services: Section<readonly Service[]>): boolean {
  const found = valueOf(services);
  return found !== undefined && found.find((service) => service.unit === unit)?.state !== "active";
}

function ifIdReasons(what: string, half: Connection, ifId: number | undefined): readonly string[] {
  if (ifId === undefined || ifId === half.ifId) return [];
  return [`${what} has if_id 0x${ifId.toString(16)} instead of 0x${half.ifId.toString(16)}`];
}

function babelReasons(
  half: Connection,
  { babel: section, services }: Observation,
  { child }: Associations,
  babel: BabelHealth | null,
): readonly string[] {
  const { node } = half.local;
  const peer = half.remote.node;
  if (section.kind === "failed") return [silence("babeld", "fullmesh-babeld.service", node, section.reason, services)];
  // Without a CHILD_SA silence is no news.
  if (child === null && babel === null) return [];
  const silent = child === null || child.bytesIn > 0 ? "" : ", and not one byte has come in";
  if (babel === null) return [`${node} has not heard babel of ${peer}${silent}`];
  return [
    ...(babel.hears ? [] : [`${node} does not hear ${peer} (reach ${babel.reach}, rxcost ${babel.rxcost}${silent})`]),
    ...(babel.heard ? [] : [`${peer} does not hear ${node} (txcost ${babel.txcost})`]),
  ];
}
