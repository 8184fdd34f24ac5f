import { babelProfiles } from "../../core/registry/babelProfile";
import { cipherProfileNames, cipherProfiles } from "../../core/registry/cipherProfile";
import { parseSettings, type SettingsResult } from "../../core/registry/parseSettings";
import { formatProblem } from "../../core/registry/problem";
import { espProposalsFault, ikeProposalsFault } from "../../core/registry/proposals";

const good = {
  overlayIpv4: "10.66.0.0/16",
  overlayIpv6: "fd66:66::/64",
  registry: "",
  knownHosts: "~/.ssh/known_hosts",
  sshKey: "",
  cipherProfile: "modern",
  cipherFloor: 128,
  ikeProposals: "",
  espProposals: "",
  ppk: "none",
  babelProfile: "continental",
  organizations: "",
  parallelism: 16,
  dialSeconds: "10",
  canary: "",
  wavePercent: 50,
  blastCapPercent: 50,
  purgePackages: false,
};

function parse(changes: Record<string, unknown>): SettingsResult {
  const all: Record<string, unknown> = { ...good, ...changes };
  const values = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return parseSettings({ stack: "dev", values, place: () => ({ file: "Pulumi.dev.yaml", line: 1, column: 1 }) });
}

describe("settings", () => {
  it("become typed, whether the file has a number or its text", () => {
    expect(parse({ parallelism: "8", purgePackages: "true", sshKey: "key" })).toEqual({
      ok: true,
      settings: {
        overlayIpv4: "10.66.0.0/16",
        overlayIpv6: "fd66:66::/64",
        ciphers: { ike: "aes256gcm16-prfsha384-x25519", esp: "aes256gcm16-x25519,chacha20poly1305-x25519" },
        cipherFloor: 128,
        ppk: "none",
        babel: babelProfiles.continental,
        metrics: "none",
        registryFolder: "nodes/dev",
        knownHostsFile: "~/.ssh/known_hosts",
        sshLogin: { kind: "keyFile", file: "key" },
        organizations: [],
        parallelism: 8,
        dialSeconds: 10,
        driftDetection: false,
        canary: undefined,
        wavePercent: 50,
        blastCapPercent: 50,
        purgePackages: true,
        keySource: "state",
        domain: undefined,
      },
    });
    expect(parse({})).toMatchObject({ ok: true, settings: { sshLogin: { kind: "agent" } } });
  });

  it("are spelt in one way", () => {
    const changes = {
      overlayIpv6: "FD66:0066::0/64",
      espProposals: "aes256gcm16-x25519 , chacha20poly1305-x25519",
      organizations: " acme, Partner",
    };
    expect(parse(changes)).toMatchObject({
      settings: {
        organizations: ["acme", "Partner"],
        overlayIpv6: "fd66:66::/64",
        ciphers: { esp: "aes256gcm16-x25519,chacha20poly1305-x25519" },
      },
    });
  });

  it("have a domain in lower case and without the root's dot, or none", () => {
    expect(parse({ domain: "Mesh.Example.net." })).toMatchObject({ settings: { domain: "mesh.example.net" } });
    expect(parse({ domain: "" })).toMatchObject({ ok: true, settings: { domain: undefined } });
  });

  it("all that is wrong is said at once, and what is good can still be used", () => {
    const result = parse({ overlayIpv4: "10.66.3.0/16", parallelism: 65, babelProfile: "wan", overlayIpV6: "x" });
    expect(result).toMatchObject({ ok: false, usable: { overlayIpv6: "fd66:66::/64", registryFolder: "nodes/dev" } });
    expect(result.ok ? [] : result.problems).toHaveLength(4);
  });

  test.each<[Record<string, unknown>, string]>([
    [
      { overlayIpv4: undefined },
      "`fullmesh:overlayIpv4` is missing; it must be an IPv4 network in CIDR notation, /8 to /24\n    fix: add `fullmesh:overlayIpv4`: for example: pulumi config set fullmesh:overlayIpv4 10.66.0.0/16",
    ],
    [
      { overlayIpv4: "10.66.3.0/16" },
      '`fullmesh:overlayIpv4` must be an IPv4 network in CIDR notation, /8 to /24, but "10.66.3.0/16" has host bits set\n    fix: for example: pulumi config set fullmesh:overlayIpv4 10.66.0.0/16',
    ],
  ])("%j", (changes, expected) => {
    const result = parse(changes);
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([`Pulumi.dev.yaml:1:1: ${expected}`]);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ overlayIpv4: "10.0.0.0/7" }, '"10.0.0.0/7" is larger than /8'],
    [{ overlayIpv4: "10.0.0.0/25" }, '"10.0.0.0/25" is smaller than /24'],
    [{ overlayIpv4: "fd66::/64" }, '"fd66::/64" is an IPv6 network'],
    [{ overlayIpv4: "10.0.0.0" }, '"10.0.0.0" is no network in CIDR notation'],
    [{ overlayIpv4: "127.0.0.0/8" }, "overlaps 127.0.0.0/8, which is loopback"],
    [{ overlayIpv4: "169.0.0.0/8" }, "overlaps 169.254.0.0/16, which is link-local"],
    [{ overlayIpv6: "fe80::/64" }, "overlaps fe80::/10, which is link-local"],
    [{ overlayIpv6: "::/64" }, "which is unspecified"],
    [{ overlayIpv6: "ff05::/64" }, "overlaps ff00::/8, which is multicast"],
    [{ overlayIpv6: "fd00::/113" }, "is smaller than /112"],
    [{ overlayIpv6: { secure: "v1:abc" } }, "`fullmesh:overlayIpv6` is encrypted"],
    [{ overlayIpv6: [1] }, "but is a list"],
    [{ knownHosts: "" }, "must be a path: absolute"],
    [{ knownHosts: "~bob/hosts" }, 'but is "~bob/hosts"'],
    [{ espProposals: "aes256gcm16" }, '"aes256gcm16" has no key exchange, such as x25519, and so no forward secrecy'],
    [{ organizations: "acme,,lab" }, '"acme,,lab" has "", which is no organization\'s name'],
    [{ organizations: "acme lab" }, '"acme lab" has "acme lab", which is no organization\'s name'],
    [{ cipherProfile: "strong" }, 'must be one of modern, cnsa, chacha, mlkem, but is "strong"'],
    [{ cipherFloor: 96 }, "must be a whole number from 112 to 256, but is"],
    [{ cipherFloor: "high" }, 'must be a whole number from 112 to 256, but is "high"'],
    [{ ppk: "yes" }, 'must be none or required, but is "yes"'],
    [
      { ikeProposals: "aes128-sha1-modp2048,aes256gcm16-prfsha384-x25519" },
      "wants 128 bits of security of each algorithm, but `fullmesh:ikeProposals` has sha1, which counts for 0 and modp2048, which counts for 112",
    ],
    [{ cipherProfile: "chacha", cipherFloor: 192 }, "`fullmesh:cipherProfile` chacha has x25519, which counts for 128"],
    [{ cipherProfile: "cnsa", cipherFloor: 256 }, "`fullmesh:cipherProfile` cnsa has ecp384, which counts for 192"],
    [{ espProposals: "aes256gcm16-x25519-ke1_modp2048" }, "has ke1_modp2048, which counts for 112"],
    [{ dialSeconds: "soon" }, 'must be a whole number from 1 to 60, but is "soon"'],
    [{ dialSeconds: 0.5 }, "must be a whole number from 1 to 60"],
    [{ canary: "The First" }, '"The First" is no tag'],
    [{ domain: "mesh example" }, 'must be a DNS name, or empty, but "mesh example" is no DNS name'],
    [{ domain: "10.77.0.1" }, '"10.77.0.1" is no DNS name'],
    [{ domain: "mesh..net" }, '"mesh..net" is no DNS name'],
    [{ domain: "Mesh.Local." }, '"Mesh.Local." is below local, which resolvers do not ask a DNS server for'],
    [{ domain: "localhost" }, "is below localhost"],
    [{ domain: `${"a".repeat(63)}.`.repeat(3) }, "is longer than 189 characters, and leaves no room"],
    [{ wavePercent: 0 }, "must be a whole number from 1 to 100"],
    [{ purgePackages: "yes" }, 'must be true or false, but is "yes"'],
    [{ ParaIlelism: 3 }, "unknown setting `fullmesh:ParaIlelism`"],
  ])("%j", (changes, expected) => {
    const result = parse(changes);
    expect(result.ok ? "ok" : result.problems.map(({ message }) => message).join("\n")).toContain(expected);
  });

  it("what is too weak is said along with what else is wrong, and once", () => {
    const result = parse({ cipherFloor: 192, ikeProposals: "aes256gcm16-prfsha384-ecp384", parallelism: 65 });
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
      "`fullmesh:cipherFloor` wants 192 bits of security of each algorithm, but `fullmesh:cipherProfile` modern has x25519, which counts for 128",
      '`fullmesh:parallelism` must be a whole number from 1 to 64, but is "65"',
    ]);
  });

  it("a misspelt setting is not missing as well", () => {
    const result = parse({ overlayIpv4: undefined, overlayIPv4: "10.66.0.0/16" });
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
      "unknown setting `fullmesh:overlayIPv4`; did you mean `fullmesh:overlayIpv4`?",
    ]);
  });
});

