import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Writes messages about one resource to the engine, which shows them beside it. */
export interface ResourceLog {
  /** A line shown while it is the latest one, and not kept in the update's messages. */
  status(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  /** Resolves when all that was logged has reached the engine. */
  flush(): Promise<void>;
}

/** The engine's log, at the address that the engine gave the plugin on its command line. */
export class EngineLog {
  private readonly client: EngineClient;

  constructor(address: string) {
    this.client = new EngineClient(address, credentials.createInsecure());
  }

  /** The log of the resource with this URN. Messages arrive in the order in which they were written. */
  forResource(urn: string): ResourceLog {
    let sent = Promise.resolve();
    const write = (severity: LogSeverity, message: string, ephemeral: boolean): void => {
      const request = new LogRequest();
      request.setSeverity(severity).setMessage(message).setUrn(urn).setEphemeral(ephemeral);
      sent = sent.then(() => this.send(request));
    };
    return {
      status: (message) => {
        write(LogSeverity.INFO, message, true);
      },
      warning: (message) => {
        write(LogSeverity.WARNING, message, false);
      },
      error: (message) => {
        write(LogSeverity.ERROR, message, false);
      },
      flush: () => sent,
    };
  }

  /** An engine that is gone cannot be told anything: the failure is dropped. */
  private send(request: LogRequest): Promise<void> {
    return new Promise((resolve) => {
      this.client.log(request, () => {
        resolve();
      });
    });
  }
}
