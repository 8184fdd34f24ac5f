/** Stand-in for the Node language host: the plugin through which the engine runs Node programs (proto/pulumi/language.proto). */
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  GetRequiredPackagesResponse,
  type GetRequiredPackagesRequest,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { servePlugin, whenParentDies } from "../plugin/serve";
import { unary } from "../plugin/unary";
import { ProgramRunner } from "./program";
import { requiredPackages } from "./requiredPackages";

declare const PULUMI_CLI_VERSION: string;

function main(): void {
  const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";
  const runner = new ProgramRunner(engineAddress);
  const exit = (): void => {
    runner.stop();
    process.exit(0);
  };
  // The engine closes a language host with Cancel and then SIGINT; one that stays makes every command 10 s longer.
  process.on("SIGINT", exit);
  process.on("SIGTERM", exit);
  whenParentDies(exit);

  servePlugin(LanguageRuntimeService, {
    getPluginInfo: unary(() => new PluginInfo().setVersion(PULUMI_CLI_VERSION)),
    about: unary(() => new AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    getRequiredPackages: unary((request: GetRequiredPackagesRequest) =>
      new GetRequiredPackagesResponse().setPackagesList(
        requiredPackages(request.getInfo()?.getProgramDirectory() ?? process.cwd()).map(({ name, version }) =>
          new PackageDependency().setKind("resource").setName(name).setVersion(version),
        ),
      ),
    ),
    run: unary((request: RunRequest) => runner.run(request)),
    cancel: unary(() => {
      runner.stop();
      return new Empty();
    }),
  });
}

main();
