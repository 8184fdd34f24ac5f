import { TestMesh } from "./testMesh";
import { say } from "./say";

/** Three nodes, of which two come to have a slow line between them: the way over the third is faster, and then is not. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  for (const name of ["fra1", "nyc1", "tyo1"] as const) mesh.writeNode(name);
  // With the weights of `lan`, the jitter of a busy lab would count.
  mesh.writeSettings({ babelProfile: "global hello-interval=1 update-interval=4" });
});

/** Waits until fra1's route to nyc1 goes by the interface, and says how long that took. */
function secondsUntil(interfaceName: string): Promise<number> {
  return mesh.until("fra1", `ip route show proto babel 10.43.0.2 | grep -q ${interfaceName}`, 120);
}

/** How often the route changes in a quarter of a minute. */
async function changes(): Promise<number> {
  const watch = "for second in $(seq 15); do ip route show proto babel 10.43.0.2; sleep 1; done | uniq | wc -l";
  return Number(await mesh.on("fra1", watch)) - 1;
}

/** Once the way back has changed, too. */
async function rttMs(): Promise<number> {
  const output = await mesh.on("fra1", "sleep 12; ping -n -q -c 10 -i 0.3 10.43.0.2");
  return Number(/= [\d.]+\/([\d.]+)\//.exec(output)?.[1]);
}

test("up, and the direct way is taken", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  say(`direct after ${await secondsUntil("fm200-nyc1")} s\n`);
});

test("a detour over one node more that saves more than a hop is worth is taken, and kept", async () => {
  await mesh.lab.delay("h1", "h2", 80);
  const seconds = await secondsUntil("fm300-tyo1");
  const [flaps, rtt] = await Promise.all([changes(), rttMs()]);
  say(`80 ms each way: by way of tyo1 after ${seconds} s, ${flaps} changes in 15 s, ${rtt} ms round trip\n`);
  expect(flaps).toBe(0);
  expect(rtt).toBeLessThan(160);
});

test("the direct way wins back when it is fast again", async () => {
  await mesh.lab.delay("h1", "h2", 0);
  const seconds = await secondsUntil("fm200-nyc1");
  const flaps = await changes();
  say(`delay gone: direct after ${seconds} s, ${flaps} changes in 15 s\n`);
  expect(flaps).toBe(0);
});
