/**
 * What the CLI of the lab is built without: drivers of clouds for state and secrets, their logs, and the API of Pulumi Cloud. Their libraries take half of the time
 * that a build takes, and the lab keeps its state in files.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../run";
import { CLI_MODULE } from "./versions";

/** Go files that stand in for others. */
const LEAN = path.join(__dirname, "lean");

/** Packages of which one file of {@link LEAN} is all that there is. */
const STAND_INS: Readonly<Record<string, string>> = {
  "cloud.google.com/go/storage": "storage.go",
  "github.com/aws/aws-sdk-go-v2/service/s3": "s3.go",
  "gocloud.dev/blob/azureblob": "azureblob.go",
  "gocloud.dev/blob/gcsblob": "gcsblob.go",
  "gocloud.dev/blob/s3blob": "s3blob.go",
  "gocloud.dev/secrets/awskms": "awskms.go",
  "gocloud.dev/secrets/azurekeyvault": "azurekeyvault.go",
  "gocloud.dev/secrets/gcpkms": "gcpkms.go",
  "gocloud.dev/secrets/hashivault": "hashivault.go",
  "google.golang.org/api/cloudkms/v1": "cloudkms.go",
};

/** Packages of the CLI itself. */
const PKG = "github.com/pulumi/pulumi/pkg/v3";
const OPERATIONS = `${PKG}/operations`;
const CLOUD = `${PKG}/cmd/pulumi/cloud`;

/** The packages that are changed. */
export const leanPackages: readonly string[] = [...Object.keys(STAND_INS), OPERATIONS, CLOUD];

/** How the library that reads OpenAPI is used there. */
const OPENAPI = /\b(?:libopenapi|base|v3high|orderedmap)\./;

/** Decides what is in the CLI, for the key of a cache. */
export function leanFiles(): readonly string[] {
  return [__filename, ...readdirSync(LEAN).map((file) => path.join(LEAN, file))];
}

/** Makes a folder in which `go build -mod=vendor` builds the CLI. */
export async function leanSources(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of ["go.mod", "go.sum"]) copyFileSync(path.join(CLI_MODULE, file), path.join(folder, file));
  await run("go", ["mod", "vendor"], { cwd: folder, env, timeoutSeconds: 1200 });
  const packageFolder = (name: string): string => path.join(folder, "vendor", name);
  for (const [name, file] of Object.entries(STAND_INS)) {
    const goFiles = readdirSync(packageFolder(name)).filter((entry) => entry.endsWith(".go"));
    for (const entry of goFiles) rmSync(path.join(packageFolder(name), entry));
    copyFileSync(path.join(LEAN, file), path.join(packageFolder(name), file));
  }
  for (const file of ["operations_aws.go", "operations_gcp.go"]) {
    copyFileSync(path.join(LEAN, file), path.join(packageFolder(OPERATIONS), file));
  }
  copyFileSync(path.join(LEAN, "schema.go"), path.join(packageFolder(CLOUD), "schema.go"));
  const spec = path.join(packageFolder(CLOUD), "spec.go");
  writeFileSync(spec, withoutOpenApi(readFileSync(spec, "utf8")));
}

/** A Go file without the functions that use the library, and without the imports that nothing uses then. */
function withoutOpenApi(source: string): string {
  const left = source
    .replace(/^func [^]*?^}\n/gm, (declaration) => (OPENAPI.test(declaration) ? "" : declaration))
    .split("\n");
  const body = left.filter((line) => importedAs(line) === undefined).join("\n");
  const used = (line: string): boolean => {
    const name = importedAs(line);
    return name === undefined || body.includes(`${name}.`);
  };
  return left.filter(used).join("\n");
}

/** The name that a line of an import declaration gives to a package. */
function importedAs(line: string): string | undefined {
  const [, alias, name] = /^\t(?:(\w+) )?"(?:[^"]*\/)?([^/"]+)"$/.exec(line) ?? [];
  return alias ?? name;
}
