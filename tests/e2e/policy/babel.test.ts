import { lossy, SteadyPing } from "../steadyPing";
import { TestMesh } from "../testMesh";
import { hubsAndLeaves } from "./hubsAndLeaves";
import { say } from "../say";

/** fra1 and nyc1 are hubs, tyo1 and sao1 leaves: what babel believes of a leaf, and what becomes of the traffic when babeld starts again. */
let mesh: TestMesh;

TestMesh.setUp(hubsAndLeaves, (made) => {
  mesh = made;
});

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("a leaf that announces a hub's address and a default route is not believed", async () => {
  const toTyo1 = "fm300-tyo1";
  const dump = "echo dump | /usr/local/lib/fullmesh/babel say";
  const heard = (prefix: string): string => `${dump} | grep -q '^add route .* prefix ${prefix} .* if ${toTyo1}$'`;
  const configuration = "/etc/fullmesh/babeld.conf";
  await mesh.on(
    "tyo1",
    `cp -p ${configuration} /run/babeld.conf
     sed -i -e '/^out /d' -e 's|^redistribute local deny|redistribute local allow\\nredistribute ip 0.0.0.0/0 eq 0 allow|' ${configuration}
     ip address add 10.43.0.2/32 dev lo; ip route add default dev fm-overlay metric 5000 proto static
     systemctl restart fullmesh-babeld`,
  );
  await mesh.until("tyo1", `${dump} | grep -q '^add xroute .* prefix 0.0.0.0/0 '`, 20);
  // It is the rules that keep it out: without the one that ends those about tyo1, the others let in all that is of the overlay.
  await mesh.on(
    "fra1",
    `cp -p ${configuration} /run/babeld.conf; sed -i '/^in if ${toTyo1} deny/d' ${configuration}; systemctl restart fullmesh-babeld`,
  );
  await mesh.until("fra1", heard("10.43.0.2/32"), 30);
  await mesh.on("fra1", `mv /run/babeld.conf ${configuration}; systemctl restart fullmesh-babeld`);
  await mesh.until("fra1", heard("10.43.0.3/32"), 30);
  // Longer than from one full update to the next.
  await mesh.on("fra1", `sleep 6; ! ${heard("10.43.0.2/32")} && ! ${heard("0.0.0.0/0")}`);
  await mesh.on(
    "nyc1",
    `! ${heard("10.43.0.2/32")} && ! ${heard("0.0.0.0/0")} && ! ip route show proto babel default | grep .`,
  );
  await mesh.on(
    "tyo1",
    `ip address del 10.43.0.2/32 dev lo; ip route del default dev fm-overlay metric 5000
     mv /run/babeld.conf ${configuration}; systemctl restart fullmesh-babeld`,
  );
  await mesh.until("tyo1", "ip route show proto babel 10.43.0.2 | grep -q .", 30);
});

test("babeld starts again on a hub, and is killed there, and linked nodes lose no packet", async () => {
  const plan = mesh.plan();
  const pids = "systemctl show -p MainPID --value fullmesh-babeld";
  const routes = `[ "$(ip route show proto babel | grep -c '^10.43.0')" = 3 ]`;
  const ping = await SteadyPing.start(mesh.lab, plan);
  await mesh.on("fra1", "sleep 3; systemctl restart fullmesh-babeld; sleep 1");
  await mesh.until("fra1", routes, 30);
  const before = await mesh.on("fra1", pids);
  await mesh.on("fra1", "systemctl kill -s KILL fullmesh-babeld; sleep 3");
  const seconds = await mesh.until("fra1", routes, 30);
  expect(await mesh.on("fra1", pids)).not.toBe(before);
  say(`babeld killed: all routes are back ${seconds + 3} s later\n`);
  const linked = new Set(
    plan.nodes.flatMap((node) =>
      node.connections.flatMap(({ remote }) =>
        plan.nodes
          .filter(({ name }) => name === remote.node)
          .flatMap(({ overlay }) => [`${node.name} ${overlay.ipv4}`, `${node.name} ${overlay.ipv6}`]),
      ),
    ),
  );
  const losses = (await ping.stop()).filter(({ from, address }) => linked.has(`${from} ${address}`));
  expect(losses).toHaveLength(20);
  expect(losses.filter(({ sent }) => sent < 30)).toEqual([]);
  expect(lossy(losses)).toEqual([]);
});
