import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import type { MeshView } from "../../core/view/views";
import type { MeshWatch } from "./meshWatch";

/** So many pages at once. */
const mostStreams = 50;

/** A proxy between may close what is silent for long. */
const aliveSeconds = 15;

/** Pages that are told of each look by server-sent events (HTML standard, section 9.2). */
export class EventStreams {
  private readonly responses = new Set<ServerResponse>();
  private readonly endWatch: () => void;
  private readonly alive: NodeJS.Timeout;

  constructor(private readonly watch: MeshWatch) {
    this.endWatch = watch.onLook((view) => {
      const text = eventOf(view);
      for (const response of this.responses) send(response, text);
    });
    this.alive = setInterval(() => {
      for (const response of this.responses) send(response, ": alive\n\n");
    }, aliveSeconds * 1000);
    this.alive.unref();
  }

  /** Answers with a stream that has what was seen last, then each look. */
  open(reply: FastifyReply): void {
    if (this.responses.size >= mostStreams) {
      void reply.code(503).send({ error: `${mostStreams} pages are open already` });
      return;
    }
    reply.hijack();
    const response = reply.raw;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) response.setHeader(name, value);
    response.writeHead(200, { "content-type": "text/event-stream" });
    this.responses.add(response);
    response.on("close", () => {
      this.responses.delete(response);
    });
    send(response, "retry: 2000\n\n");
    if (this.watch.seen !== undefined) send(response, eventOf(this.watch.seen.view));
  }

  close(): void {
    this.endWatch();
    clearInterval(this.alive);
    for (const response of this.responses) response.end();
  }
}

function eventOf(view: MeshView): string {
  return `event: mesh\ndata: ${JSON.stringify(view)}\n\n`;
}

/** A page that does not read, as in a laptop that sleeps, misses looks instead of filling the memory. Its place is for others after a while; it comes back by itself. */
function send(response: ServerResponse, text: string): void {
  if (!response.writableNeedDrain) {
    response.write(text);
    fullSince.delete(response);
    return;
  }
  const since = fullSince.get(response) ?? Date.now();
  fullSince.set(response, since);
  if (Date.now() - since > patienceSeconds * 1000) response.destroy();
}

const patienceSeconds = 60;

/** Since when a page has not read. */
const fullSince = new WeakMap<ServerResponse, number>();
