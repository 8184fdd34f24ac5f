import { difference, inventory } from "../inventory";
import { TestMesh } from "../testMesh";

/** Bare hosts get a mesh, and are bare again. */
let mesh: TestMesh;
const hosts = ["h2", "h4"] as const;
const behindSao1 = "10.9.0.0/24";
let before: readonly (readonly string[])[];

const inventories = (): Promise<readonly (readonly string[])[]> =>
  Promise.all(hosts.map((host) => inventory(mesh.lab, host)));

TestMesh.setUp("bare", async (made) => {
  mesh = made;
  mesh.writeNode("nyc1");
  mesh.writeNode("sao1", { prefixes: [behindSao1] });
  before = await inventories();
});

test("up installs what is missing, though the first one is killed half-way", async () => {
  // Of what this did on the hosts, the state knows nothing.
  expect(await mesh.runKilled(/sao1-apply creating/, "up", "--yes", "--skip-preview")).toBe(true);
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await mesh.on("sao1", `ip link add behind type dummy; ip link set behind up; ip route add ${behindSao1} dev behind`);
  await mesh.until("nyc1", `ip route show proto babel ${behindSao1} | grep -q .`, 60);
});

test("destroy leaves every host as it was found, though charon dies on one without taking leave", async () => {
  await mesh.on(
    "nyc1",
    `mkdir -p /run/systemd/system/strongswan.service.d
     printf '[Service]\nKillSignal=SIGKILL\n' >/run/systemd/system/strongswan.service.d/kill.conf
     systemctl daemon-reload`,
  );
  await mesh.on("sao1", "ip link del behind");
  expect((await mesh.run("destroy", "--yes", "--skip-preview", "--run-program")).status).toBe(0);
  const after = await inventories();
  const differences = hosts.map((host, index) => [host, difference(before[index] ?? [], after[index] ?? [])]);
  expect(differences).toEqual(hosts.map((host) => [host, []]));
});
