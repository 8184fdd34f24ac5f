import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import type { FastifyInstance } from "fastify";
import type { Guard } from "../../../cli/web/guard";
import { MeshWatch } from "../../../cli/web/meshWatch";
import { pageFiles } from "../../../cli/web/page";
import { webServer } from "../../../cli/web/server";
import { answersWith, plan, replacing } from "../../observe/threeNodes";

/** The server of the page, on what three nodes told. */

const open: FastifyInstance[] = [];

/** Whether asking the nodes fails, and whether the files can be planned. */
let fails = false;
let isPlannable = true;

/** How often the files were compared. */
let compared = 0;

async function serverAt(
  host: string,
  answers = answersWith(),
  everySeconds = 5,
): Promise<{ app: FastifyInstance; guard: Guard; watch: MeshWatch }> {
  const sources = {
    stack: "test",
    plan: () => {
      if (!isPlannable) throw new Error("nodes/a.yaml:1:1: no");
      return plan;
    },
    ask: () => (fails ? Promise.reject(new Error("no")) : Promise.resolve(answers)),
  };
  const watch = new MeshWatch(sources, everySeconds);
  const changes = (): Promise<string> => {
    compared += 1;
    return Promise.resolve("1 node joins");
  };
  const made = await webServer({ host, port: 8642 }, { watch, files: await pageFiles(), changes });
  open.push(made.app);
  return { ...made, watch };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

const host = "127.0.0.1:8642";

describe("who may look", () => {
  it.each(["127.0.0.1:8642", "localhost:8642", "[::1]:8642"])(
    "on loopback: a browser that asks for %s",
    async (name) => {
      const { app } = await serverAt("127.0.0.1");
      expect((await app.inject({ url: "/", headers: { host: name } })).statusCode).toBe(200);
    },
  );

  it.each(["evil.example", "evil.example:8642", "127.0.0.1:80", "127.0.0.1", ""])(
    "on loopback: none that asks for %j, as one does whose own name was pointed here",
    async (name) => {
      const { app } = await serverAt("127.0.0.1");
      for (const url of ["/", "/api/mesh", "/api/events", "/nothing"]) {
        expect(await app.inject({ url, headers: { host: name } })).toMatchObject({ statusCode: 421 });
      }
    },
  );

  it("elsewhere: nobody without the token", async () => {
    const { app } = await serverAt("192.0.2.1");
    for (const url of ["/", "/api/mesh", "/api/events", "/?token=", "/?token=x", "/nothing"]) {
      expect(await app.inject({ url, headers: { host: "192.0.2.1:8642" } })).toMatchObject({ statusCode: 401 });
    }
    const cookie = await app.inject({ url: "/", headers: { cookie: "fullmesh-8642=x" } });
    expect(cookie.statusCode).toBe(401);
  });

  it("elsewhere: whoever brings the token, which leaves the address and goes into a cookie", async () => {
    const { app, guard } = await serverAt("192.0.2.1");
    const token = guard.token ?? "";
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const first = await app.inject({ url: `/?token=${token}` });
    expect(first).toMatchObject({ statusCode: 303, headers: { location: "/" } });
    expect(first.headers["set-cookie"]).toBe(`fullmesh-8642=${token}; HttpOnly; SameSite=Strict; Path=/`);
    expect(
      (await app.inject({ url: "/", headers: { cookie: `a=b; fullmesh-8642=old; fullmesh-8642=${token}` } }))
        .statusCode,
    ).toBe(200);
    const elsewhere = await app.inject({ url: `//x//evil.example/?token=${token}` });
    expect(elsewhere).toMatchObject({ statusCode: 303, headers: { location: "/" } });
    expect((await app.inject({ url: "/", headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(200);
  });
});

test("somebody else's page can link to this one, and ask for nothing", async () => {
  const { app } = await serverAt("127.0.0.1");
  compared = 0;
  const foreign = { host, "sec-fetch-site": "cross-site" };
  const asked = { ...foreign, "sec-fetch-mode": "no-cors" };
  expect((await app.inject({ url: "/api/changes", headers: asked })).statusCode).toBe(403);
  const followed = { ...foreign, "sec-fetch-mode": "navigate" };
  expect((await app.inject({ url: "/api/changes", headers: followed })).statusCode).toBe(403);
  expect((await app.inject({ url: "/", headers: followed })).statusCode).toBe(200);
  expect((await app.inject({ method: "HEAD", url: "/api/changes", headers: { host } })).statusCode).toBe(404);
  expect(compared).toBe(0);
});

test("a proxy in front of loopback, which would let in whoever reaches it, is not answered", async () => {
  const { app } = await serverAt("127.0.0.1");
  const headers = { host, "x-forwarded-for": "203.0.113.9" };
  expect((await app.inject({ url: "/", headers })).statusCode).toBe(403);
});

test("who asks for the changes at once gets one comparison", async () => {
  const { app } = await serverAt("127.0.0.1");
  compared = 0;
  await Promise.all([1, 2, 3].map(() => app.inject({ url: "/api/changes", headers: { host } })));
  expect(compared).toBe(1);
});

test("nothing but its own files runs in the page, and nothing is kept", async () => {
  const { app } = await serverAt("127.0.0.1");
  const { headers, body } = await app.inject({ url: "/", headers: { host } });
  expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(headers["content-security-policy"]).not.toContain("unsafe");
  expect(headers["cache-control"]).toBe("no-store");
  expect(body).not.toMatch(/<script(?![^>]* src="\/main\.js")|style=|https?:\/\//);
  for (const path of ["/main.js", "/style.css", "/icon.svg"]) {
    const file = await app.inject({ url: path, headers: { host } });
    expect(file.statusCode).toBe(200);
    expect(file.body.length).toBeGreaterThan(200);
  }
});

test("it only answers, and changes nothing", async () => {
  const { app } = await serverAt("127.0.0.1");
  for (const method of ["POST", "PUT", "DELETE", "PATCH"] as const) {
    expect((await app.inject({ method, url: "/api/mesh", headers: { host } })).statusCode).toBe(404);
  }
});

test("before the first look it says that it has nothing yet", async () => {
  const { app, watch } = await serverAt("127.0.0.1");
  expect((await app.inject({ url: "/api/mesh", headers: { host } })).statusCode).toBe(503);
  await watch.look();
  expect((await app.inject({ url: "/api/mesh", headers: { host } })).statusCode).toBe(200);
});

test("mesh, node, link, path: what the nodes told beside the plan", async () => {
  const route = "add route 55d0c8f01b11 prefix 10.42.0.3/32 from 0.0.0.0/0 installed";
  const notInstalled = `${route} no id 0e:3c:03:ff:fe:00:00:01 metric 1127 refmetric 0 via fe80::3 if fm300-tyo1`;
  const answers = answersWith({ fra1: replacing(/^add route .* prefix 10\.42\.0\.3\/32 .*$/m, `$&\n${notInstalled}`) });
  const { app, watch } = await serverAt("127.0.0.1", answers);
  await watch.look();
  const ask = async (url: string): Promise<unknown> => (await app.inject({ url, headers: { host } })).json();
  expect(await ask("/api/mesh")).toMatchObject({
    stack: "test",
    healthy: true,
    nodes: [{ name: "fra1", state: "healthy" }, { name: "nyc1" }, { name: "tyo1" }],
    links: [
      { name: "fra1 - nyc1", a: 0, b: 1, verdict: "up", isRelayed: false },
      { name: "fra1 - tyo1", a: 0, b: 2, verdict: "up", isRelayed: true },
      { name: "nyc1 - tyo1", a: 1, b: 2, verdict: "up" },
    ],
  });
  expect(await ask("/api/nodes/fra1")).toMatchObject({
    name: "fra1",
    problems: [],
    neighbours: expect.arrayContaining([expect.objectContaining({ peer: "nyc1", interface: "fm200-nyc1" })]) as unknown,
    routes: expect.arrayContaining([
      expect.objectContaining({ prefix: "10.42.0.3/32", of: "tyo1", via: "nyc1", isInstalled: true }),
      expect.objectContaining({ prefix: "10.42.0.3/32", of: "tyo1", via: "tyo1", isInstalled: false }),
    ]) as unknown,
    accepts: ["everything from every node"],
  });
  expect(await ask("/api/links/fra1%20-%20tyo1")).toMatchObject({
    halves: [{ node: "fra1", route4: { kind: "via", node: "nyc1" } }, { node: "tyo1" }],
  });
  expect(await ask("/api/paths/fra1/tyo1")).toMatchObject({
    now: {
      ip4: {
        hops: [
          { from: "fra1", to: "nyc1" },
          { from: "nyc1", to: "tyo1" },
        ],
        ends: null,
      },
    },
    planned: ["fra1", "tyo1"],
  });
  expect(await ask("/api/changes")).toEqual({ text: "1 node joins" });
  for (const url of [
    "/api/nodes/x",
    "/api/links/x",
    "/api/links/x/history",
    "/api/paths/fra1/x",
    "/api/nodes/__proto__",
  ]) {
    expect((await app.inject({ url, headers: { host } })).statusCode).toBe(404);
  }
});

test("the same look as metrics, for Prometheus", async () => {
  const { app, watch } = await serverAt("127.0.0.1");
  await watch.look();
  const { headers: answered, body } = await app.inject({ url: "/metrics", headers: { host } });
  expect(answered["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(body).toMatch(/^fullmesh_link_up\{.*node="fra1".*peer="tyo1".*\} 1$/m);
});

test("after a look that failed there are no metrics, which would say that all is well", async () => {
  const { app, watch } = await serverAt("127.0.0.1", answersWith(), 0.01);
  await watch.look();
  expect((await app.inject({ url: "/metrics", headers: { host } })).statusCode).toBe(200);
  fails = true;
  const running = watch.run(() => {
    watch.stop();
  });
  await running;
  fails = false;
  expect((await app.inject({ url: "/metrics", headers: { host } })).statusCode).toBe(503);
});

test("files that cannot be planned are told, and the mesh is shown beside the last plan", async () => {
  const { app, watch } = await serverAt("127.0.0.1");
  isPlannable = false;
  await watch.look();
  isPlannable = true;
  const view = await app.inject({ url: "/api/mesh", headers: { host } });
  expect(view.json()).toMatchObject({ filesProblem: "nodes/a.yaml:1:1: no", nodes: [{ name: "fra1" }, {}, {}] });
  expect((await app.inject({ url: "/api/history", headers: { host } })).json()).toMatchObject([
    { text: "the files cannot be planned" },
  ]);
});

test("nodes that do not answer, or answer nonsense, are shown as such", async () => {
  const silent = answersWith({ fra1: "no route to host", nyc1: () => "nonsense" });
  const { app, watch } = await serverAt("127.0.0.1", silent);
  await watch.look();
  const ask = async (url: string): Promise<unknown> => (await app.inject({ url, headers: { host } })).json();
  expect(await ask("/api/mesh")).toMatchObject({
    healthy: false,
    nodes: [{ state: "silent" }, { state: "sick" }, { name: "tyo1" }],
  });
  expect(await ask("/api/nodes/fra1")).toMatchObject({ problems: ["no route to host"], neighbours: [], routes: [] });
  expect(await ask("/api/paths/fra1/tyo1")).toMatchObject({
    now: { ip4: { hops: [], ends: "what fra1 does next is not known: it did not tell its routes" } },
  });
});

test("where a route is missing on the way, the path says so", async () => {
  const lost = answersWith({ nyc1: replacing(/"dst":"10\.42\.0\.3"/, '"dst":"10.42.0.9"') });
  const { app, watch } = await serverAt("127.0.0.1", lost);
  await watch.look();
  const path = (await app.inject({ url: "/api/paths/fra1/tyo1", headers: { host } })).json<{ now: { ip4: unknown } }>();
  expect(path.now.ip4).toMatchObject({ hops: [{ from: "fra1", to: "nyc1" }], ends: "nyc1 has no route to tyo1" });
});

test("each look goes to the pages that are open", async () => {
  const { app, watch } = await serverAt("127.0.0.1");
  await watch.look();
  const { port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const request = get({ port, path: "/api/events", headers: { host } });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  expect(response.headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "no-store" });
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  const nextMesh = async (): Promise<unknown> => {
    for (;;) {
      const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
      if (done === true) throw new Error("the stream has ended");
      if (value.startsWith("data: ")) return JSON.parse(value.slice("data: ".length));
    }
  };
  expect(await nextMesh()).toMatchObject({ stack: "test", healthy: true });
  await watch.look();
  // Traffic is known from the second look on.
  expect(await nextMesh()).toMatchObject({
    links: [{ bytesPerSecond: 0 }, { bytesPerSecond: 0 }, { bytesPerSecond: 0 }],
  });
  request.destroy();
});