describe("cipher profiles", () => {
  test.each(cipherProfileNames)("%s has good proposals", (name) => {
    const { ike, esp } = cipherProfiles[name];
    expect([ikeProposalsFault(ike), espProposalsFault(esp)]).toEqual([undefined, undefined]);
    expect(parse({ cipherProfile: name })).toMatchObject({ ok: true, settings: { ciphers: { ike, esp } } });
  });

  it("yield to proposals of one's own, each to its own", () => {
    expect(parse({ cipherProfile: "cnsa", espProposals: "aes128gcm16-ecp256" })).toMatchObject({
      settings: { ciphers: { ike: "aes256gcm16-prfsha384-ecp384", esp: "aes128gcm16-ecp256" } },
    });
  });

  test.each([
    ["modern", 128],
    ["cnsa", 192],
    ["chacha", 128],
    ["mlkem", 128],
  ])("%s passes a floor of %d bits and no higher one", (cipherProfile, floor) => {
    expect(parse({ cipherProfile, cipherFloor: floor }).ok).toBe(true);
    expect(parse({ cipherProfile, cipherFloor: floor + 1 }).ok).toBe(false);
  });

  it("have one that is strong enough named, or what to write where none is", () => {
    const fixes = (changes: Record<string, unknown>): readonly string[] => {
      const result = parse(changes);
      return result.ok ? [] : result.problems.map(({ fix }) => fix);
    };
    expect(fixes({ cipherFloor: 192 })).toEqual([
      "pulumi config set fullmesh:cipherProfile cnsa, or a lower floor if that is what you want",
    ]);
    expect(fixes({ cipherFloor: 256 })).toEqual([
      "no profile is as strong: set fullmesh:ikeProposals and fullmesh:espProposals, of aes256gcm16, prfsha384 and ecp521 for example, or a lower floor if that is what you want",
    ]);
  });
});

