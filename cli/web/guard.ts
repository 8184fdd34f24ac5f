import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { isLoopbackHost } from "../../core/registry/addresses";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Where the page is served. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Nothing but what this server has; no inline scripts, so that a text from a host can never become one. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Who may look. On loopback, all who can connect and whose browser asks for a name of loopback: a page elsewhere whose own name has been pointed at this computer
 * (DNS rebinding) asks for that name. Else, whoever has the token; he brings it once in the address, and his browser keeps it in a cookie.
 */
export class Guard {
  /** Undefined on loopback. */
  readonly token: string | undefined;
  private readonly hosts: ReadonlySet<string> | undefined;
  /** Browsers do not keep the cookies of a host's ports apart. */
  private readonly cookieName: string;

  constructor({ host, port }: Listen) {
    this.cookieName = `fullmesh-${port}`;
    const names = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `${host}:${port}`];
    this.hosts = isLoopbackHost(host) ? new Set(names) : undefined;
    this.token = isLoopbackHost(host) ? undefined : randomBytes(32).toString("base64url");
  }

  /** Answers those who may not look, and sends those on who bring the token in the address. @returns whether the request goes on */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    reply.headers({
      "content-security-policy": contentSecurityPolicy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
    });
    if (this.hosts !== undefined && !this.hosts.has(request.headers.host ?? "")) {
      await reply.code(421).type("text/plain").send("not a name of this computer's loopback\n");
      return false;
    }
    if (isForeign(request)) {
      await reply.code(403).type("text/plain").send("asked for by a page of somebody else's\n");
      return false;
    }
    if (this.token === undefined) return this.isDirect(request, reply);
    const brought = /[?&]token=([^&]*)/.exec(request.url)?.[1];
    if (brought !== undefined && this.isToken(brought)) {
      const cookie = `${this.cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
      await reply.header("set-cookie", cookie).redirect("/", 303);
      return false;
    }
    if (this.cookiesOf(request).some((cookie) => this.isToken(cookie)) || this.isToken(bearerOf(request))) return true;
    await reply.code(401).type("text/plain").send("open the address that fullmesh web has printed, with its token\n");
    return false;
  }

  /** A proxy would let in whoever reaches it. */
  private async isDirect({ headers }: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    if (!["forwarded", "x-forwarded-for", "x-forwarded-host", "via"].some((name) => headers[name] !== undefined))
      return true;
    await reply
      .code(403)
      .type("text/plain")
      .send("not through a proxy: serve it elsewhere than on loopback, with a token\n");
    return false;
  }

  private cookiesOf({ headers }: FastifyRequest): readonly string[] {
    const cookies = (headers.cookie ?? "").split(";").map((cookie) => cookie.trim().split("="));
    return cookies.flatMap(([name, value]) => (name === this.cookieName && value !== undefined ? [value] : []));
  }

  private isToken(text: string): boolean {
    const digest = (value: string): Buffer => createHash("sha256").update(value).digest();
    return this.token !== undefined && timingSafeEqual(digest(text), digest(this.token));
  }
}

/** Whether somebody else's page asks (Fetch Metadata Request Headers, W3C). A link to this page may be followed. */
function isForeign({ headers, url }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== "cross-site" && site !== "same-site") return false;
  return headers["sec-fetch-mode"] !== "navigate" || !/^\/(\?|$)/.test(url);
}

function bearerOf({ headers }: FastifyRequest): string {
  return /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
}
