import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundle } from "../../core/render/bundle";
import type { HostFile } from "../../core/render/hostFile";
import { killer } from "./killer";

const scripts = join(__dirname, "../../host");

/** Programs that agree to everything, and note in `calls` what they were asked. */
const programs = {
  systemctl: `case $1 in is-active) [ ! -e /booting ] ;; show) shift 2; for unit; do printf 'Id=%s\\nActiveState=%s\\nUnitFileState=enabled\\n\\n' "$unit" "$([ -e /booting ] || echo active)"; done ;; esac`,
  swanctl: "",
  nft: "",
  babeld: `while [ $# -gt 0 ]; do file=$2; shift 2; [ "$file" = "\${file%/stop}" ] || echo "Couldn't parse configuration from file $file (error at line 1)."; done; exit 1`,
  modprobe: "",
  networkctl: "",
  sync: "",
} as const;

/** What became of a script that was to be killed. */
export interface Killed {
  readonly killed: boolean;
  /** Its commands until then. */
  readonly steps: number;
}

/** A folder that the scripts of a node take for its root, with programs beside them that do nothing. */
export class FakeHost {
  readonly root = mkdtempSync(join(tmpdir(), "fullmesh-host-"));

  constructor(readonly node: string) {
    const names = ["prelude", "associations", "bundle", "revocation", "checks", "apply"];
    for (const name of names) this.program(`usr/local/lib/fullmesh/${name}`, this.rooted(name));
    for (const name of ["links", "babel", "drift"]) this.program(`usr/local/lib/fullmesh/${name}`, "#!/bin/sh\n");
    this.program("usr/local/lib/fullmesh/dial", `#!/bin/sh\necho "dial $*" >>${this.root}/calls\n`);
    this.resetPrograms();
    this.write("killer", killer);
    for (const folder of ["etc/systemd/system", "etc/swanctl/conf.d", "tmp"])
      mkdirSync(join(this.root, folder), { recursive: true });
  }

  /** Programs that agree to everything again. */
  resetPrograms(): void {
    for (const [name, text] of Object.entries(programs)) this.placeProgram(name, text);
  }

  /** From now on systemd says of timers that they do not run. */
  stopTimers(): void {
    this.placeProgram(
      "systemctl",
      programs.systemctl.replace("echo active", "case $unit in *.timer) echo inactive ;; *) echo active ;; esac"),
    );
  }

  /** `apply` with these files on stdin. */
  apply(files: readonly HostFile[]): SpawnSyncReturns<string> {
    return this.run(["sh", this.path("usr/local/lib/fullmesh/apply"), this.node], this.bundle(files));
  }

  /**
   * The script `dial`, with a charon whose IKE_SAs stand in the file `sas`, as `swanctl --list-sas --raw` has them, and which answers to `--initiate` and `--terminate` like
   * this, and after each list; the kernel's policies and states are lines in the file `xfrm`.
   */
  dial(how: string, stdin: string, onInitiate = "", onTerminate = "", onList = ""): SpawnSyncReturns<string> {
    this.program("usr/local/lib/fullmesh/dial", this.rooted("dial"));
    this.placeProgram("ip", `cd ${this.root}; if [ -e xfrm ]; then grep -e "$3" xfrm; fi`);
    this.placeProgram(
      "swanctl",
      `cd ${this.root}; case $1 in
      --list-sas) cat sas; ${onList}
      ;;
      --initiate) ${onInitiate} : ;;
      --terminate) ${onTerminate}
      ;;
      esac`,
    );
    return this.run(["sh", this.path("usr/local/lib/fullmesh/dial"), how], stdin);
  }

  /** The settings that the script `dial` has swanctl read, as a path on the host; empty where they are swanctl's own. */
  swanctlSettings(): string {
    rmSync(this.path("settings"), { force: true });
    for (const name of ["prelude", "associations"]) this.program(`usr/local/lib/fullmesh/${name}`, this.rooted(name));
    this.write("sas", "");
    this.dial("missing", "", "", "", `echo "$STRONGSWAN_CONF" >settings`);
    return this.read("settings").trim().replace(this.root, "");
  }

  /** What `babel check` says where babeld's dump and the kernel's routes of either family are these. */
  babelCheck(dump: string, routes: { readonly ip4: string; readonly ip6: string }): readonly string[] {
    this.program("usr/local/lib/fullmesh/babel", this.rooted("babel"));
    for (const [file, text] of Object.entries({ dump, ...routes })) this.write(file, text);
    this.placeProgram("perl", `cat ${this.root}/dump`);
    this.placeProgram("ip", `case $1 in -6) cat ${this.root}/ip6 ;; *) cat ${this.root}/ip4 ;; esac`);
    mkdirSync(this.path("run/fullmesh"), { recursive: true });
    const { stdout } = this.run(["sh", this.path("usr/local/lib/fullmesh/babel"), "check"], "");
    return stdout.split("\n").filter((line) => line !== "");
  }

