import { hostConnection } from "../../components/hostConnection";
import { parseKnownHosts } from "../../ssh/knownHosts";

test("without a private key the agent is used, and its socket, which is another in each session, is not in the state", () => {
  const node = { name: "fra1", ssh: { host: "198.51.100.1", port: 22, user: "root" } };
  const connection = hostConnection(node, {
    knownHosts: parseKnownHosts("", "known_hosts"),
    auth: { kind: "agent", socket: "/agent" },
    dialSeconds: 5,
  });
  expect(connection).not.toHaveProperty("agentSocketPath");
  expect(connection).not.toHaveProperty("privateKey");
});
