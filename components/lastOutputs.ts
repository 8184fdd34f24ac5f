import * as pulumi from "@pulumi/pulumi";

/** The stack's outputs as its last deploy left them, by name; none before the first. */
export async function lastOutputs(): Promise<Readonly<Record<string, unknown>>> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // What a StackReference does, without being a resource that each preview shows as read.
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: Readonly<Record<string, unknown>>;
  };
  return outputs ?? {};
}

/** Lines of text in one output; none where there is no such output. */
export function linesOf(outputs: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const text = pulumi.runtime.unwrapRpcSecret(outputs[name]) as unknown;
  return typeof text === "string" ? text.split("\n").filter((line) => line !== "") : [];
}

/** Lines as an output: a secret, so that it is one line of the stack's outputs, however large the mesh. */
export function asOutput(lines: pulumi.Input<readonly string[]>): pulumi.Output<string> {
  return pulumi.secret(pulumi.output(lines).apply((all) => all.map((line) => `${line}\n`).join("")));
}
