import { createConnection } from "node:net";

/** Whether an SSH server answers behind a port of 127.0.0.1: qemu accepts whether or not one is there. */
export async function sshAnswers(port: number, timeoutSeconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    const finish = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(timeoutSeconds * 1000, () => {
      finish(false);
    });
    socket.once("data", (first: Buffer) => {
      finish(first.toString().startsWith("SSH-"));
    });
    socket.once("error", () => {
      finish(false);
    });
    socket.once("close", () => {
      finish(false);
    });
  });
}
