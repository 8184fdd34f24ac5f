import { fingerprint, formatHostKey, hostKeyAlgorithms, type HostKey } from "../../ssh/hostKey";
import { hostKeysFor, parseKnownHosts, readKnownHosts, revokedKeysFor } from "../../ssh/knownHosts";

/** Made with ssh-keygen, as are the fingerprints and the hashed names below. */
const ed25519: HostKey = {
  type: "ssh-ed25519",
  base64: "AAAAC3NzaC1lZDI1NTE5AAAAIFI6asrSWfkqC2wAPYS+qZGK90vgv04M7Z5raiM0jD8D",
};
const ecdsa: HostKey = {
  type: "ecdsa-sha2-nistp256",
  base64:
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBD0LVx3kLuWTjvLKUQ/ix0gfQb5bQWAHWtMaAkIjGKkLt1HoJRK940R6U7Vmm6Bl+YwMsVKAFsBn2AdSDDBvhJw=",
};
const rsa: HostKey = { type: "ssh-rsa", base64: "AAAAB3NzaC1yc2EAAAADAQABAAAAAQA=" };

const known = parseKnownHosts(
  [
    "# comment",
    "",
    `fra1.example.org,192.0.2.11 ${formatHostKey(ed25519)} root@fra1`,
    `[127.0.0.1]:2201\t${formatHostKey(ecdsa)}`,
    `*.lab.example.org,!bad.lab.example.org ${formatHostKey(ed25519)}`,
    `host?.example.org ${formatHostKey(rsa)}`,
    `|1|n6gXyzfPjtSBYRLw6H8dGgkfJhQ=|6gTcTIgDMa7y08UwC/pBQTA4QQ4= ${formatHostKey(ed25519)}`,
    `|1|yApZV61FafyI6ieKFIPjktsN+pg=|R4YGELm6GN7wziJA/0JXD+EYTIg= ${formatHostKey(ecdsa)}`,
    `2001:db8::11 ${formatHostKey(rsa)}`,
    `@revoked * ${formatHostKey(rsa)}`,
    `@cert-authority *.example.org ${formatHostKey(ed25519)}`,
    `@other x ${formatHostKey(ed25519)}`,
    "only-a-host",
    `nonsense.example.org ssh-ed25519 AAAA`,
    `wrong-type.example.org ssh-rsa ${ed25519.base64}`,
    `|1|nosalt ${formatHostKey(ed25519)}`,
  ].join("\r\n"),
  "known_hosts",
);

test.each([
  ["a name in a list", "fra1.example.org", 22, [ed25519]],
  ["an address in a list", "192.0.2.11", 22, [ed25519]],
  ["capitals", "FRA1.Example.Org", 22, [ed25519]],
  ["another port has entries of its own", "fra1.example.org", 2201, []],
  ["a port", "127.0.0.1", 2201, [ecdsa]],
  ["a port's entry is not for port 22", "127.0.0.1", 22, []],
  ["a wildcard", "a.b.lab.example.org", 22, [ed25519]],
  ["a negation", "bad.lab.example.org", 22, []],
  ["a wildcard for one character", "host1.example.org", 22, [rsa]],
  ["not two", "host12.example.org", 22, []],
  ["a dot is not a wildcard", "fra1xexample.org", 22, []],
  ["a hashed name", "hashed.example.org", 22, [ed25519]],
  ["a hashed name with a port", "hashed.example.org", 2201, [ecdsa]],
  ["an IPv6 address", "2001:db8::11", 22, [rsa]],
])("%s", (_what, host, port, keys) => {
  expect(hostKeysFor(known, host, port)).toEqual(keys);
});

test("revoked keys are kept apart", () => {
  expect(revokedKeysFor(known, "any.host", 22)).toEqual([rsa]);
});

test("what cannot be used is said, with its line", () => {
  expect(known.ignored.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    "11: @cert-authority: host certificates are not supported, add the host's own key",
    "12: unknown marker @other",
    "13: not of the form `hosts type key`",
    "14: the key is not a valid ssh-ed25519 key",
    "15: the key is not a valid ssh-rsa key",
    "16: not a hashed name of the form |1|salt|hash",
  ]);
});

test("fingerprints are those of ssh-keygen", () => {
  expect([ed25519, ecdsa].map(fingerprint)).toEqual([
    "SHA256:LxncnQDTT5fQnwY5bQ7ND/nm5u1VodZfxWaTZgtb+QQ",
    "SHA256:gcHGmZA7Tmzdig5IaMrU9qw//2Sqc4rzgu+wvYSUOY4",
  ]);
});

test("algorithms of known keys are asked for first", () => {
  expect(hostKeyAlgorithms([rsa]).slice(0, 3)).toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519"]);
  expect(hostKeyAlgorithms([])[0]).toBe("ssh-ed25519");
});

test("a folder is no known_hosts file", async () => {
  await expect(readKnownHosts(__dirname)).rejects.toMatchObject({
    cause: "no-known-hosts",
    message: expect.stringMatching(
      /known_hosts file .* cannot be read: .*\n +fix: pulumi config set fullmesh:knownHosts FILE/,
    ) as string,
  });
});
