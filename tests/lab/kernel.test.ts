import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeKernel, kernelKey, umlKernel } from "../../lab/vm/uml/kernel/buildKernel";
import { missingSettings } from "../../lab/vm/uml/kernel/settings";
import { backportsLine, newestSource } from "../../lab/vm/uml/kernel/source";

describe("the kernel in the cache", () => {
  let cache = "";
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "lab-kernel-"));
  });
  afterEach(() => {
    rmSync(cache, { recursive: true });
  });

  function put(version: string, content: string, checksumOf = content): string {
    const folder = join(cache, `${kernelKey()}-${version}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "linux"), content);
    const sum = createHash("sha256").update(checksumOf).digest("hex");
    writeFileSync(join(folder, "linux.sha256"), `${sum}  linux\n`);
    return join(folder, "linux");
  }

  test("of several the one of the newest Linux is taken", () => {
    put("7.9.12-1~bpo13+1", "older");
    const newest = put("7.10.2-1~bpo13+1", "newest");
    put("7.9.9-2~bpo13+1", "oldest");
    expect(umlKernel(cache)).toBe(newest);
    expect(describeKernel(newest)).toEqual({
      linux: "7.10.2-1~bpo13+1",
      bytes: 6,
      sha256: createHash("sha256").update("newest").digest("hex"),
    });
  });

  test("one with a wrong checksum, or with none, is as good as none", () => {
    expect(umlKernel(join(cache, "absent"))).toBeUndefined();
    const intact = put("7.3.4-1", "intact");
    put("7.3.5-1", "cut off in the mid", "cut off in the middle");
    mkdirSync(join(cache, `${kernelKey()}-7.3.6-1`));
    expect(readdirSync(cache)).toHaveLength(3);
    expect(umlKernel(cache)).toBe(intact);
  });

  test("another configuration's kernel is not taken", () => {
    const folder = join(cache, "0123456789abcdef-7.3.4-1");
    mkdirSync(folder);
    writeFileSync(join(folder, "linux"), "");
    writeFileSync(join(folder, "linux.sha256"), `${createHash("sha256").update("").digest("hex")}  linux\n`);
    expect(umlKernel(cache)).toBeUndefined();
  });
});

describe("the source", () => {
  const search = (...versions: string[]): string =>
    versions
      .map((version) => `linux-source-${version} - Linux kernel source for version ${version} with Debian patches\n`)
      .join("");

  test("is the newest by number", () => {
    expect(newestSource(search("6.17", "7.9", "7.10", "6.18"))).toBe("linux-source-7.10");
  });

  test("is none where all are too old for seccomp mode", () => {
    expect(newestSource(search("6.1", "6.12", "6.15"))).toBeUndefined();
    expect(newestSource(search("6.12", "6.16"))).toBe("linux-source-6.16");
    expect(newestSource("linux-source - Linux kernel source (meta-package)\n")).toBeUndefined();
  });

  test("comes from the mirror that has the release itself", () => {
    const lines = [
      "deb http://mirror.example/debian/ trixie main",
      "deb http://mirror.example/debian/ trixie-updates main",
      "deb http://security.example/ trixie-security main",
    ];
    expect(backportsLine(lines)).toBe(
      "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian/ trixie-backports main",
    );
    expect(backportsLine(lines.slice(1))).toBeUndefined();
  });
});

test("settings that the kernel did not take are found, comments and values with spaces or not", () => {
  const wanted = '# CONFIG_OFF=y\n\nCONFIG_NET=y\nCONFIG_GONE=y\nCONFIG_CON_CHAN="null"\nCONFIG_EXT4_FS=y\n';
  const made = 'CONFIG_NET=y\n# CONFIG_EXT4_FS is not set\nCONFIG_CON_CHAN="xterm"\nCONFIG_OTHER=y\n';
  expect(missingSettings(wanted, made)).toEqual(["CONFIG_GONE=y", 'CONFIG_CON_CHAN="null"', "CONFIG_EXT4_FS=y"]);
});
