import { childDeployer } from "../ssh/childDeployer";
import { keyPair, nodeAt } from "../ssh/testHost";
import { hostileHost } from "./hostileHost";

/** A host says that it takes no byte, or one, in a packet. ssh2 then wrote empty packets for ever, in a loop that no timer ends, so the client is a process of its own. */

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
    const { output } = await childDeployer({
      node: nodeAt(host.port),
      auth: { kind: "key", file: "id", privateKey: keyPair().private },
      knownHosts: `[127.0.0.1]:${host.port} ${host.hostKey}\n`,
    });
    host.close();
    expect(output).toContain(`broke: the host takes packets of ${bytes} bytes, and must take`);
  },
  60_000,
);
