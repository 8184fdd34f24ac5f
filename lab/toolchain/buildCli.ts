/** Builds the Pulumi CLI from its published Go modules, for machines that have none. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { withLock } from "../lock";
import type { Steps } from "../progress";
import { run } from "../run";
import { leanFiles, leanSources } from "./leanSources";
import { builtCliVersion, CLI_MODULE } from "./versions";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Some three minutes on two idle cores; a slow network and a busy machine take far longer. */
const BUILD_TIMEOUT_SECONDS = 40 * 60;

/** Where the CLI of this checkout's cli/go.mod is or will be built. */
export function builtCliPath(cache: string): string {
  const key = createHash("sha256");
  const modules = ["go.mod", "go.sum"].map((file) => path.join(CLI_MODULE, file));
  for (const file of [...modules, ...leanFiles()]) key.update(readFileSync(file));
  key.update(`${process.platform}-${process.arch}`);
  return path.join(cache, `cli-${builtCliVersion()}-${key.digest("hex").slice(0, 12)}`, "pulumi");
}

/** The built CLI, which is built first where that has not been done. */
export async function builtCli(cache: string, steps: Steps): Promise<string> {
  const binary = builtCliPath(cache);
  if (existsSync(binary)) return binary;
  await checkGo();
  const waiting = (): void => {
    steps.say("waiting for another program that builds the Pulumi CLI");
  };
  const work = async (): Promise<void> => {
    if (!existsSync(binary)) await build(binary, steps);
  };
  await withLock(path.join(cache, "cli.lock"), BUILD_TIMEOUT_SECONDS, work, waiting);
  return binary;
}

async function build(binary: string, steps: Steps): Promise<void> {
  const beside = `${binary}.${process.pid}.tmp`;
  const version = `v${builtCliVersion()}`;
  const sources = `${path.dirname(binary)}.sources`;
  // Without cgo the build needs no C compiler.
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" };
  const flags = ["-mod=vendor", "-trimpath", "-ldflags", `-s -w -X ${VERSION_VARIABLE}=${version}`];
  await mkdir(path.dirname(binary), { recursive: true });
  try {
    await steps.step(`building the Pulumi CLI ${version} from its Go modules, once (3 minutes or more)`, async () => {
      await leanSources(sources, env);
      await run("go", ["build", "-o", beside, ...flags, PACKAGE], {
        cwd: sources,
        env,
        timeoutSeconds: BUILD_TIMEOUT_SECONDS,
      });
    });
    await rename(beside, binary);
  } finally {
    await rm(beside, { force: true });
    await rm(sources, { recursive: true, force: true });
  }
}

async function checkGo(): Promise<void> {
  try {
    await run("go", ["version"], { timeoutSeconds: 30 });
  } catch (error) {
    throw new Error(
      "There is no `pulumi` on PATH, and no `go` to build it with. " +
        "Install Pulumi (https://www.pulumi.com/docs/install/), or Go (https://go.dev/dl/), and try again.",
      { cause: error },
    );
  }
}
