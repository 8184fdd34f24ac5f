import * as pulumi from "@pulumi/pulumi";
import {
  acceptedKeyLines,
  acceptedKeys,
  acceptedKeysOutput,
  lastStillAccepted,
  stillAcceptedLines,
  stillAcceptedOutput,
} from "./components/acceptedKeys";
import { dueRepairs } from "./components/dueRepairs";
import { deployedKeys, deployedKeysOutput } from "./components/deployedKeys";
import { deployedLinks, deployedLinksOutput, linkLines } from "./components/deployedLinks";
import { asOutput, lastOutputs } from "./components/lastOutputs";
import { quietSdkNoise } from "./components/sdkNoise";
import { maxCommandSeconds } from "./components/hostWork";
import { Mesh } from "./components/mesh";
import { verifySeconds } from "./components/node";
import { known } from "./components/settled";
import { blastProblem, digestsAfter, linkDigests } from "./core/diff/blast";
import { describeFailures } from "./core/describe/failures";
import { planWarnings } from "./core/describe/planWarnings";
import { requirementProblems } from "./core/describe/requirementProblems";
import { secretWarnings } from "./core/describe/secretWarnings";
import { describeStillAccepted, refusesKeys } from "./core/describe/stillAccepted";
import { stillAccepted } from "./core/diff/stillAccepted";
import { hostNames } from "./core/names/hostNames";
import { managedNodes } from "./core/plan/managed";
import { formatProblem, type Problem } from "./core/registry/problem";
import { sshAccess } from "./ssh/access";
import { SshError } from "./ssh/failure";
import { hostKeysFor } from "./ssh/knownHosts";
import { LinkCheck } from "./ssh/linkCheck";
import { SshPool } from "./ssh/pool";
import { preflight } from "./ssh/preflight";
import { probe } from "./ssh/probe";
import { runOnHost } from "./ssh/runOnHost";
import { sharedHostKeys } from "./ssh/sharedHostKeys";
import { formatServer, serversOf } from "./ssh/target";
import { demoProblems } from "./stack/demo";
import { settingsFromEngine } from "./stack/settings";
import { readStack } from "./stack/stack";

quietSdkNoise();

/** Reads the stack's settings and registry, plans the mesh, and hands it to the engine. Bad input ends here, before any host is touched. */
async function main(): Promise<Record<string, unknown>> {
  const name = pulumi.getStack();
  const stack = readStack(settingsFromEngine(process.cwd(), name, pulumi.runtime.allConfig()));
  if (!stack.ok) throw refusal(stack.problems);
  const { settings, plan, registry } = stack;
  const ofDemo = demoProblems(process.cwd(), name, plan);
  if (ofDemo.length > 0) throw refusal(ofDemo);
  const required = requirementProblems(registry, plan);
  if (required.length > 0) throw refusal(required);
  for (const warning of [...planWarnings(plan), ...secretWarnings(registry)]) await pulumi.log.warn(warning);
  const outputs = await lastOutputs();
  const before = deployedLinks(outputs);
  const blast = blastProblem(before, linkDigests(plan), settings.blastCapPercent);
  if (blast !== undefined) {
    if (process.env.FULLMESH_ALLOW_BLAST !== "true") throw new pulumi.RunError(`no host was changed: ${blast}`);
    await pulumi.log.warn(`allowed by FULLMESH_ALLOW_BLAST: ${blast}`);
  }
  const access = await sshAccess(settings).catch(sayWithoutStack);
  const shared = sharedHostKeys(registry.nodes, access.knownHosts);
  if (shared.length > 0) throw refusal(shared.map(({ problem }) => problem));
  for (const node of managedNodes(plan)) {
    for (const server of serversOf(node)) {
      if (hostKeysFor(access.knownHosts, server.host, server.port).length > 0) continue;
      await pulumi.log.warn(
        `${node.name}: ${access.knownHosts.file} has no SSH host key of ${formatServer(server)}; the deploy will refuse to log in there`,
      );
    }
  }
  const { repairs, warnings } = await dueRepairs(plan, settings, access);
  for (const warning of warnings) await pulumi.log.warn(warning);
  const acceptedBefore = acceptedKeys(outputs);
  const links = new SshPool(access, settings.parallelism);
  const mesh = new Mesh(name, {
    plan,
    cipherFloor: settings.cipherFloor,
    organizations: settings.organizations,
    gone: registry.retired.filter(({ gone }) => gone).map((node) => node.name),
    runOnHost: (node, line, options) => runOnHost(node, access, line, options),
    maxCommandSeconds: maxCommandSeconds(),
    probe: (node) => probe(node, access),
    preflight: (node) => preflight(node, plan, access),
    parallelism: settings.parallelism,
    waves: settings,
    linkCheck: new LinkCheck(links, verifySeconds),
    purgePackages: settings.purgePackages,
    keySource: settings.keySource,
    deployedKeys: deployedKeys(outputs),
    acceptedBefore,
    repairs,
  });
  const { failures, stopped, applied, restarts } = await mesh.outcome;
  if (pulumi.runtime.isDryRun()) for (const line of restarts) await pulumi.log.info(line);
  await links.close();
  const failed = describeFailures(
    failures,
    managedNodes(plan).map((node) => node.name),
  );
  const unaware = new Set(
    failures.filter((each) => !applied.has(each.node) && !refusesKeys(each)).map(({ node }) => node),
  );
  const pending = lastStillAccepted(outputs);
  const still = mesh.acceptedKeys.apply((now) => stillAccepted(plan, acceptedBefore, pending, now, unaware));
  // The program fails where nothing more is to be done, not even the removal of nodes that leave. Else the commands' own errors are what the engine goes by.
  if (failed !== undefined && stopped) {
    const text = describeStillAccepted(await known(still));
    throw new pulumi.RunError(text === undefined ? failed : `${failed}\n${text}`);
  }
  if (failed !== undefined) await pulumi.log.warn(failed);
  still.apply(async (keys) => {
    const text = describeStillAccepted(keys);
    if (text !== undefined && !pulumi.runtime.isDryRun()) await pulumi.log.warn(text);
  });
  return {
    nodes: Object.fromEntries(plan.nodes.map(({ name, id, overlay }) => [name, { id, ...overlay }])),
    hosts: Object.fromEntries(hostNames(plan, settings.domain)),
    counts: {
      nodes: plan.nodes.length,
      links: plan.links.length,
      connections: managedNodes(plan).reduce((sum, { connections }) => sum + connections.length, 0),
      unlinkedPairs: plan.unlinked.length,
    },
    publicKeys: mesh.publicKeys,
    [deployedLinksOutput]: asOutput(linkLines(digestsAfter(before, plan, applied))),
    [acceptedKeysOutput]: asOutput(mesh.acceptedKeys.apply(acceptedKeyLines)),
    [stillAcceptedOutput]: asOutput(still.apply(stillAcceptedLines)),
    [deployedKeysOutput]: asOutput(pulumi.all(mesh.nodes.map((node) => node.keyLines)).apply((lines) => lines.flat())),
  };
}

function refusal(problems: readonly Problem[]): Error {
  return new pulumi.RunError(`no host was changed; fix these first:\n${problems.map(formatProblem).join("\n")}`);
}

/** A message for the operator stands for itself: without a stack trace, which RunError hides. */
function sayWithoutStack(error: unknown): never {
  throw error instanceof SshError ? new pulumi.RunError(error.message) : error;
}

export = main;
