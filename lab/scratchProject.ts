import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** The project itself. */
export const projectFolder = join(__dirname, "..");

/** To be required first by a Node that is to run TypeScript. */
export const runsTypeScript = join(projectFolder, "bin", "typescript.js");

/** What a program run needs from the project: copied where the engine writes, linked where it only reads. */
const copied = ["Pulumi.yaml", "package.json", "tsconfig.json"];
const linked = ["node_modules", "index.ts", "core", "stack", "ssh", "components", "host", "cli", "bin"];

/** A copy of the project with a registry and a stack of its own, so that tests and benchmarks leave the checkout as it is. */
export class ScratchProject {
  readonly folder: string;
  /** Where the stack's state is. */
  readonly backend: string;

  constructor(readonly stack: string) {
    this.folder = mkdtempSync(join(tmpdir(), "fullmesh-"));
    this.backend = join(this.folder, "state");
    mkdirSync(this.backend);
    mkdirSync(this.registry, { recursive: true });
    for (const name of copied) copyFileSync(join(projectFolder, name), join(this.folder, name));
    for (const name of linked) symlinkSync(join(projectFolder, name), join(this.folder, name));
  }

  get registry(): string {
    return join(this.folder, "nodes", this.stack);
  }

  /** The stack's settings, with its encryption salt. */
  get stackFile(): string {
    return join(this.folder, `Pulumi.${this.stack}.yaml`);
  }

  /** The stack's state. */
  get checkpointFile(): string {
    return join(this.backend, ".pulumi", "stacks", "fullmesh", `${this.stack}.json`);
  }

  /** Environment for the CLI: a backend and a passphrase that are worth nothing. */
  get env(): Record<string, string> {
    return { PULUMI_BACKEND_URL: `file://${this.backend}`, PULUMI_CONFIG_PASSPHRASE: "fullmesh-scratch" };
  }

  /** Writes a node file. */
  writeNode(name: string, node: unknown): void {
    writeFileSync(join(this.registry, `${name}.yaml`), stringify(node));
  }

  /** Writes the list of retired nodes. */
  writeRetired(retired: readonly object[]): void {
    writeFileSync(join(this.registry, "_retired.yaml"), stringify({ retired }));
  }

  /** Writes the stack's settings; call it after `stack init`, whose encryption salt is kept. */
  writeSettings(settings: Readonly<Record<string, string | number | boolean>>): void {
    const written = parse(readFileSync(this.stackFile, "utf8")) as Record<string, unknown>;
    const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`fullmesh:${key}`, value]));
    writeFileSync(this.stackFile, stringify({ ...written, config }));
  }

  /** Takes a node file away. */
  removeNode(name: string): void {
    rmSync(join(this.registry, `${name}.yaml`));
  }

  /** Deletes the copy, its state included. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
