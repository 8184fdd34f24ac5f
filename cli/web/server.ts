import type { FastifyInstance, FastifyReply } from "fastify";
import { linkName } from "../../core/plan/connectionName";
import { contentType } from "../../core/metrics/exposition";
import { meshExposition } from "../../core/metrics/meshMetrics";
import { linksOf, nodeNamed } from "../../core/view/meshView";
import { nodeView } from "../../core/view/nodeView";
import { pathView } from "../../core/view/pathView";
import type { LinkView } from "../../core/view/views";
import { EventStreams } from "./eventStreams";
import { Guard, type Listen } from "./guard";
import type { MeshWatch, Seen } from "./meshWatch";
import type { PageFile } from "./page";

/** What is served. */
export interface Served {
  readonly watch: MeshWatch;
  readonly files: ReadonlyMap<string, PageFile>;
  /** What the files would change now, as `fullmesh diff` says it, or why that cannot be known. */
  readonly changes: () => Promise<string>;
}

/** The nodes' SSH needs file descriptors, too. */
const mostConnections = 200;

/** The server of the page, not listening yet, and who may look. It only answers GET, and nothing that it does changes anything. */
export async function webServer(
  listen: Listen,
  { watch, files, changes }: Served,
): Promise<{ app: FastifyInstance; guard: Guard }> {
  // Loaded for this command alone.
  const { fastify } = await import("fastify");
  const guard = new Guard(listen);
  const streams = new EventStreams(watch);
  // A long name in an address is no name of ours.
  const app = fastify({
    logger: false,
    bodyLimit: 1024,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  });
  app.addHook("onRequest", async (request, reply) => {
    if (!(await guard.admit(request, reply))) return reply;
    return undefined;
  });
  app.server.maxConnections = mostConnections;
  app.addHook("onClose", () => {
    streams.close();
  });
  for (const [path, { type, content }] of files) app.get(path, (_, reply) => reply.type(type).send(content));

  app.get("/api/events", (_, reply) => {
    streams.open(reply);
  });
  app.get("/api/mesh", (_, reply) => sendSeen(reply, watch, ({ view }) => view));
  app.get("/api/history", () => watch.history.events);
  app.get<{ Params: { name: string } }>("/api/nodes/:name", ({ params }, reply) =>
    sendSeen(reply, watch, ({ plan, health, answers }) => {
      const node = nodeNamed(plan, params.name);
      return node && nodeView(plan, node, health, answers.get(node.name));
    }),
  );
  app.get<{ Params: { name: string } }>("/api/links/:name", ({ params }, reply) =>
    sendSeen(reply, watch, (seen) => linkView(seen, params.name)),
  );
  app.get<{ Params: { name: string } }>("/api/links/:name/history", ({ params }, reply) => {
    const history = watch.history.of(params.name);
    return history === undefined ? notFound(reply) : reply.send(history);
  });
  app.get<{ Params: { from: string; to: string } }>("/api/paths/:from/:to", ({ params }, reply) =>
    sendSeen(reply, watch, ({ plan, health, answers }) => {
      const [from, to] = [nodeNamed(plan, params.from), nodeNamed(plan, params.to)];
      return from && to && pathView(plan, health, answers, from, to);
    }),
  );
  const metrics = onceFor(metricsText);
  app.get("/metrics", (_, reply) => {
    if (watch.isStale) return reply.code(503).send("the last look at the nodes failed, or is too long ago\n");
    return sendSeen(reply.type(contentType), watch, metrics);
  });
  let comparing: Promise<string> | undefined;
  app.get("/api/changes", async () => {
    // Whoever asks meanwhile gets the same answer.
    comparing ??= changes().finally(() => {
      comparing = undefined;
    });
    return { text: await comparing };
  });
  return { app, guard };
}

function metricsText({ plan, health, view: { stack, observedAt } }: Seen): string {
  const atSeconds = Date.parse(observedAt) / 1000;
  return [...meshExposition(plan, health, { stack, atSeconds })].join("");
}

/** Works something out once for each look, however often it is asked for. */
function onceFor<T>(work: (seen: Seen) => T): (seen: Seen) => T {
  let last: { readonly seen: Seen; readonly result: T } | undefined;
  return (seen) => {
    if (last?.seen !== seen) last = { seen, result: work(seen) };
    return last.result;
  };
}

function sendSeen(reply: FastifyReply, watch: MeshWatch, pick: (seen: Seen) => unknown): FastifyReply {
  if (watch.seen === undefined) return reply.code(503).send({ error: "the nodes are being asked for the first time" });
  const picked = pick(watch.seen);
  return picked === undefined ? notFound(reply) : reply.send(picked);
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: "the plan has no such node or link" });
}

function linkView({ plan, health }: Seen, name: string): LinkView | undefined {
  const found = linksOf(plan, health).find(({ link }) => linkName(link) === name)?.health;
  if (found === undefined) return undefined;
  const { verdict, reasons, warnings, halves } = found;
  return { name, verdict, reasons, warnings, halves };
}
