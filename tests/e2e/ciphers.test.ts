import { TestMesh } from "./testMesh";

/** Three nodes whose links change their ciphers: what strongSwan cannot do is refused, and the rest is what the links then have. */
let mesh: TestMesh;
const names = ["fra1", "nyc1", "tyo1"] as const;
const ppkFile = "/etc/swanctl/conf.d/fullmesh-ppk.conf";

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  for (const name of names) mesh.writeNode(name);
});

const onEach = (command: string): Promise<readonly string[]> =>
  Promise.all(names.map((name) => mesh.on(name, command)));

/**
 * The algorithms of the IKE_SAs, as swanctl writes them: `AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384/PPK`. Of those that stand: who answers keeps one that its
 * peer gave up, for lack of a preshared key, for half a minute.
 */
async function ikeAlgorithms(): Promise<readonly string[]> {
  const sas = await onEach("swanctl --list-sas");
  const established = sas.map((text) => text.split(/^(?=\S)/m).filter((sa) => sa.includes(", ESTABLISHED,")));
  for (const ofNode of established) expect(ofNode.length).toBeGreaterThanOrEqual(names.length - 1);
  return [...new Set(established.flat().map((sa) => /^ {2}(\S+\/PRF_\S+)$/m.exec(sa)?.[1] ?? sa))];
}

/** The ciphers of all CHILD_SAs. */
async function espCiphers(): Promise<readonly string[]> {
  const sas = await onEach("swanctl --list-sas");
  return [...new Set(sas.flatMap((text) => text.match(/ESP:[A-Z0-9_]+/g) ?? []))];
}

test("ML-KEM is refused for each host, with the strongSwan that is there and the one it takes, and no host is touched", async () => {
  mesh.writeSettings({ cipherProfile: "mlkem" });
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  expect(status).not.toBe(0);
  for (const name of names) {
    expect(output).toContain(`${name} (install): ke1_mlkem768 needs strongSwan 6.0.2, and this host has 5.9.8-`);
    expect((await mesh.lab.exec(mesh.host(name).name, "test -e /var/lib/fullmesh")).code).toBe(1);
  }
});

test("CNSA's ciphers and preshared keys are what every link has", async () => {
  mesh.writeSettings({ cipherProfile: "cnsa", cipherFloor: 192, ppk: "required" });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  expect(await ikeAlgorithms()).toEqual(["AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384/PPK"]);
  expect(await espCiphers()).toEqual(["ESP:AES_GCM_16"]);
  const journal = await mesh.on("fra1", "journalctl -u strongswan --no-pager");
  for (const pair of ["fullmesh-1-2", "fullmesh-1-3"]) expect(journal).toContain(`using PPK for PPK_ID '${pair}'`);
});

test("a preshared key is in root's file alone: in no other, not in the journal, and not in the state", async () => {
  expect(await mesh.on("fra1", `stat -c %a ${ppkFile}`)).toBe("600\n");
  const keys = (await mesh.on("fra1", `sed -n 's/.*secret = 0x//p' ${ppkFile}`)).trim().split("\n");
  expect(keys).toHaveLength(2);
  const state = await mesh.run("stack", "export");
  expect(state.status).toBe(0);
  expect(state.output).toContain("fullmesh-1-2");
  for (const key of keys) {
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(state.output).not.toContain(key);
    const holding = await mesh.on(
      "fra1",
      `journalctl --no-pager | grep -F ${key}; grep -rlsF ${key} /etc /run /tmp /usr/local /var/lib/fullmesh /var/log /var/tmp || :`,
    );
    expect(holding).toBe(`${ppkFile}\n`);
  }
});

test("another profile without preshared keys takes the place of both, and their files go", async () => {
  mesh.writeSettings({ cipherProfile: "chacha" });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  expect(await ikeAlgorithms()).toEqual([
    expect.stringMatching(/^CHACHA20_POLY1305\S*\/PRF_HMAC_SHA2_384\/CURVE_25519$/),
  ]);
  expect(await espCiphers()).toEqual(["ESP:CHACHA20_POLY1305"]);
  await onEach(`test ! -e ${ppkFile}`);
});

test("a running mesh takes preshared keys on", async () => {
  mesh.writeSettings({ cipherProfile: "chacha", ppk: "required" });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  expect(await ikeAlgorithms()).toEqual([expect.stringMatching(/^CHACHA20_POLY1305\S*\/PRF_\S+\/CURVE_25519\/PPK$/)]);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});
