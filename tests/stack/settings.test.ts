import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { formatProblem } from "../../core/registry/problem";
import { settingsSchema } from "../../core/registry/settingsSchema";
import { babelProfiles } from "../../core/registry/babelProfile";
import { settingsFromEngine, settingsFromPulumiYaml } from "../../stack/settings";
import { projectWith } from "./project";

const pulumiYaml = readFileSync(join(__dirname, "../../Pulumi.yaml"), "utf8");

function project(config: string): string {
  return projectWith({ "Pulumi.yaml": pulumiYaml, "Pulumi.dev.yaml": `encryptionsalt: v1:x\nconfig:\n${config}` });
}

const overlay = "  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n";

describe("settings from the files", () => {
  it("take their defaults from Pulumi.yaml, and make paths absolute", () => {
    const folder = project(`${overlay}  fullmesh:parallelism: "4"\n  fullmesh:sshKey: .lab/id\n  other:key: {a: 1}\n`);
    expect(settingsFromPulumiYaml(folder, "dev")).toEqual({
      ok: true,
      settings: {
        overlayIpv4: "10.66.0.0/16",
        overlayIpv6: "fd66:66::/64",
        ciphers: { ike: "aes256gcm16-prfsha384-x25519", esp: "aes256gcm16-x25519,chacha20poly1305-x25519" },
        cipherFloor: 128,
        ppk: "none",
        babel: babelProfiles.continental,
        metrics: "none",
        registryFolder: join(folder, "nodes/dev"),
        knownHostsFile: join(homedir(), ".ssh/known_hosts"),
        sshLogin: { kind: "keyFile", file: join(folder, ".lab/id") },
        parallelism: 4,
        dialSeconds: 10,
        driftDetection: false,
        canary: undefined,
        wavePercent: 50,
        blastCapPercent: 50,
        purgePackages: false,
        keySource: "state",
        domain: undefined,
        organizations: [],
      },
    });
  });

  test.each(["16", '"16"', "020", "0x10", "0b1_0000", "1_6", "1.6e1"])(
    "have 16 where %s is written, as for Pulumi",
    (written) => {
      const folder = project(
        `${overlay}  fullmesh:parallelism: ${written}\n  fullmesh:canary: ~\n  fullmesh:sshKey:\n`,
      );
      expect(settingsFromPulumiYaml(folder, "dev")).toMatchObject({
        ok: true,
        settings: { parallelism: 16, canary: undefined, sshLogin: { kind: "agent" } },
      });
    },
  );

  it("say where each bad value is", () => {
    const folder = project(
      "  fullmesh:overlayIpv4: 10.66.0.0/30\n  fullmesh:overlayIpv6:\n    secure: v1:abc\n  fullmesh:paralellism: 4\n",
    );
    const result = settingsFromPulumiYaml(folder, "dev");
    const shown = result.ok
      ? []
      : result.problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ""));
    expect(shown).toEqual([
      'Pulumi.dev.yaml:3:25: `fullmesh:overlayIpv4` must be an IPv4 network in CIDR notation, /8 to /24, but "10.66.0.0/30" is smaller than /24\n' +
        "    fix: for example: pulumi config set fullmesh:overlayIpv4 10.66.0.0/16",
      "Pulumi.dev.yaml:5:5: `fullmesh:overlayIpv6` is encrypted, but fullmesh reads its settings without the stack's passphrase; none of them is a secret\n" +
        "    fix: pulumi config set --plaintext fullmesh:overlayIpv6 <value>",
      expect.stringMatching(/^Pulumi\.dev\.yaml:6:\d+: unknown setting `fullmesh:paralellism`/),
    ]);
  });

  it("say where ciphers are too weak: at the setting that holds them, though that is a default", () => {
    const folder = project(`${overlay}  fullmesh:cipherFloor: 192\n  fullmesh:espProposals: aes128gcm16-ecp384\n`);
    const result = settingsFromPulumiYaml(folder, "dev");
    const profileLine = pulumiYaml.split("\n").indexOf("    default: modern") + 1;
    const shown = result.ok
      ? []
      : result.problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ""));
    expect(shown).toEqual([
      "Pulumi.dev.yaml:6:26: `fullmesh:cipherFloor` wants 192 bits of security of each algorithm, but `fullmesh:espProposals` has aes128gcm16, which counts for 128\n" +
        "    fix: write stronger ones, of aes256gcm16, prfsha384 and ecp384 for example, or a lower floor if that is what you want",
      `Pulumi.yaml:${profileLine}:14: \`fullmesh:cipherFloor\` wants 192 bits of security of each algorithm, but \`fullmesh:cipherProfile\` modern has x25519, which counts for 128\n` +
        "    fix: pulumi config set fullmesh:cipherProfile cnsa, or a lower floor if that is what you want",
    ]);
  });

  it("say that a file is missing or no YAML", () => {
    const folder = projectWith({ "Pulumi.dev.yaml": "config: [\n" });
    const result = settingsFromPulumiYaml(folder, "dev");
    expect(result.ok ? [] : result.problems.map(({ file }) => file.slice(folder.length + 1))).toEqual([
      "Pulumi.dev.yaml",
      "Pulumi.yaml",
    ]);
  });

  it("know every setting that Pulumi.yaml declares, and no other", () => {
    const declared = [...pulumiYaml.matchAll(/^ {2}fullmesh:(\w+):$/gm)].map(([, name]) => name);
    expect(Object.keys(settingsSchema.shape).sort()).toEqual(declared.sort());
  });
});

describe("settings from the engine", () => {
  it("are those from the files", () => {
    const folder = project(overlay);
    // What the engine hands to the program: every value as text, defaults filled in.
    const config = {
      "fullmesh:overlayIpv4": "10.66.0.0/16",
      "fullmesh:overlayIpv6": "fd66:66::/64",
      "fullmesh:registry": "",
      "fullmesh:organizations": "",
      "fullmesh:knownHosts": "~/.ssh/known_hosts",
      "fullmesh:sshKey": "",
      "fullmesh:cipherProfile": "modern",
      "fullmesh:cipherFloor": "128",
      "fullmesh:ikeProposals": "",
      "fullmesh:espProposals": "",
      "fullmesh:ppk": "none",
      "fullmesh:babelProfile": "continental",
      "fullmesh:parallelism": "16",
      "fullmesh:dialSeconds": "10",
      "fullmesh:driftDetection": "false",
      "fullmesh:canary": "",
      "fullmesh:wavePercent": "50",
      "fullmesh:blastCapPercent": "50",
      "fullmesh:purgePackages": "false",
      "pulumi:tags": "{}",
    };
    expect(settingsFromEngine(folder, "dev", config)).toEqual(settingsFromPulumiYaml(folder, "dev"));
  });

  it("say where the bad value is in the stack's file", () => {
    const result = settingsFromEngine(project(overlay.replace("/16", "/4")), "dev", {
      "fullmesh:overlayIpv4": "10.66.0.0/4",
    });
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? [] : result.problems).toContainEqual(expect.objectContaining({ line: 3, column: 25 }));
  });
});
