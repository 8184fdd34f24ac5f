import type { NodeName, TestMesh } from "./testMesh";

/** The longest time without an answer to a ping every 0.2 s, in seconds, from before something is done until there are answers again after it. */
export async function longestGap(
  mesh: TestMesh,
  from: NodeName,
  address: string,
  atMostSeconds: number,
  work: () => Promise<void>,
): Promise<number> {
  const ping = `ping -n -D -i 0.2 -w ${atMostSeconds + 30} ${address} | awk -F'[][]' '/bytes from/ { if (last && $2 - last > gap) gap = $2 - last; last = $2 } END { print gap }'`;
  const pinging = mesh.on(from, ping, atMostSeconds + 60);
  await mesh.on(from, "sleep 2");
  await work();
  await mesh.until(from, `ping -n -q -c 3 -i 0.2 -W 1 ${address} >/dev/null`, atMostSeconds);
  await mesh.on(from, "sleep 1; pkill -INT -x ping");
  return Number(await pinging);
}
