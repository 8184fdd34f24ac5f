import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { managedNodes } from "../../core/plan/managed";
import { sshAccess } from "../../ssh/access";
import { observeScript } from "../../ssh/hostScripts";
import { withSshPool } from "../../ssh/pool";
import { loadMesh } from "../../stack/plannedMesh";
import { observeMesh } from "../status/observeMesh";
import type { Listen } from "./guard";
import { MeshWatch } from "./meshWatch";
import { pageFiles } from "./page";
import { planReader } from "./planReader";
import { webServer } from "./server";

/** Serves the page until Ctrl-C or a polite kill. @throws Error if the stack cannot be planned or the address is taken */
export async function serve(listen: Listen, asked: string | undefined, everySeconds: number): Promise<void> {
  const mesh = loadMesh(process.cwd(), asked);
  const { folder, stack, plan, settings } = mesh;
  await withSshPool(await sshAccess(settings), settings.parallelism, async (pool) => {
    const watch = new MeshWatch(
      {
        stack,
        plan: planReader(mesh),
        ask: (nodes) => observeMesh(nodes, pool, observeScript()),
      },
      everySeconds,
    );
    const port = listen.port === 0 ? await freePort(listen.host) : listen.port;
    const { app, guard } = await webServer(
      { ...listen, port },
      { watch, files: await pageFiles(), changes: () => changes(folder, stack) },
    );
    await app.listen({ ...listen, port });
    const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
    const token = guard.token === undefined ? "" : `?token=${guard.token}`;
    process.stdout.write(
      `${stack}, ${managedNodes(plan).length} nodes: http://${host}:${port}/${token}\nCtrl-C ends it\n`,
    );
    const running = watch.run((error) => {
      process.stderr.write(`fullmesh: ${error instanceof Error ? error.message : String(error)}\n`);
    });
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    watch.stop();
    await app.close();
    await pool.close();
    await running;
  });
}

/** What the files would change, beside the last commit: by another process, for it takes a large mesh seconds in which nothing else would be answered. */
function changes(folder: string, stack: string): Promise<string> {
  return new Promise((resolve) => {
    const args = [join(__dirname, "..", "..", "bin", "fullmesh.js"), "diff", "--stack", stack];
    const env = { ...process.env, NO_COLOR: "1" };
    execFile(process.execPath, args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }, (_, stdout, stderr) => {
      resolve((stdout || stderr).trim());
    });
  });
}

/** The guard must know the port before the first request. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
