import { expectAllPings } from "../allPings";
import { TestMesh } from "../testMesh";

/** Two nodes on Debian's own kernel, whatever kernel the other scenarios have. */
let mesh: TestMesh;

TestMesh.setUp(
  "packaged",
  (made) => {
    mesh = made;
    for (const name of ["fra1", "nyc1"] as const) mesh.writeNode(name);
  },
  2,
);

test("the kernel is Debian's", async () => {
  expect((await mesh.lab.vm("cat /proc/version")).stdout).toMatch(/Debian/);
});

test("up brings up two nodes that ping each other over the overlay", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await expectAllPings(mesh);
  await mesh.untilHealthy();
});

test("a packet as large as the link passes whole, and one byte more does not", async () => {
  const [link] = mesh.plan().nodes.find(({ name }) => name === "fra1")?.connections ?? [];
  const mtu = link?.mtuBytes ?? 0;
  const ping = (size: number): string => `ping -n -q -c 3 -i 0.2 -W 2 -M do -s ${size - 28} 10.43.0.2`;
  expect(await mesh.on("fra1", ping(mtu))).toContain(" 0% packet loss");
  expect(await mesh.on("fra1", `! ${ping(mtu + 1)}`)).toContain(" 100% packet loss");
});

test("a second up changes nothing", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
});
