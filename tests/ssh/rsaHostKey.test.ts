import { generateKeyPairSync } from "node:crypto";
import { parseKnownHosts } from "../../ssh/knownHosts";
import { probe } from "../../ssh/probe";
import { utils } from "ssh2";
import { accessWith, keyPair, nodeAt, sshHost, type TestHost } from "./testHost";

const client = keyPair();
let host: TestHost;

beforeAll(async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const text = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const key = utils.parseKey(text);
  if (key instanceof Error) throw key;
  host = await sshHost(client.public, () => ({ stdout: "0\n", status: 0 }), {
    private: text,
    public: `ssh-rsa ${key.getPublicSSH().toString("base64")}`,
  });
});

afterAll(() => {
  host.close();
});

const file = "/home/op/.ssh/known_hosts";

/** With the host's RSA key in its second line. */
const known = () => parseKnownHosts(`# hosts\n[127.0.0.1]:${host.port} ${host.hostKey}\n`, file);

test("a host of which only an RSA key is known is worked on: it is asked for signatures with SHA-2, not SHA-1", async () => {
  expect(await probe(nodeAt(host.port, "operator"), accessWith(client.private, known()))).toEqual({ ok: true });
});
