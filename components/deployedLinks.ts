import * as pulumi from "@pulumi/pulumi";
import type { LinkDigests } from "../core/diff/blast";

/** The stack output that the digests of the links are in. */
export const deployedLinksOutput = "deployedLinks";

/** A line a link, as a secret: so that it is one line of the stack's outputs, however large the mesh. */
export function asOutput(links: LinkDigests): pulumi.Output<string> {
  return pulumi.secret([...links].map(([link, digest]) => `${digest} ${link}\n`).join(""));
}

/** The links as this stack's last deploy left them; none before the first. */
export async function deployedLinks(): Promise<LinkDigests> {
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
