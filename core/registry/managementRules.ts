import type { NodeClaims, RegistryClaims } from "./claims";
import { problemAt, type Problem } from "./problem";

/** What a node must not have that is managed, or is not. What it must have, the schema says. */
export function managementRules({ nodes }: RegistryClaims): Problem[] {
  return nodes.flatMap((node) => {
    if (!node.managed) return [];
    return node.managed.value ? keyIsMade(node) : nothingIsDeployed(node);
  });
}

function keyIsMade({ name, publicKeyPlace }: NodeClaims): Problem[] {
  if (!publicKeyPlace) return [];
  const message = `${name} is managed, so fullmesh makes its key, but it has a \`publicKey\``;
  const fix = "delete `publicKey`; or write `managed: false` and delete `ssh`, if somebody else runs the node";
  return [problemAt(publicKeyPlace, message, fix)];
}

function nothingIsDeployed({ name, sshPlace, isolationPlace, keysPlace, endpoints }: NodeClaims): Problem[] {
  const ssh = sshPlace
    ? [problemAt(sshPlace, `${name} is not managed, so nobody logs in to it, but it has \`ssh\``, "delete `ssh`")]
    : [];
  const isolation = isolationPlace
    ? [
        problemAt(
          isolationPlace,
          `${name} is not managed, so its owner sees to where the overlay is on it, but it has \`isolation\``,
          "delete `isolation`",
        ),
      ]
    : [];
  const keys = keysPlace
    ? [
        problemAt(
          keysPlace,
          `${name} is not managed, so its owner makes its key, but it has \`keys\``,
          "delete `keys`, and write the node's key in `publicKey`",
        ),
      ]
    : [];
  const uplinks = endpoints.flatMap(({ index, interface: uplink }) => {
    if (!uplink) return [];
    const message = `${name} is not managed, so its owner sees to its uplinks, but endpoints[${index}] has an \`interface\``;
    return [problemAt(uplink.place, message, "delete `interface`, and `source` with it")];
  });
  return [...ssh, ...isolation, ...keys, ...uplinks];
}
