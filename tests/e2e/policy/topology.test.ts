import { expectAllPings } from "../allPings";
import { TestMesh } from "../testMesh";
import { say } from "../say";

/** fra1 and sao1 have both families, nyc1 IPv4 alone and tyo1 IPv6 alone; fra1 alone relays, and the policy keeps sao1 and nyc1 apart. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  const { ip4 } = mesh.host("nyc1");
  const { ip6 } = mesh.host("tyo1");
  mesh.writeNode("fra1", { tags: ["hub"], endpoints: mesh.bothFamilies("fra1") });
  mesh.writeNode("nyc1", { tags: ["old"], endpoints: [{ serial: 0, family: "ip4", address: ip4 }] });
  mesh.writeNode("tyo1", { endpoints: [{ serial: 0, family: "ip6", address: ip6 }] });
  mesh.writeNode("sao1", { tags: ["lab"], endpoints: mesh.bothFamilies("sao1") });
});

const transit = "transit: [hub]\n";

test("a policy that cuts a node off is refused, and the message names it", async () => {
  mesh.writePolicy(`${transit}exclude: [{ tag: hub, from: old }]\n`);
  const { status, output } = await mesh.run("preview");
  expect(status).not.toBe(0);
  expect(output).toContain("no host was changed");
  expect(output).toContain(
    "nyc1 cannot reach fra1 and tyo1, neither by a link (the policy keeps them apart; no family in common) nor by way of nodes that relay",
  );
});

test("the preview names the pair that has no family in common, and who relays", async () => {
  mesh.writePolicy(`${transit}exclude: [{ tag: lab, from: old }]\n`);
  const { status, output } = await mesh.run("preview", "--diff");
  expect(status).toBe(0);
  expect(output).toContain(
    "nyc1 and tyo1 have no direct link (no family in common): they reach each other by way of fra1",
  );
  // Two of fra1 and sao1, one each of fra1 and nyc1, fra1 and tyo1, and sao1 and tyo1; each has two halves.
  expect(output.match(/fullmesh:index:Connection: \(create\)/g)).toHaveLength(10);
  expect(output.match(/relays +: false/g)).toHaveLength(3);
});

test("an IPv6-only and an IPv4-only node reach each other, and all others, in both families of the overlay", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await expectAllPings(mesh);
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  say(stdout);
  expect(status).toBe(0);
  expect(await mesh.on("nyc1", "ip -o link show type xfrm | grep -o 'fm[0-9]*-[a-z0-9]*'")).toBe("fm100-fra1\n");
});

test("a node that is not named for transit carries nothing, even where no other way is left", async () => {
  await mesh.lab.cut("h1", "h3");
  const route = "ip route show proto babel 10.43.0.3 | grep -q .";
  await mesh.until("fra1", `! ${route}`, 30);
  // sao1 has links with both all the while.
  expect(
    await mesh.on("sao1", "ping -n -q -c 3 -i 0.2 -W 2 10.43.0.1; ping -n -q -c 3 -i 0.2 -W 2 10.43.0.3"),
  ).not.toMatch(/100% packet loss/);
  await mesh.on("fra1", `sleep 5; ! ${route}`);
  await mesh.lab.heal("h1", "h3");
  await mesh.until("fra1", route, 60);
});
