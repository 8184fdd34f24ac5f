import { canonicalHost } from "../registry/addresses";
import { problemAt, startOf, type Problem } from "../registry/problem";
import type { Registry, RegistryNode } from "../registry/registry";
import type { StackSettings } from "../registry/settings";

/** A node's name in the mesh's domain leads into the overlay: nobody logs in by it, and no link goes by it, for both are of the underlay. */
export function domainProblems(
  { nodes }: Pick<Registry, "nodes">,
  { domain }: Pick<StackSettings, "domain">,
): readonly Problem[] {
  if (domain === undefined) return [];
  const names = new Set(nodes.map(({ name }) => `${name}.${domain}`));
  return nodes.flatMap((node) =>
    underlayHosts(node)
      .filter(({ host }) => names.has(canonicalHost(host)))
      .map(({ field, host }) =>
        problemAt(
          startOf(node.file),
          `${field} is ${host}, which is a node's overlay address by name (fullmesh:domain), and must be of the underlay`,
          "write an address or another name; or name another domain for the overlay: pulumi config set fullmesh:domain mesh.example.net",
        ),
      ),
  );
}

interface UnderlayHost {
  /** As in the node file. */
  readonly field: string;
  readonly host: string;
}

function underlayHosts(node: RegistryNode): readonly UnderlayHost[] {
  const endpoints = node.endpoints.flatMap(({ dnsName }) =>
    dnsName === undefined ? [] : [{ field: "endpoints[].address", host: dnsName }],
  );
  if (!node.managed) return endpoints;
  const jumps = (node.ssh.jump ?? []).map(({ host }) => ({ field: "ssh.jump[].host", host }));
  return [{ field: "ssh.host", host: node.ssh.host }, ...jumps, ...endpoints];
}
