/** Builds the Pulumi CLI from its published Go modules, for machines that have none. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { withLock } from "../lock";
import type { Steps } from "../progress";
import { run } from "../run";
import { builtCliVersion, CLI_MODULE } from "./versions";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Four minutes on two idle cores; a slow network and a busy machine take far longer. */
const BUILD_TIMEOUT_SECONDS = 40 * 60;

/** Where the CLI of this checkout's cli/go.mod is or will be built. */
export function builtCliPath(cache: string): string {
  const key = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) key.update(readFileSync(path.join(CLI_MODULE, file)));
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
  await mkdir(path.dirname(binary), { recursive: true });
  try {
    await steps.step(`building the Pulumi CLI ${version} from its Go modules, once (4 minutes or more)`, () =>
      run("go", ["build", "-o", beside, "-ldflags", `-s -w -X ${VERSION_VARIABLE}=${version}`, PACKAGE], {
        cwd: CLI_MODULE,
        // Without cgo the build needs no C compiler.
        env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" },
        timeoutSeconds: BUILD_TIMEOUT_SECONDS,
      }),
    );
    await rename(beside, binary);
  } finally {
    await rm(beside, { force: true });
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
