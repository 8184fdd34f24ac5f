import type { NodeName, TestMesh } from "./testMesh";

/** UDP datagrams of one kind. */
export interface Datagrams {
  /** What is in them, which tells them from the other kinds. */
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

const port = 7002;

/** Ends by itself, should nobody end it. */
const listen = (within: string): string => `
  ${within === "" ? "" : `ip netns exec ${within} `}setsid perl -MIO::Socket::IP -e '
    $| = 1; alarm 60;
    my $socket = IO::Socket::IP->new(LocalHost => "::", LocalPort => ${port}, V6Only => 0, Proto => "udp") or die;
    while ($socket->recv(my $text, 100)) { print $socket->peerhost =~ s/^::ffff://r, " $text\\n" }' >/run/heard-${within} 2>&1 </dev/null &
  echo $! >/run/listener-${within}
  for try in $(seq 50); do ${within === "" ? "" : `ip netns exec ${within} `}ss -Hlun 'sport = :${port}' | grep -q . && exit; sleep 0.1; done; exit 1`;

/** All kinds in turn, five times in a second: one alone may get lost, above all when addresses have just changed. */
const send = `perl -MIO::Socket::IP -e '
  my @kinds = map { [split /,/] } @ARGV;
  my @sockets = map { IO::Socket::IP->new(LocalHost => $_->[1], PeerHost => $_->[2], PeerPort => ${port}, Proto => "udp") or die "$@" } @kinds;
  for (1 .. 5) { $sockets[$_]->send($kinds[$_][0]) for 0 .. $#kinds; select undef, undef, undef, 0.2 }'`;

/**
 * Sends datagrams of some kinds from one node to another, and gives the kinds that arrived as `FROM TEXT`, sorted.
 *
 * @param within network namespaces of the receiver in which to listen, each, too; an empty name is the host itself
 */
export async function datagramsHeard(
  mesh: TestMesh,
  sender: NodeName,
  receiver: NodeName,
  kinds: readonly Datagrams[],
  within: readonly string[] = [""],
): Promise<readonly string[]> {
  for (const name of within) await mesh.on(receiver, listen(name));
  await mesh.on(sender, `${send} ${kinds.map(({ text, from, to }) => `'${text},${from},${to}'`).join(" ")}`);
  const heard = await mesh.on(
    receiver,
    "sleep 1; kill $(cat /run/listener-*); sort -u /run/heard-*; rm /run/listener-* /run/heard-*",
  );
  return heard.split("\n").filter((line) => line !== "");
}
