import { generateKeyPairSync } from "node:crypto";
import { dial } from "../../ssh/dial";
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

test("a host of which only an RSA key is known cannot be deployed to: where, why, and how to get another key safely", async () => {
  const result = await probe(nodeAt(host.port, "operator"), accessWith(client.private, known()));
  expect(result).toMatchObject({ ok: false, cause: "host-key-type" });
  const { message } = result as { readonly message: string };
  expect(message).toMatch(
    new RegExp(
      `^fra1: ${file}:2 has only a host key of type ssh-rsa for operator@127\\.0\\.0\\.1 port ${host.port}: .*SHA-1`,
    ),
  );
  const ssh = `ssh -o UserKnownHostsFile=${file} -p ${host.port} operator@127.0.0.1`;
  expect(message).toContain(`${ssh} 'sudo ssh-keygen -A && sudo systemctl restart ssh'\n`);
  expect(message).toContain(
    `echo "[127.0.0.1]:${host.port} $(${ssh} cat /etc/ssh/ssh_host_ed25519_key.pub)" >> ${file}`,
  );
  expect(host.logins()).toBe(0);
});

test("it can still be looked at, for ssh2 asks for SHA-2 signatures", async () => {
  (await dial(nodeAt(host.port), accessWith(client.private, known()))).close();
});

test("with another key beside it, nothing is wrong with an RSA key", async () => {
  const both = await sshHost(client.public, () => ({ stdout: "0\n", status: 0 }));
  try {
    const lines = [host.hostKey, both.hostKey].map((key) => `[127.0.0.1]:${both.port} ${key}\n`);
    const result = await probe(nodeAt(both.port), accessWith(client.private, parseKnownHosts(lines.join(""), file)));
    expect(result).toEqual({ ok: true });
  } finally {
    both.close();
  }
});
