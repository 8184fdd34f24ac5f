import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";

/** The engine's own limit (pulumi/pulumi sdk/go/common/util/rpcutil: 400 MB); gRPC's default of 4 MB is too small for large inputs. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

const PARENT_CHECK_MILLISECONDS = 2_000;

/** Serves one plugin service on a free loopback port and prints the port on stdout: the engine's handshake with every plugin. */
export function servePlugin(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(service, implementation);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
}

/** Calls `stop` once the process that started this one has died, so that a killed engine leaves no plugin behind. */
export function whenParentDies(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_CHECK_MILLISECONDS);
  timer.unref();
}
