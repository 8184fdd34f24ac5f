import type { ManagedNode, MeshPlan } from "../plan/plan";
import { babeldConfiguration } from "./babeld";
import { charonSettings } from "./charon";
import { firewall, underlayFirewall } from "./firewall";
import { healer } from "./healer";
import type { HostFile } from "./hostFile";
import { linksTable } from "./links";
import { metrics } from "./metrics";
import { dnsNames } from "./names";
import { networkd } from "./networkd";
import { swanctlConnections, swanctlTemplates, type PublicKeys } from "./swanctl";
import { uplinks } from "./uplinks";
import { babeldUnit, charonUnitSettings, firewallUnit, kernelModules, linksUnit, nftablesUnitSettings } from "./system";

/** Every file of a node, in the order in which the host writes them: what others need comes first. */
export function renderNode(plan: MeshPlan, node: ManagedNode, keys: PublicKeys): readonly HostFile[] {
  return [
    kernelModules,
    ...networkd(node),
    linksUnit,
    babeldUnit(node),
    firewallUnit,
    nftablesUnitSettings,
    charonUnitSettings,
    ...healer,
    ...metrics(plan, node),
    firewall(plan, node),
    underlayFirewall(plan, node),
    linksTable(plan, node),
    ...uplinks(node),
    charonSettings(node),
    swanctlTemplates(plan, node, keys),
    ...swanctlConnections(plan, node, keys),
    ...dnsNames(node),
    babeldConfiguration(plan, node),
  ];
}