  /**
   * The script `metrics`, on a host whose programs say these texts; one that is not given fails. The bundle and the switch are files of the host.
   *
   * @param says by `sas` (charon), `babel`, `links`, `routes4`, `routes6` (ip) and `services` (systemctl)
   */
  metrics(
    how: "write" | "remove",
    table: string,
    says: Readonly<Partial<Record<"sas" | "babel" | "links" | "routes4" | "routes6" | "services", string>>>,
    drift = "",
  ): SpawnSyncReturns<string> {
    for (const name of ["metrics", "prelude", "associations"])
      this.program(`usr/local/lib/fullmesh/${name}`, this.rooted(name));
    this.program("usr/local/lib/fullmesh/babel", `#!/bin/sh\ncat >/dev/null\ncat ${this.root}/says/babel\n`);
    this.program("usr/local/lib/fullmesh/drift", `#!/bin/sh\n${drift}\necho end\n`);
    const said = (name: string): string => `exec cat ${this.root}/says/${name}`;
    this.placeProgram("swanctl", said("sas"));
    this.placeProgram("systemctl", said("services"));
    this.placeProgram(
      "ip",
      `case $* in *link*) ${said("links")} ;; *-6*) ${said("routes6")} ;; *) ${said("routes4")} ;; esac`,
    );
    rmSync(this.path("says"), { recursive: true, force: true });
    for (const [name, text] of Object.entries(says)) this.write(`says/${name}`, text);
    mkdirSync(this.path("var/lib/fullmesh"), { recursive: true });
    if (table !== "") this.write("etc/fullmesh/metrics.conf", table);
    return this.run(["sh", this.path("usr/local/lib/fullmesh/metrics"), how], "");
  }

  /** What `drift` says of the files, with paths as on a host, in the order of the alphabet; with `files`, as where it is asked for these alone. */
  drift(how?: "files"): readonly string[] {
    const { stdout } = this.run(
      ["sh", "-s", ...(how === undefined ? [] : [how])],
      this.rooted("drift").replace(/^work=/m, "services() { :; }\nlive() { :; }\nruns() { false; }\nwork="),
    );
    return stdout.replaceAll(this.root, "").trim().split("\n").sort();
  }

  /** The same, killed at its command of that number, or counted to the end. */
  applyKilled(files: readonly HostFile[], at: number | undefined): Killed {
    return this.killed(this.node, this.bundle(files), at);
  }

  /** What runs at a boot, before anything else. */
  boot(): SpawnSyncReturns<string> {
    return this.booting(() => this.run(["sh", this.path("usr/local/lib/fullmesh/apply"), "--boot"], ""));
  }

  /** The same, killed at its command of that number, or counted to the end. */
  bootKilled(at: number | undefined): Killed {
    return this.booting(() => this.killed("--boot", "", at));
  }

  /** charon refuses connections when this condition of the shell holds. */
  refuse(when: string): void {
    const answer = `if ${when}; then echo "loading connection failed: no such proposal"; exit 1; fi`;
    this.placeProgram("swanctl", `case $* in --load-conns) ${answer} ;; esac`);
  }