describe("proposals", () => {
  test.each([
    "aes256gcm16-prfsha384-x25519",
    "aes256-sha256-modp3072",
    "aes128ctr-sha256-ecp256,chacha20poly1305-prfsha256-curve25519",
    "aes256gcm16-prfsha384-x25519-ke1_mlkem768",
  ])("IKE takes %s", (text) => {
    expect(ikeProposalsFault(text)).toBeUndefined();
  });

  test.each([
    ["", "is empty"],
    ["aes256gcm16-prfsha384-x25519,", "is empty"],
    ["default", 'unknown word "default"'],
    ["aes256gcm16 x25519", "unknown word"],
    ["aes256gcm16-prfmd5-x25519", 'unknown word "prfmd5"'],
    ["aes256gcm16-prfsha384-modp1234", 'unknown word "modp1234"'],
    ["aes256gcm16-prfsha384-x25519-ke1_none", 'unknown word "ke1_none"'],
    ["aes256gcm16-prfsha384-ke1_mlkem768", "no key exchange"],
    ["prfsha384-x25519", "no cipher"],
    ["aes256gcm16-x25519", "no pseudo-random function"],
    ["aes256-prfsha256-x25519", "no integrity algorithm"],
    ["aes256gcm16-aes256-sha256-x25519", "mixes ciphers"],
    ["aes256gcm16-prfsha384", "no key exchange"],
  ])("IKE refuses %j", (text, fault) => {
    expect(ikeProposalsFault(text)).toContain(fault);
  });

  test.each([
    ["null-sha256-x25519", 'unknown word "null"'],
    ["aes256-sha256-x25519", "without integrity of its own"],
    ["aes256gcm16-prfsha384-x25519", "which only IKE proposals have"],
    ["aes256gcm16-modpnone", "unknown word"],
    ["aes256gcm16-x25519,chacha20poly1305", '"chacha20poly1305" has no key exchange'],
  ])("ESP refuses %j", (text, fault) => {
    expect(espProposalsFault(text)).toContain(fault);
  });

  it("ESP takes AEAD ciphers with a key exchange", () => {
    expect(espProposalsFault("aes256gcm16-x25519-esn, aes128ccm8-ecp384")).toBeUndefined();
  });
});
