import * as pulumi from "@pulumi/pulumi";
import type { HalfDigests } from "../core/diff/blast";

/** The stack output that the digests of the links' halves are in. */
export const deployedLinksOutput = "deployedLinks";

/** A line a half, as a secret: so that it is one line of the stack's outputs, however large the mesh. */
export function asOutput(halves: HalfDigests): pulumi.Output<string> {
  return pulumi.secret([...halves].map(([name, digest]) => `${digest} ${name}\n`).join(""));
}

/** The halves of links as this stack's deploys left them; none before the first. */
export async function deployedLinks(): Promise<HalfDigests> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // What a StackReference does, without being a resource that each preview shows as read.
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: Readonly<Record<string, unknown>>;
  };
  const text = pulumi.runtime.unwrapRpcSecret(outputs?.[deployedLinksOutput]) as unknown;
  if (typeof text !== "string") return new Map();
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): [string, string] => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]),
  );
}
