import type { MeshPlan, NodePlan } from "../plan/plan";
import type { Isolation } from "../registry/registry";
import { isInstalled } from "./associations";
import { blockedTraffic } from "./blockedTraffic";
import type { HalfHealth, NodeHealth, ServiceHealth, Unreachable } from "./health";
import { isOff, valueOf, type Observation, type Section, type Service } from "./observation";
import { interfaceNameShape } from "./ourNames";
import type { OverlayRoutes } from "./overlayRoute";

const firewallUnit = "fullmesh-firewall.service";
const linksUnit = "fullmesh-links.service";

/** Units that make a node's half of the mesh: the key exchange, the routing, the interfaces and the rules for what passes them. */
const units = ["strongswan.service", "fullmesh-babeld.service", linksUnit, firewallUnit] as const;

/** Overlay routes to each other node of the mesh. */
export type RoutesByPeer = ReadonlyMap<string, OverlayRoutes>;

/** A node that did not answer. */
export function unreachableNode(node: NodePlan, unreachable: Unreachable, peers: number): NodeHealth {
  const links = { expected: node.connections.length, found: null };
  return {
    name: node.name,
    id: node.id,
    healthy: false,
    problems: [unreachable.message],
    unreachable,
    isolation: isolationOf(node),
    os: null,
    clockSeconds: null,
    bundle: null,
    services: [],
    activeServices: { expected: units.length, found: null },
    connections: links,
    securityAssociations: links,
    neighbours: links,
    routes: { expected: 2 * peers, found: null },
    unexpected: [],
  };
}

function isolationOf(node: NodePlan): Isolation {
  return node.managed ? node.isolation : "none";
}

/** Compares a node with its plan; `halves` are its halves of its links. */
export function nodeHealth(
  plan: MeshPlan,
  node: NodePlan,
  observation: Observation,
  halves: readonly HalfHealth[],
  routes: RoutesByPeer,
): NodeHealth {
  const expected = node.connections.length;
  const loaded = valueOf(observation.connections);
  const services = servicesHealth(observation.services);
  const unexpected = unexpectedNames(node, observation);
  const problems = problemsOf(plan, node, observation, services, unexpected, routes);
  const os = valueOf(observation.os);
  const bundle = valueOf(observation.bundle);
  return {
    name: node.name,
    id: node.id,
    healthy: problems.length === 0,
    problems,
    unreachable: null,
    isolation: isolationOf(node),
    os: os === undefined ? null : `${os.id} ${os.versionId}`.trim(),
    clockSeconds: valueOf(observation.clockSeconds) ?? null,
    bundle: bundle === undefined || bundle === "none" ? null : bundle,
    services,
    activeServices: {
      expected: units.length,
      found: found(observation.services, () => services.filter(({ state }) => state === "active").length),
    },
    connections: { expected, found: loaded === undefined ? null : countOf(node, loaded) },
    securityAssociations: {
      expected,
      found: found(
        observation.ikeSas,
        () => halves.filter(({ child }) => child !== null && isInstalled(child.state)).length,
      ),
    },
    neighbours: {
      expected,
      found: found(observation.babel, () => halves.filter(({ babel }) => babel?.hears === true && babel.heard).length),
    },
    routes: routeTally(routes),
    unexpected,
  };
}

function problemsOf(
  plan: MeshPlan,
  node: NodePlan,
  observation: Observation,
  services: readonly ServiceHealth[],
  unexpected: readonly string[],
  routes: RoutesByPeer,
): readonly string[] {
  if (!isDeployed(services)) return [notDeployed];
  if (isOff(observation)) return [switchedOff(node, observation)];
  return [
    ...sectionProblems(observation),
    ...services
      .filter(({ state }) => state !== "active")
      .map(({ unit, state }) => `${unit} is ${state} instead of active`),
    ...rulesProblems(services, observation),
    ...deviationProblems(services, observation),
    ...(valueOf(observation.ports) ?? []),
    ...(node.managed ? blockedTraffic(plan, node, valueOf(observation.filters) ?? []) : []),
    ...unexpected.map((what) => `not in the plan: ${what}`),
    ...routeProblems(routes),
    ...announcementProblems(node, observation),
  ];
}

function switchedOff({ name }: NodePlan, observation: Observation): string {
  const open = valueOf(observation.switchedOff) === "open" ? ", and what is for the overlay may leave in clear" : "";
  return `the mesh is switched off here${open}\nfix: npx fullmesh start ${name}`;
}

