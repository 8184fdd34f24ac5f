import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { utils } from "ssh2";

/** Makes an ed25519 key pair `name` and `name.pub` in `folder`, in OpenSSH's format. */
function makeKey(folder: string, name: string): void {
  const pair = utils.generateKeyPairSync("ed25519", { comment: `fullmesh lab ${name}` });
  writeFileSync(join(folder, name), pair.private, { mode: 0o600 });
  writeFileSync(join(folder, `${name}.pub`), `${pair.public}\n`);
}

/** Makes the keys of an image: the client's, `id_ed25519`, and a host key for the VM and each host. */
export function makeKeys(folder: string, hostNames: readonly string[]): void {
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ["id_ed25519", ...hostNames]) makeKey(folder, name);
}

/** The public host key of a host, or of `vm`: type and base64 text. */
export function publicHostKey(folder: string, hostName: string): string {
  return readFileSync(join(folder, `${hostName}.pub`), "utf8")
    .split(" ")
    .slice(0, 2)
    .join(" ");
}

/** Text of a known_hosts file, see sshd(8), for hosts behind ports of 127.0.0.1. */
export function knownHosts(entries: readonly { readonly port: number; readonly key: string }[]): string {
  return entries.map(({ port, key }) => `[127.0.0.1]:${port} ${key}\n`).join("");
}
