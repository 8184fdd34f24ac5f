/** The calls that the engine makes to a provider, with plain values in and out. */
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider_pb from "@pulumi/pulumi/proto/provider_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { standIns } from "../../lab/toolchain/standIns";
import { fromStruct, toStruct, type PropertyMap } from "../../lab/toolchain/standins/plugin/propertyValue";
import type { ProviderName } from "../../lab/toolchain/versions";
import { startPlugin, temporaryDirectory, type LoggedLine, type PluginProcess } from "./pluginProcess";

/** What a provider found changed. */
export interface FoundDiff {
  readonly changed: boolean;
  /** Kind of change by path, as the engine names kinds: `update`, `add-replace`. */
  readonly paths: Record<string, string>;
  readonly replaces: string[];
}

type Callback<Response> = (error: ServiceError | null, response: Response) => void;

const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** A stand-in provider under test. */
export class ProviderClient {
  private readonly client: ResourceProviderClient;

  constructor(private readonly process: PluginProcess) {
    this.client = new ResourceProviderClient(process.address, credentials.createInsecure());
  }

  /** What it logged since the last call. */
  takeLog(): LoggedLine[] {
    return this.process.logged.splice(0);
  }

  async version(): Promise<string> {
    return (await answer<PluginInfo>((done) => this.client.getPluginInfo(new Empty(), done))).getVersion();
  }

  async configure(): Promise<provider_pb.ConfigureResponse> {
    const request = new provider_pb.ConfigureRequest().setAcceptsecrets(true).setSendsOldInputs(true);
    return answer((done) => this.client.configure(request, done));
  }

  async checkConfig(news: PropertyMap): Promise<PropertyMap> {
    const request = new provider_pb.CheckRequest().setNews(toStruct(news));
    const response = await answer<provider_pb.CheckResponse>((done) => this.client.checkConfig(request, done));
    return fromStruct(response.getInputs());
  }

  /** Inputs after Check; fails the test on a check failure. */
  async check(urn: string, news: PropertyMap): Promise<PropertyMap> {
    const { inputs, failures } = await this.tryCheck(urn, news);
    expect(failures).toEqual([]);
    return inputs;
  }

  async tryCheck(urn: string, news: PropertyMap): Promise<{ inputs: PropertyMap; failures: string[] }> {
    const request = new provider_pb.CheckRequest().setUrn(urn).setNews(toStruct(news));
    const response = await answer<provider_pb.CheckResponse>((done) => this.client.check(request, done));
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: fromStruct(response.getInputs()), failures };
  }

  async diff(
    urn: string,
    oldInputs: PropertyMap,
    news: PropertyMap,
    state: PropertyMap = oldInputs,
  ): Promise<FoundDiff> {
    const request = new provider_pb.DiffRequest()
      .setUrn(urn)
      .setOldInputs(toStruct(oldInputs))
      .setOlds(toStruct(state))
      .setNews(toStruct(news));
    const response = await answer<provider_pb.DiffResponse>((done) => this.client.diff(request, done));
    const paths: Record<string, string> = {};
    response.getDetaileddiffMap().forEach((value, key) => {
      paths[key] = KINDS[value.getKind()] ?? "unknown";
    });
    return {
      changed: response.getChanges() === provider_pb.DiffResponse.DiffChanges.DIFF_SOME,
      paths,
      replaces: response.getReplacesList(),
    };
  }

  async create(urn: string, inputs: PropertyMap, preview = false): Promise<{ id: string; outputs: PropertyMap }> {
    const request = new provider_pb.CreateRequest().setUrn(urn).setProperties(toStruct(inputs)).setPreview(preview);
    const response = await answer<provider_pb.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  }

  async update(urn: string, state: PropertyMap, inputs: PropertyMap, preview = false): Promise<PropertyMap> {
    const request = new provider_pb.UpdateRequest()
      .setUrn(urn)
      .setId("id")
      .setOlds(toStruct(state))
      .setNews(toStruct(inputs))
      .setPreview(preview);
    const response = await answer<provider_pb.UpdateResponse>((done) => this.client.update(request, done));
    return fromStruct(response.getProperties());
  }

  async delete(urn: string, state: PropertyMap): Promise<void> {
    const request = new provider_pb.DeleteRequest().setUrn(urn).setId("id").setProperties(toStruct(state));
    await answer<Empty>((done) => this.client.delete(request, done));
  }

  async read(urn: string, id: string, state: PropertyMap, inputs: PropertyMap): Promise<PropertyMap> {
    const request = new provider_pb.ReadRequest()
      .setUrn(urn)
      .setId(id)
      .setProperties(toStruct(state))
      .setInputs(toStruct(inputs));
    const response = await answer<provider_pb.ReadResponse>((done) => this.client.read(request, done));
    return fromStruct(response.getProperties());
  }

  async cancel(): Promise<void> {
    await answer<Empty>((done) => this.client.cancel(new Empty(), done));
  }

  /** Ends the plugin as the engine does. */
  async stop(): Promise<void> {
    this.client.close();
    await this.process.stop("SIGINT");
  }
}

/** The error is the message that the user would see. */
function answer<Response>(send: (callback: Callback<Response>) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => {
      if (error) reject(new Error(error.details));
      else resolve(response);
    });
  });
}

/** Starts a stand-in provider before the file's tests and stops it after them. */
export function useProvider(name: ProviderName): () => ProviderClient {
  const directory = temporaryDirectory();
  let client: ProviderClient | undefined;
  beforeAll(async () => {
    const bundled = await standIns(directory);
    const executable = `${bundled.providerDirectory(name)}/pulumi-resource-${name}`;
    // An SSH agent of the person who runs the tests must not be asked for keys.
    client = new ProviderClient(await startPlugin(executable, directory, { ...process.env, SSH_AUTH_SOCK: "" }));
    await client.configure();
  });
  afterAll(() => client?.stop());
  return () => {
    if (!client) throw new Error("the provider has not been started");
    return client;
  };
}

/** A URN as the engine makes them. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::project::fullmesh:index:Node$${type}::${name}`;
}