  /** The script `preflight`, on a host whose programs say this, and which lacks some that this machine has; a folder of it may be read-only. */
  preflight(
    args: readonly string[],
    says: Readonly<Record<string, string>>,
    missing: readonly string[] = [],
    readOnly?: string,
  ): SpawnSyncReturns<string> {
    for (const [name, text] of Object.entries(says)) this.placeProgram(name, text);
    for (const name of missing) rmSync(this.path(`bin/${name}`), { force: true });
    const text = ["prelude", "packages", "filters", "preflight"]
      .map((name) => this.rooted(name).replace(/(?<= )\/(sys|proc)\//g, `${this.root}/$1/`))
      .join("");
    const path = missing.length === 0 ? "$&" : `export PATH=${this.path("bin")}:${this.systemWithout(missing)}`;
    const shell =
      readOnly === undefined
        ? ["sh", "-s"]
        : ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o ro none "$0" && exec sh -s "$@"', this.path(readOnly)];
    return this.run([...shell, ...args], text.replace(/^export PATH=.*/m, path));
  }

  /** The script `install`, with these scripts to place, on a host whose programs say this. */
  install(scripts: Readonly<Record<string, string>>, says: Readonly<Record<string, string>>): SpawnSyncReturns<string> {
    for (const folder of ["run/systemd/system", "usr/local/lib", "var/log"])
      mkdirSync(join(this.root, folder), { recursive: true });
    for (const [name, text] of Object.entries(says)) this.placeProgram(name, text);
    const text = ["prelude", "packages", "install"].map((name) => this.rooted(name)).join("");
    const placed = Object.entries(scripts).map(([name, script]) => `=====> ${name}\n${script}`);
    return this.run(["sh", "-s", this.node], text.replace("# @scripts@\n", placed.join("")));
  }

  /** The script `key` with these secrets on stdin. */
  key(secrets: string): SpawnSyncReturns<string> {
    mkdirSync(join(this.root, "etc/swanctl/private"), { recursive: true });
    this.program("usr/local/lib/fullmesh/key", this.rooted("key"));
    return this.run(["sh", this.path("usr/local/lib/fullmesh/key"), this.node], secrets);
  }

  /** The script `verify`, where charon and babeld say what stands in the files `sas` and `babel`. */
  verify(how: string, expected: string): SpawnSyncReturns<string> {
    this.program("usr/local/lib/fullmesh/verify", this.rooted("verify"));
    this.program("usr/local/lib/fullmesh/babel", `#!/bin/sh\ncat ${this.root}/babel\n`);
    this.placeProgram("swanctl", `case $1 in --list-sas) cat ${this.root}/sas ;; esac`);
    return this.run(["sh", this.path("usr/local/lib/fullmesh/verify"), this.node, how], expected);
  }

  /** A script on stdin of a shell, given a folder of this host. */
  shell(script: string, folder: string): SpawnSyncReturns<string> {
    return this.run(["sh", "-s", this.path(folder)], script);
  }

  /** As a bundle places them here. */
  bundle(files: readonly HostFile[]): string {
    return bundle(
      this.node,
      files.map((file) => ({ ...file, path: join(this.root, file.path) })),
    );
  }

  /** All files below /etc, with what is in them. */
  etc(): Readonly<Record<string, string>> {
    const paths = readdirSync(this.path("etc"), { recursive: true, encoding: "utf8" }).map((name) =>
      this.path(`etc/${name}`),
    );
    const files = paths.filter((path) => statSync(path).isFile());
    return Object.fromEntries(files.sort().map((file) => [file.slice(this.root.length), readFileSync(file, "utf8")]));
  }

  /** What the node keeps of itself. */
  state(): readonly string[] {
    return readdirSync(this.path("var/lib/fullmesh")).sort();
  }

  /** What programs were asked since the last time. */
  calls(): readonly string[] {
    const calls = this.has("calls") ? this.read("calls").split("\n") : [];
    rmSync(this.path("calls"), { force: true });
    return calls.filter((line) => line !== "");
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  removeFile(path: string): void {
    rmSync(this.path(path));
  }

  removeFolder(path: string): void {
    rmSync(this.path(path), { recursive: true });
  }

  /** A script or program in place of the one that is there. */
  program(path: string, text: string): void {
    this.write(path, text);
    chmodSync(this.path(path), 0o755);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  private placeProgram(name: string, text: string): void {
    const rooted = text.replaceAll("/booting", `${this.root}/booting`);
    this.program(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >>${this.root}/calls\n${rooted}\n`);
  }

  /** What is not on a disk goes, and no daemon runs yet. */
  private booting<T>(work: () => T): T {
    rmSync(this.path("run"), { recursive: true, force: true });
    this.write("booting", "");
    const result = work();
    rmSync(this.path("booting"));
    return result;
  }

  private killed(argument: string, stdin: string, at: number | undefined): Killed {
    this.write("steps", "");
    const env = {
      BASH_ENV: this.path("killer"),
      STEPS: this.path("steps"),
      ...(at === undefined ? {} : { KILL_AT: `${at}` }),
    };
    const command = ["setsid", "--wait", "bash", this.path("usr/local/lib/fullmesh/apply"), argument];
    const { signal } = this.run(command, stdin, env);
    return { killed: signal === "SIGKILL", steps: this.read("steps").split("\n").length - 1 };
  }

  private path(path: string): string {
    return join(this.root, path);
  }

  /** A folder with the programs of this machine but some. */
  private systemWithout(missing: readonly string[]): string {
    const folder = this.path(`without-${missing.join("-")}`);
    mkdirSync(folder);
    for (const system of ["/usr/bin", "/usr/sbin"])
      for (const name of readdirSync(system))
        if (!missing.includes(name) && !existsSync(join(folder, name)))
          symlinkSync(join(system, name), join(folder, name));
    return folder;
  }

  /** A script of the project, with this folder as its root. */
  private rooted(name: string): string {
    return readFileSync(join(scripts, `${name}.sh`), "utf8")
      .replace(/(?<=["'= (]|^\. )\/(etc|usr\/local\/lib|var\/lib|var\/log|run)\//gm, `${this.root}/$1/`)
      .replace("export PATH=", `export PATH=${this.root}/bin:`);
  }

  private run(
    command: readonly string[],
    stdin: string,
    env: Readonly<Record<string, string>> = {},
  ): SpawnSyncReturns<string> {
    const [program = "", ...args] = command;
    return spawnSync(program, args, {
      input: stdin,
      encoding: "utf8",
      timeout: 60_000,
      env: { PATH: process.env.PATH ?? "", TMPDIR: this.path("tmp"), ...env },
    });
  }
}
