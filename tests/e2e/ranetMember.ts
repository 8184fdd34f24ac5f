import { createHash } from "node:crypto";
import { readRanet, type RanetMember as Listed, type RanetNode } from "../../core/ranet/ranetFile";

/** A member of a mesh that is run with ranet, as it knows itself. */
export interface RanetMember {
  readonly organization: string;
  readonly commonName: string;
  /** The organization's private key on the host, in PEM. */
  readonly privateKeyFile: string;
  /** What the mesh has told it to use; registry.json does not say. */
  readonly overlay: { readonly ipv4: string; readonly ipv6: string };
}

type Endpoint = RanetNode["endpoints"][number];

/** Both ends of one connection. */
interface Pair {
  /** Of the connection and of its interface; ranet's are hashes. */
  readonly name: string;
  /** ranet has charon count them. */
  readonly ifId: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly remoteKey: string;
  readonly remoteId: string;
}

/**
 * Shell that makes a host with strongSwan and babeld on it the member, from registry.json and what the member knows of itself: what ranet 0.14 does with charon, and
 * what its users do with interfaces and babel. Other than ranet it compares organizations, too, before it takes a node for itself.
 *
 * @throws Error if the member is not in the registry
 */
export function ranetMember(registryJson: string, member: RanetMember): string {
  const read = readRanet("registry.json", registryJson);
  if (!read.ok || read.problems.length > 0) throw new Error(`not ranet's registry: ${JSON.stringify(read.problems)}`);
  const own = ownEntry(read.members, member);
  const pairs = pairsOf(read.members, member, own.node);
  return `set -eu
install -m 0600 ${member.privateKeyFile} /etc/swanctl/private/ranet.pem
cat >/etc/strongswan.d/ranet.conf <<'END'
charon {
  port = 0
  port_nat_t = ${own.node.endpoints[0]?.port ?? 13000}
  install_routes = no
  retransmit_timeout = 30
  retransmit_base = 1
}
END
cat >/etc/swanctl/conf.d/ranet.conf <<'END'
connections {
${pairs.map((pair) => connection(pair, member, own.publicKey)).join("")}}
END
cat >/run/ranet-babeld.conf <<'END'
${babeld(pairs, member)}END
${pairs.map(interfaceUp).join("")}ip address add ${member.overlay.ipv4}/32 dev lo
ip address add ${member.overlay.ipv6}/128 dev lo
systemctl restart strongswan
swanctl --load-all --noprompt >/dev/null
babeld -D -I /run/ranet-babeld.pid -S /run/ranet-babeld.state -L /run/ranet-babeld.log -c /run/ranet-babeld.conf </dev/null
${pairs.map(({ name }) => `swanctl --initiate --ike ${name} --child default --timeout 30 >/dev/null 2>&1 || true\n`).join("")}`;
}

function isMember({ organization, node }: Listed, member: RanetMember): boolean {
  return organization === member.organization && node.common_name === member.commonName;
}

function ownEntry(members: readonly Listed[], member: RanetMember): Listed {
  const own = members.find((each) => isMember(each, member));
  if (own === undefined) throw new Error(`${member.organization}/${member.commonName} is not in the registry`);
  return own;
}

function pairsOf(members: readonly Listed[], member: RanetMember, own: RanetNode): readonly Pair[] {
  const others = members
    .filter((each) => !isMember(each, member))
    .flatMap(({ organization, publicKey, node }) =>
      node.endpoints.map((remote) => ({
        remote,
        remoteKey: publicKey,
        remoteId: identity(organization, node.common_name, remote.serial_number),
      })),
    );
  return own.endpoints
    .flatMap((local) =>
      others
        .filter(({ remote }) => remote.address_family === local.address_family)
        .map((other) => ({ local, ...other })),
    )
    .map((ends, index) => ({ ...ends, name: `ranet${index + 1}`, ifId: index + 1 }));
}

/** As ranet's vici.rs and address.rs have it: proposals are left to charon. */
function connection(
  { name, ifId, local, remote, remoteKey, remoteId }: Pair,
  member: RanetMember,
  key: string,
): string {
  const any = local.address_family === "ip4" ? "0.0.0.0/0" : "::/0";
  return `  ${name} {
    version = 2
    local_addrs = ${any}
    remote_addrs = ${any}${remote.address == null ? "" : `,${remote.address}`}
    local_port = ${local.port}
    remote_port = ${remote.port}
    encap = yes
    mobike = no
    dpd_delay = 10s
    keyingtries = 0
    unique = replace
    if_id_in = ${ifId}
    if_id_out = ${ifId}
    local {
      auth = pubkey
      pubkeys = 0s${key}
      id = "${identity(member.organization, member.commonName, local.serial_number)}"
    }
    remote {
      auth = pubkey
      pubkeys = 0s${remoteKey}
      id = "${remoteId}"
    }
    children {
      default {
        local_ts = 0.0.0.0/0,::/0
        remote_ts = 0.0.0.0/0,::/0
        start_action = none
        close_action = none
        dpd_action = restart
      }
    }
  }
`;
}

function interfaceUp({ name, ifId }: Pair): string {
  // Any link-local address will do; it is made by hand here, for some systems make none.
  const suffix = createHash("sha256").update(name).digest("hex").slice(0, 4);
  return `ip link add ${name} type xfrm if_id ${ifId}
ip link set ${name} multicast on mtu 1400 up
ip address add fe80::4a:${suffix}/64 dev ${name}
`;
}

/** Without a MAC key, which is the mesh's own. */
function babeld(pairs: readonly Pair[], { overlay }: RanetMember): string {
  return `random-id true
redistribute local ip ${overlay.ipv4}/32 eq 32 allow
redistribute local ip ${overlay.ipv6}/128 eq 128 allow
redistribute local deny
install ip 0.0.0.0/0 pref-src ${overlay.ipv4}
install ip ::/0 pref-src ${overlay.ipv6}
${pairs.map(({ name }) => `interface ${name} type tunnel v4-via-v6 true rxcost 32 hello-interval 2\n`).join("")}`;
}

/**
 * The IKE identity as ranet has OpenSSL make it (src/asn.rs): O and CN are UTF8Strings, the serial number a PrintableString. charon makes PrintableStrings of what it
 * reads in a configuration, and compares the letters and not the kinds of string (identification.c, compare_dn).
 */
export function identity(organization: string, commonName: string, serial: string): string {
  const [utf8, printable] = [0x0c, 0x13];
  const name = der(
    0x30,
    Buffer.concat([
      attribute("55040a", utf8, organization),
      attribute("550403", utf8, commonName),
      attribute("550405", printable, serial),
    ]),
  );
  return `asn1dn:#${name.toString("hex")}`;
}

function attribute(identifier: string, kind: number, text: string): Buffer {
  const pair = Buffer.concat([der(0x06, Buffer.from(identifier, "hex")), der(kind, Buffer.from(text))]);
  return der(0x31, der(0x30, pair));
}

/** Lengths are below 128 at the inside; two names of 63 letters need a longer form around them. */
function der(tag: number, content: Buffer): Buffer {
  const length = content.length < 128 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
