import type { HostFile } from "../../../core/render/hostFile";
import { keyOfText } from "../../registry/arbitraryRegistry";
import type { PublicKeys } from "../../../core/render/swanctl";
import { apply, filesOf } from "../hostBundles";
import { fourNodes } from "../plainMeshes";
import { say } from "../say";
import { nodeNames, TestMesh, type NodeName } from "../testMesh";

/**
 * A key is stolen and revoked, and all others must let go of whatever its thief does to stay. sao1 is on Debian 13, the others on Debian 12. tyo1's peers initiate to it
 * or are initiated to by it, and so are nyc1's: each release has either role.
 */
let mesh: TestMesh;

TestMesh.setUp(fourNodes, (made) => {
  mesh = made;
});

/** What `apply` gives to each other node. */
async function others(stolen: NodeName, keys: PublicKeys): Promise<ReadonlyMap<NodeName, readonly HostFile[]>> {
  const names = nodeNames.filter((name) => name !== stolen);
  return new Map(await Promise.all(names.map(async (name) => [name, await filesOf(mesh, name, keys)] as const)));
}

const connections = "swanctl --list-conns --raw 2>/dev/null | sed -n 's/^list-conn event {\\(fm[^ ]*\\).*/\\1/p'";
const initiateAll = `for name in $(${connections}); do swanctl --initiate --ike $name --child overlay --timeout -1; done`;
const ids = "swanctl --list-sas --raw 2>/dev/null | sed -n 's/.* {uniqueid=\\([0-9]*\\) version=.*/\\1/p'";

const thieves = {
  "rekeys IKE_SA and CHILD_SA each second": `while :; do
    for id in $(${ids}); do swanctl --rekey --ike-id $id; done
    swanctl --rekey --child overlay
    sleep 1
  done`,
  "opens ten CHILD_SAs on each IKE_SA": `
    sed -i 's/reuse_ikesa = no/reuse_ikesa = yes/' /etc/strongswan.d/fullmesh.conf
    systemctl restart strongswan
    for try in 1 2 3 4 5 6 7 8 9 10; do ${initiateAll}; sleep 0.3; done
    while :; do swanctl --rekey --child overlay; sleep 1; done`,
  "terminates and re-establishes at once": `while :; do
    for id in $(${ids}); do swanctl --terminate --ike-id $id --timeout -1; done
    ${initiateAll}
    sleep 0.5
  done`,
} as const;

/** Lines `MILLISECONDS IKE_SAS STATES`: what there is of SAs with a node for 10 s, as charon has established them and as the kernel has them. */
const watch = (node: NodeName): string => `
  set -- $(awk '$1 == "link" && $2 ~ /^fm[0-9a-f]+-${node}$/ { print $2, sprintf("0x%x", $3) }' /etc/fullmesh/links.conf)
  started=$(date +%s%N) passed=0
  while [ $passed -lt 10000 ]; do
    passed=$(( ($(date +%s%N) - started) / 1000000 ))
    echo "$passed $(swanctl --list-sas --raw 2>/dev/null | grep -c "event {$1[^}]* state=ESTABLISHED") $(ip xfrm state | grep -c "if_id $2\\b")"
    sleep 0.2
  done`;

/** Whether the thief is there at all. */
const isThere = (node: NodeName): string =>
  `swanctl --list-sas --raw 2>/dev/null | grep -q "event {fm[0-9a-f]*-${node}.* state=INSTALLED"`;

describe.each(["nyc1", "tyo1"] as const)("the key of %s", (stolen) => {
  afterEach(async () => {
    await mesh.on(
      stolen,
      `systemctl stop thief; systemctl reset-failed thief 2>/dev/null
       sed -i 's/reuse_ikesa = yes/reuse_ikesa = no/' /etc/strongswan.d/fullmesh.conf; systemctl restart strongswan`,
    );
    for (const [name, files] of await others(stolen, {}))
      expect(await apply(mesh, name, files)).toMatchObject({ status: 0 });
    await mesh.untilHealthy();
  });

  test.each(Object.entries(thieves))("with a thief who %s", async (_, script) => {
    const revoking = await others(stolen, { [stolen]: [keyOfText(`another key of ${stolen}`)] });
    await mesh.lab.exec(mesh.host(stolen).name, "cat >/run/thief", { stdin: script });
    await mesh.on(stolen, "systemd-run --quiet --unit thief sh /run/thief; sleep 6");
    await Promise.all(
      [...revoking].map(async ([name, files]) => {
        await mesh.until(name, isThere(stolen), 30);
        expect(await apply(mesh, name, files)).toMatchObject({ status: 0 });
        const looks = (await mesh.on(name, watch(stolen), 60)).trim().split("\n");
        const found = looks.filter((look) => !look.endsWith(" 0 0"));
        say(`${name}: ${looks.length} looks, of which ${found.length} found SAs: ${found.slice(-3).join(", ")}\n`);
        expect(Number.parseInt(looks.at(-1) ?? "")).toBeGreaterThanOrEqual(10_000);
        expect(found.filter((look) => Number.parseInt(look) > 2000)).toEqual([]);
      }),
    );
  });
});
