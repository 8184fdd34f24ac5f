import { threeNodes } from "../plainMeshes";
import { TestMesh } from "../testMesh";

/** A user of fra1's host without any rights binds the UDP ports of the daemons, as anybody may whose ports are above 1023, while they start. */
let mesh: TestMesh;

TestMesh.setUp(threeNodes, (made) => {
  mesh = made;
});

/** Ends by itself, should nobody end it. */
const bind = (domain: string, address: string): string => `
  setsid setpriv --reuid nobody --clear-groups perl -MSocket=:all -e '
    alarm 300; socket(my $socket, ${domain}, SOCK_DGRAM, 0) or die "$!";
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) or die "$!";
    bind($socket, ${address}) or die "$!"; sleep 300' </dev/null >/run/thief 2>&1 &
  echo $! >/run/thief.pid; sleep 1; kill -0 $(cat /run/thief.pid) || { cat /run/thief; exit 1; }`;

const status = (): string => mesh.fullmesh("status", "--stack", "e2e").stdout;

test("charon gets its port back as soon as the user lets it go, and status names who has it until then", async () => {
  await mesh.on("fra1", "systemctl stop strongswan");
  await mesh.on("fra1", bind("AF_INET", "pack_sockaddr_in(4500, INADDR_ANY)"));
  await mesh.on("fra1", "systemctl start strongswan");
  expect(status()).toMatch(/fra1: UDP port 4500 of charon is also bound by perl\(\d+\)/);
  await mesh.on("fra1", "kill $(cat /run/thief.pid)");
  await mesh.until("fra1", '[ -z "$(/usr/local/lib/fullmesh/ports)" ]', 45);
  await mesh.untilHealthy();
});

test("status names who listens in babeld's place", async () => {
  const link = "fm200-nyc1";
  const address = `pack_sockaddr_in6(6696, inet_pton(AF_INET6, "fe80::1"), '$(cat /sys/class/net/${link}/ifindex)')`;
  await mesh.on("fra1", bind("AF_INET6", address));
  expect(status()).toMatch(/fra1: UDP port 6696 of babeld is also bound by perl\(\d+\)/);
  await mesh.on("fra1", "kill $(cat /run/thief.pid)");
  await mesh.untilHealthy();
});