/** That a unit has run says nothing of the rules: whoever empties nftables takes them away. Where it does not run, this is said. */
function rulesProblems(services: readonly ServiceHealth[], { rules }: Observation): readonly string[] {
  const state = valueOf(rules);
  if (!runs(services, firewallUnit) || state === undefined || state === "loaded") return [];
  return [
    `the nftables rules of the mesh are ${state}: something else has ${state === "missing" ? "emptied nftables" : "changed them"}, and the node loads them again within 30 s`,
  ];
}

function deviationProblems(services: readonly ServiceHealth[], { deviations }: Observation): readonly string[] {
  const all = valueOf(deviations) ?? [];
  if (!runs(services, linksUnit) || all.length === 0) return [];
  const more = all.length - maxDeviations;
  const told = [...all.slice(0, maxDeviations), ...(more > 0 ? [`${more} more (npx fullmesh drift)`] : [])];
  return [`not as deployed, and restored by the node within 30 s: ${told.join("; ")}`];
}

/** A host may have made up any number. */
const maxUnexpected = 20;

/** A node that has lost its interfaces has lost all that was on them. */
const maxDeviations = 3;

function runs(services: readonly ServiceHealth[], wanted: string): boolean {
  return services.some(({ unit, state }) => unit === wanted && state === "active");
}

/** Debian's unit may be there without us. */
function isDeployed(services: readonly ServiceHealth[]): boolean {
  const ours = services.filter(({ unit }) => unit.startsWith("fullmesh-"));
  return ours.length === 0 || ours.some(({ state }) => state !== "not-found");
}

const notDeployed =
  'the mesh is not on this host\nfix: pulumi up; if that finds nothing to do, the host was reinstalled: see the README, "Change, and check"';

/** babeld announces a network only while the kernel has a route to it. */
function announcementProblems({ prefixes }: NodePlan, { babel }: Observation): readonly string[] {
  const announced = valueOf(babel)?.announced;
  if (announced === undefined) return [];
  return prefixes
    .filter((prefix) => !announced.includes(prefix))
    .map((prefix) => `does not announce ${prefix}: its routing table has no route to just that network`);
}

function countOf(node: NodePlan, loaded: readonly string[]): number {
  return node.connections.filter(({ name }) => loaded.includes(name)).length;
}

function found(section: Section<unknown>, count: () => number): number | null {
  return section.kind === "read" ? count() : null;
}

/** What else cannot be read is told with each link. */
function sectionProblems(observation: Observation): readonly string[] {
  const { services, rules, deviations, connections, routes4, routes6 } = observation;
  const sections = {
    services,
    "nftables rules": rules,
    "interfaces and routes": deviations,
    connections,
    "IPv4 routes": routes4,
    "IPv6 routes": routes6,
  };
  return Object.entries(sections).flatMap(([name, section]) =>
    section.kind === "failed" ? [`${name} cannot be read: ${section.reason}`] : [],
  );
}

function servicesHealth(services: Section<readonly Service[]>): readonly ServiceHealth[] {
  const found = valueOf(services);
  if (found === undefined) return [];
  return units.map(
    (unit) => found.find((service) => service.unit === unit) ?? { unit, state: "not-found", restarts: 0 },
  );
}

/** Only what carries our names: a node may have other tunnels, which are none of our business. */
function unexpectedNames(node: NodePlan, observation: Observation): readonly string[] {
  const planned = new Set(node.connections.map(({ name }) => name));
  const strays = (kind: string, names: readonly string[] | undefined) =>
    [...new Set(names)]
      .filter((name) => interfaceNameShape.test(name) && !planned.has(name))
      .map((name) => `${kind} ${name}`);
  const all = [
    ...strays("connection", valueOf(observation.connections)),
    ...strays(
      "IKE_SA",
      valueOf(observation.ikeSas)?.map((sa) => sa.connection),
    ),
    ...strays(
      "interface",
      valueOf(observation.interfaces)?.map(({ name }) => name),
    ),
  ];
  return all.length <= maxUnexpected ? all : [...all.slice(0, maxUnexpected), `${all.length - maxUnexpected} more`];
}

function routeProblems(routes: RoutesByPeer): readonly string[] {
  return [...routes].flatMap(([peer, { route4, route6 }]) => {
    const missing = [...(route4?.kind === "none" ? ["IPv4"] : []), ...(route6?.kind === "none" ? ["IPv6"] : [])];
    return missing.length === 0 ? [] : [`no overlay route to ${peer} (${missing.join(", ")})`];
  });
}

function routeTally(routes: RoutesByPeer) {
  const all = [...routes.values()].flatMap(({ route4, route6 }) => [route4, route6]);
  const unread = all.some((route) => route === null);
  return { expected: all.length, found: unread ? null : all.filter((route) => route?.kind !== "none").length };
}
