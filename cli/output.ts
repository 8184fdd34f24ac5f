import { reason } from "../stack/registryFolder";

/** Of a process that SIGPIPE (13) ends, as a shell gives it; Node ignores the signal. */
const exitPipeClosed = 128 + 13;

/**
 * Ends the program when nobody takes its output any more, instead of with a stack trace: quietly where the reader has gone (`| head`), else with the reason, such as
 * a full disk.
 *
 * @param exitUnable exit status for the latter
 */
export function endWithoutOutput(exitUnable: number): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitPipeClosed);
    process.stderr.write(`fullmesh: standard output cannot be written: ${reason(error)}\n`);
    process.exit(exitUnable);
  });
  // There is nowhere to say it; the exit status does.
  process.stderr.on("error", () => undefined);
}
