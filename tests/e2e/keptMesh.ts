import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder, type ScratchProject } from "../../lab/scratchProject";
import type { Lab } from "../../lab/vm/lab";

/** Meshes that are deployed once a run, each with the disk of its hosts and the Pulumi state that belongs to it. */
export const keptMeshes = join(projectFolder, ".lab", "deployed");

/** Beside the state: where the SSH ports of its lab began. */
const portBaseFile = "portBase";

/** Where a mesh of that name is kept. */
export function keptMesh(name: string) {
  const folder = join(keptMeshes, name);
  const disk = join(folder, "disk");
  return {
    disk,
    /** Held while it is made or taken. */
    lock: join(keptMeshes, `${name}.lock`),

    exists: (): boolean => existsSync(disk),

    /** Keeps the state of a project, before the disk. */
    save(project: ScratchProject, lab: Lab): void {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      cpSync(project.backend, join(folder, "state"), { recursive: true });
      cpSync(project.stackFile, join(folder, "stack.yaml"));
      writeFileSync(join(folder, portBaseFile), String(lab.state.portBase));
    },

    /** Puts the kept state into a project, as if it had been deployed to the hosts of this lab. */
    restore(project: ScratchProject, lab: Lab): void {
      rmSync(project.backend, { recursive: true });
      cpSync(join(folder, "state"), project.backend, { recursive: true });
      cpSync(join(folder, "stack.yaml"), project.stackFile);
      const shift = lab.state.portBase - Number(readFileSync(join(folder, portBaseFile), "utf8"));
      const file = project.checkpointFile;
      const moved = (key: string, value: unknown): unknown =>
        key === "connection" ? withPort(value, (port) => port + shift) : value;
      writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, "utf8")), moved));
    },
  };
}

/** The connection of a command, with another port. */
function withPort(connection: unknown, change: (port: number) => number): unknown {
  if (typeof connection !== "object" || connection === null || !("port" in connection)) return connection;
  return typeof connection.port === "number" ? { ...connection, port: change(connection.port) } : connection;
}
