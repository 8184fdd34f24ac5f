import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Where the page is served. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

const cookieName = "fullmesh";

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

/** Whether only programs on this computer can get there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Who may look. On loopback, all who can connect and whose browser asks for a name of loopback: a page elsewhere whose own name has been pointed at this computer
 * (DNS rebinding) asks for that name. Else, whoever has the token; he brings it once in the address, and his browser keeps it in a cookie.
 */
export class Guard {
  /** Undefined on loopback. */
  readonly token: string | undefined;
  private readonly hosts: ReadonlySet<string> | undefined;

  constructor({ host, port }: Listen) {
    const names = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `${host}:${port}`];
    this.hosts = isLoopback(host) ? new Set(names) : undefined;
    this.token = isLoopback(host) ? undefined : randomBytes(32).toString("base64url");
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
    if (this.token === undefined) return true;
    const url = new URL(request.url, "http://localhost");
    const brought = url.searchParams.get("token");
    if (brought !== null && this.isToken(brought)) {
      url.searchParams.delete("token");
      const cookie = `${cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
      await reply.header("set-cookie", cookie).redirect(`${url.pathname}${url.search}`, 303);
      return false;
    }
    if (this.isToken(cookieOf(request)) || this.isToken(bearerOf(request))) return true;
    await reply.code(401).type("text/plain").send("open the address that fullmesh web has printed, with its token\n");
    return false;
  }

  private isToken(text: string): boolean {
    const digest = (value: string): Buffer => createHash("sha256").update(value).digest();
    return this.token !== undefined && timingSafeEqual(digest(text), digest(this.token));
  }
}

function cookieOf({ headers }: FastifyRequest): string {
  const cookies = (headers.cookie ?? "").split(";").map((cookie) => cookie.trim().split("="));
  return cookies.find(([name]) => name === cookieName)?.[1] ?? "";
}

function bearerOf({ headers }: FastifyRequest): string {
  return /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
}
