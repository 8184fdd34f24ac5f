import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectFolder, runsTypeScript } from "../../lab/scratchProject";
import { keyPair, nodeAt } from "../ssh/testHost";
import { hostileHost } from "./hostileHost";

/** A host says that it takes no byte, or one, in a packet. ssh2 then wrote empty packets for ever, in a loop that no timer ends, so the client is a process of its own. */
const program = `
  const { node, login, known } = JSON.parse(process.env.TEST_ACCESS);
  const { runOnHost } = require(${JSON.stringify(join(projectFolder, "ssh", "runOnHost"))});
  const { parseKnownHosts } = require(${JSON.stringify(join(projectFolder, "ssh", "knownHosts"))});
  const { Bastions } = require(${JSON.stringify(join(projectFolder, "ssh", "bastions"))});
  const auth = { kind: "key", file: "id", privateKey: login };
  const access = { auth, knownHosts: parseKnownHosts(known, "known_hosts"), dialSeconds: 60, bastions: new Bastions() };
  runOnHost(node, access, "true", { stdin: "x", timeoutSeconds: 60 }).catch(({ message }) => console.log(message));
`;

interface Opener {
  channelOpenConfirm: (...args: readonly number[]) => void;
}

test.each([0, 1])(
  "packets of %i bytes are refused",
  async (bytes) => {
    const host = await hostileHost({
      onConnect: ({ connection }) => {
        const { _protocol: protocol } = connection as unknown as { readonly _protocol: Opener };
        const confirm = protocol.channelOpenConfirm.bind(protocol);
        protocol.channelOpenConfirm = (remote = 0, local = 0, window = 0) => {
          confirm(remote, local, window, bytes);
        };
      },
    });
    const [node, login] = [nodeAt(host.port), keyPair().private];
    const known = `[127.0.0.1]:${host.port} ${host.hostKey}\n`;
    const child = spawn(process.execPath, ["--require", runsTypeScript, "-e", program], {
      env: { ...process.env, TEST_ACCESS: JSON.stringify({ node, login, known }) },
      stdio: ["ignore", "pipe", "inherit"],
      timeout: 30_000,
      killSignal: "SIGKILL",
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await once(child, "close");
    host.close();
    expect(output).toContain(`broke: the host takes packets of ${bytes} bytes, and must take`);
  },
  60_000,
);
