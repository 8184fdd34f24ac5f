/** Serves a {@link Provider} over the engine's ResourceProvider protocol (pulumi/pulumi proto/pulumi/provider.proto). */
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider_pb from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { ChangeKind } from "./diff";
import { EngineLog } from "./engineLog";
import { fromStruct, toStruct } from "./propertyValue";
import type { Provider, Resource, ResourceContext, ResourceDiff } from "./resource";
import { servePlugin, whenParentDies } from "./serve";
import { unary } from "./unary";

/** Runs the provider until the engine stops it. */
export function serveProvider(provider: Provider): void {
  const engineAddress = process.argv[2];
  if (engineAddress === undefined) {
    process.stderr.write(
      "This is a Pulumi plugin: the Pulumi engine starts it, with its own address as the argument.\n",
    );
    process.exit(1);
  }
  whenParentDies(() => process.exit(1));
  servePlugin(ResourceProviderService, implementation(provider, new EngineLog(engineAddress)));
}

function implementation(provider: Provider, engineLog: EngineLog): UntypedServiceImplementation {
  const cancelled = new AbortController();

  const resourceAt = (urn: string): Resource => {
    const type = urnType(urn);
    const resource = provider.resources.get(type);
    if (!resource) {
      const known = [...provider.resources.keys()].join(", ");
      throw new Error(`this stand-in for the official provider has no resource type "${type}", only: ${known}`);
    }
    return resource;
  };

  /** Runs one operation, and answers only when its log has arrived. */
  const operate = async <T>(
    urn: string,
    preview: boolean,
    run: (resource: Resource, context: ResourceContext) => Promise<T>,
  ): Promise<T> => {
    const log = engineLog.forResource(urn);
    try {
      return await run(resourceAt(urn), { name: urnName(urn), preview, log, signal: cancelled.signal });
    } finally {
      await log.flush();
    }
  };

  return {
    getPluginInfo: unary(() => new PluginInfo().setVersion(provider.version)),

    checkConfig: unary((request: provider_pb.CheckRequest) =>
      new provider_pb.CheckResponse().setInputs(
        toStruct({ ...fromStruct(request.getNews()), ...provider.configInputs }),
      ),
    ),

    diffConfig: unary(() => new provider_pb.DiffResponse().setChanges(provider_pb.DiffResponse.DiffChanges.DIFF_NONE)),

    configure: unary(() =>
      new provider_pb.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true),
    ),

    check: unary((request: provider_pb.CheckRequest) => {
      const { inputs, failures } = resourceAt(request.getUrn()).check(fromStruct(request.getNews()));
      const response = new provider_pb.CheckResponse().setInputs(toStruct(inputs));
      for (const { property, reason } of failures) {
        response.addFailures(new provider_pb.CheckFailure().setProperty(property).setReason(reason));
      }
      return response;
    }),

    diff: unary((request: provider_pb.DiffRequest) =>
      diffResponse(
        resourceAt(request.getUrn()).diff(fromStruct(request.getOldInputs()), fromStruct(request.getNews())),
      ),
    ),

    create: unary((request: provider_pb.CreateRequest) =>
      operate(request.getUrn(), request.getPreview(), async (resource, context) => {
        const { id, outputs } = await resource.create(context, fromStruct(request.getProperties()));
        return new provider_pb.CreateResponse().setId(id).setProperties(toStruct(outputs));
      }),
    ),

    update: unary((request: provider_pb.UpdateRequest) =>
      operate(request.getUrn(), request.getPreview(), async (resource, context) => {
        const outputs = await resource.update(context, fromStruct(request.getOlds()), fromStruct(request.getNews()));
        return new provider_pb.UpdateResponse().setProperties(toStruct(outputs));
      }),
    ),

    delete: unary((request: provider_pb.DeleteRequest) =>
      operate(request.getUrn(), false, async (resource, context) => {
        await resource.delete(context, fromStruct(request.getProperties()));
        return new Empty();
      }),
    ),

    /** None of these types can be read back, so a refresh finds what the state says. */
    read: unary((request: provider_pb.ReadRequest) =>
      new provider_pb.ReadResponse()
        .setId(request.getId())
        .setProperties(request.getProperties())
        .setInputs(request.getInputs()),
    ),

    cancel: unary(() => {
      cancelled.abort();
      return new Empty();
    }),
  };
}

function diffResponse({ changes, replace }: ResourceDiff): provider_pb.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = provider_pb.DiffResponse.DiffChanges;
  const response = new provider_pb.DiffResponse().setChanges(changes.size > 0 ? DIFF_SOME : DIFF_NONE);
  const properties = new Set<string>();
  for (const [path, kind] of changes) {
    properties.add(path.replace(/[.[].*$/, ""));
    response.getDetaileddiffMap().set(path, new provider_pb.PropertyDiff().setKind(propertyDiffKind(kind, replace)));
  }
  const names = [...properties];
  return response
    .setHasdetaileddiff(true)
    .setDiffsList(names)
    .setReplacesList(replace ? names : []);
}

function propertyDiffKind(kind: ChangeKind, replace: boolean): provider_pb.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = provider_pb.PropertyDiff.Kind;
  switch (kind) {
    case "add":
      return replace ? ADD_REPLACE : ADD;
    case "delete":
      return replace ? DELETE_REPLACE : DELETE;
    case "update":
      return replace ? UPDATE_REPLACE : UPDATE;
  }
}

/** `urn:pulumi:stack::project::parent$type::name`; the name may itself contain `::`. */
function urnType(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

function urnName(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
