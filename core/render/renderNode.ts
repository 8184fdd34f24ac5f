import type { MeshPlan, NodePlan } from "../plan/plan";
import { babeldConfiguration } from "./babeld";
import { charonSettings } from "./charon";
import { firewall, firewallUnit } from "./firewall";
import type { HostFile } from "./hostFile";
import { linksTable } from "./links";
import { swanctlConnections, swanctlTemplates, type PublicKeys } from "./swanctl";
import { babeldUnit, charonUnitSettings, kernelModules, linksUnit } from "./system";

/** Every file of a node, in the order in which the host writes them: what others need comes first. */
export function renderNode(plan: MeshPlan, node: NodePlan, keys: PublicKeys): readonly HostFile[] {
  return [
    kernelModules,
    linksUnit,
    babeldUnit,
    firewallUnit,
    charonUnitSettings,
    firewall(plan, node),
    linksTable(plan, node),
    charonSettings(node),
    swanctlTemplates(plan, node, keys),
    ...swanctlConnections(node, keys),
    babeldConfiguration(plan, node),
  ];
}
