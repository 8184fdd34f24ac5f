import type { RegistryClaims } from "./claims";
import { nearestWord } from "./nearest";
import { problemAt, type Problem } from "./problem";

/** Only nodes of the organizations that the stack names, if it names any. */
export function organizationRules({ nodes, organizations }: RegistryClaims): Problem[] {
  if (organizations.length === 0) return [];
  return nodes.flatMap(({ name, organization }) => {
    if (!organization || organizations.includes(organization.value)) return [];
    const near = nearestWord(organization.value, organizations);
    const message = `${name} is of ${organization.value}, which is none of the organizations of this stack (fullmesh:organizations): ${organizations.join(", ")}`;
    const fix = `${near === undefined ? "" : `write \`organization: ${near}\`, if that is meant; else `}delete the file, or let the organization in: pulumi config set fullmesh:organizations ${[...organizations, organization.value].join(",")}`;
    return [problemAt(organization.place, message, fix)];
  });
}
