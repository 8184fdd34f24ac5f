import { FakeHost } from "./fakeHost";

const host = new FakeHost("fra1");
const now = 1_800_000_000;

/** What programs say on a host that is fit, with the mesh on it. */
const fit = {
  date: `echo ${now}`,
  ip: `echo "192.0.2.9 from 198.51.100.1 dev eth0 src 198.51.100.1 uid 0"`,
  ss: "",
  "dpkg-query": `case $* in *{Version}*) echo "installed 6.0.1-6" ;; *) printf "%s:installed " "$@" ;; esac`,
  dpkg: `[ "$2" = 6.0.1-6 ]`,
  systemctl: "",
  ping: "echo ping from iputils 20221126",
  // The name of a device may have blanks.
  df: `case $* in *--output=avail*) printf "Avail\\n20480\\n" ;; *) printf "head\\n//nas/My disk 1000000 1 20480 99%% /var\\n" ;; esac`,
};

beforeAll(() => {
  host.write("etc/os-release", 'ID=debian\nVERSION_ID="13"\n');
  host.write("etc/fullmesh/links.conf", "isolation none\nlink fm1-2 1 1400 fd00::1/64\n");
  host.write("var/lib/fullmesh/found-services", "");
  host.write("proc/sys/net/ipv6/conf/all/disable_ipv6", "1\n");
  host.write("run/systemd/system/any", "");
});

afterAll(() => {
  host.remove();
});

/** The overlay, and what a node called tyo1 announces. */
const networks = "10.42.0.0/16,fd42:f00d::/48,10.9.0.0/24@tyo1,fd09::/64@tyo1";

function preflight(
  says: Partial<typeof fit> & Readonly<Record<string, string>>,
  deployerNow = now,
  {
    client = "192.0.2.9",
    isolation = "none",
    missing = [] as readonly string[],
    readOnly,
  }: { client?: string; isolation?: string; missing?: readonly string[]; readOnly?: string } = {},
) {
  const connection = `${client} 50000 198.51.100.1 22`;
  const words = ["fra1", "4500", isolation, String(deployerNow), connection, networks, "ppk=5.7.0"];
  const { status, stderr } = host.preflight(words, { ...fit, ...says }, missing, readOnly);
  const lines = (pattern: RegExp) => [...stderr.replaceAll(host.root, "").matchAll(pattern)].map(([, words]) => words);
  return { status, problems: lines(/^fullmesh: fra1: (.*)$/gm), fixes: lines(/^ {4}fix: (.*)$/gm) };
}

test("nftables that filter what is the mesh's are printed, and neither its own nor others", () => {
  const nft = `case "$*" in
    "list chains") cat <<'END'
table inet fullmesh {
	chain forward {
		type filter hook forward priority mangle; policy accept;
	}
}
table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
	}
}
table ip nat {
	chain POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
	}
}
END
    ;;
    *) echo "asked: $*" ;;
  esac`;
  const words = ["fra1", "4500", "none", String(now), "192.0.2.9 50000 198.51.100.1 22", networks];
  expect(host.preflight(words, { ...fit, nft }).stdout).toBe("asked: -t list table ip filter\n");
  host.program("bin/nft", "#!/bin/sh\n");
});

test("a host on which all is well", () => {
  expect(preflight({})).toEqual({ status: 0, problems: [], fixes: [] });
});

test("clocks may differ by a minute", () => {
  expect(preflight({}, now + 60).status).toBe(0);
  expect(preflight({}, now - 60).status).toBe(0);
  expect(preflight({}, now + 61).problems).toEqual(["its clock is 61 s behind that of the machine you deploy from"]);
  expect(preflight({}, now - 7200).problems).toEqual([
    "its clock is 7200 s ahead of that of the machine you deploy from",
  ]);
});

test("where the mesh is switched off, nothing is deployed", () => {
  host.write("var/lib/fullmesh/switched-off", "");
  expect(preflight({}).problems).toEqual(["the mesh is switched off here"]);
  host.removeFile("var/lib/fullmesh/switched-off");
});

test("interfaces that are named as those of the mesh are, and are not its own", () => {
  for (const name of ["fm1-mac3", "fm200-nyc1", "fullmesh0", "eth0"]) host.write(`sys/class/net/${name}/mtu`, "1500\n");
  host.write("var/lib/fullmesh/interfaces", "fm-overlay\nfm200-nyc1\n");
  const problem = (name: string): string =>
    `the interface ${name} is named as those of the mesh are, whose rules would cut it off`;
  expect(preflight({}).problems).toEqual([problem("fm1-mac3"), problem("fullmesh0")]);
  expect(preflight({}, now, { isolation: "netns" }).problems).toEqual([]);
  host.removeFolder("sys");
});

test("a kernel without IPv6", () => {
  host.removeFolder("proc");
  expect(preflight({}).problems).toEqual(["this kernel has no IPv6, which babel needs inside the links"]);
  host.write("proc/sys/net/ipv6/conf/all/disable_ipv6", "1\n");
});

test("a login by way of a link of the mesh", () => {
  const { status, problems } = preflight({ ip: `echo "192.0.2.9 from 198.51.100.1 dev fm1-2 src 198.51.100.1 uid 0"` });
  expect(status).toBe(1);
  expect(problems).toEqual([
    "you are logged in from 192.0.2.9 by way of the overlay (fm1-2), which the deploy is about to change",
  ]);
});

/** An ip(8) that has these addresses, and these routes in its main table. */
function ipWith(addresses: readonly string[], routes: readonly string[]): string {
  const show = (lines: readonly string[]): string => lines.map((line) => `echo "${line}"`).join("; ") || ":";
  return `case "$*" in
    "-o address show") ${show(addresses)} ;;
    "-4 -o route show table main") ${show(routes.filter((line) => !line.includes(":")))} ;;
    "-6 -o route show table main") ${show(routes.filter((line) => line.includes(":")))} ;;
    *) ${fit.ip} ;;
  esac`;
}

test("nothing of the host's own may lie in the overlay, or in what another node announces", () => {
  const ip = ipWith(
    [
      "2: eth0    inet 10.42.1.5/24 brd 10.42.1.255 scope global eth0",
      "2: eth0    inet6 fd42:f00d:0:7::5/64 scope global",
      "7: fm-overlay    inet 10.42.0.1/32 scope global fm-overlay",
    ],
    [
      "default via 10.42.1.1 dev eth0",
      "10.0.0.0/8 via 192.0.2.1 dev eth1",
      "10.42.1.0/24 dev eth0 proto kernel scope link src 10.42.1.5",
      "10.42.0.7 via inet6 fe80::7 dev fm700-x proto babel onlink",
      "unreachable 10.42.0.0/16 metric 4294967295",
      "10.9.0.128/25 dev docker0 proto kernel scope link linkdown",
      "fd09::/64 dev eth1 proto ra metric 100",
      "fd09:1::/64 dev eth1 proto ra metric 100",
    ],
  );
  host.write("etc/resolv.conf", "nameserver 10.42.0.2\nnameserver 192.0.2.53\n");
  expect(preflight({ ip }, now, { client: "10.42.1.9" }).problems).toEqual([
    "this host has the address 10.42.1.5 (eth0), which lies in the overlay 10.42.0.0/16: the mesh would cut it off",
    "this host has the address fd42:f00d:0:7::5 (eth0), which lies in the overlay fd42:f00d::/48: the mesh would cut it off",
    "this host has a route to 10.42.1.0/24 (dev eth0), which lies in the overlay 10.42.0.0/16: the mesh would cut it off",
    "this host has a route to 10.9.0.128/25 (dev docker0), which lies in 10.9.0.0/24, a network that tyo1 announces: the mesh would cut it off",
    "this host has a route to fd09::/64 (dev eth1), which lies in fd09::/64, a network that tyo1 announces: the mesh would cut it off",
    "this host asks the resolver 10.42.0.2, which lies in the overlay 10.42.0.0/16: the mesh would cut it off",
    "this host is logged in to from 10.42.1.9, which lies in the overlay 10.42.0.0/16: the mesh would cut it off",
  ]);
  expect(preflight({ ip }, now, { client: "10.42.1.9", isolation: "netns" }).problems).toEqual([]);
  host.removeFile("etc/resolv.conf");
});

test.each([
  ["charon of strongswan.service", `users:(("charon-systemd",pid=42,fd=11))`, undefined],
  [
    "another charon",
    `users:(("charon-systemd",pid=43,fd=11))`,
    "UDP port 4500 is in use by charon-systemd (pid 43), which is not the charon of strongswan.service",
  ],
  [
    "what is named much like it",
    `users:(("charonwatch",pid=44,fd=3))`,
    "UDP port 4500 is in use by charonwatch (pid 44)",
  ],
  [
    "one of several that share a socket with ours",
    `users:(("charon-systemd",pid=42,fd=11),("openvpn",pid=77,fd=3))`,
    "UDP port 4500 is in use by openvpn (pid 77)",
  ],
  ["the kernel", "", "UDP port 4500 is in use by the kernel (WireGuard interface wg0)"],
])("a port that is held by %s", (_, users, problem) => {
  const says = {
    ss: `echo 'UNCONN 0 0 0.0.0.0:4500 0.0.0.0:* ${users}'; echo 'UNCONN 0 0 [::]:4500 [::]:* ${users}'`,
    systemctl: `case $* in *MainPID*) echo 42 ;; esac`,
    wg: `printf 'wg0\t4500\nwg1\t51820\n'`,
  };
  expect(preflight(says).problems).toEqual(problem === undefined ? [] : [problem]);
});

test("a socket of the kernel that is no WireGuard's", () => {
  const says = { ss: "echo 'UNCONN 0 0 0.0.0.0:4500 0.0.0.0:*'", wg: "exit 1" };
  expect(preflight(says).problems).toEqual([
    "UDP port 4500 is in use by the kernel or another container, for ss(8) shows no process",
  ]);
});

test("a host without systemd, as many a container is", () => {
  host.removeFolder("run/systemd");
  expect(preflight({ systemctl: "exit 1" }).problems).toEqual(["systemd does not run here"]);
  host.write("run/systemd/system/any", "");
});

test("programs that are missing are named, with their packages, and taken for nothing else", () => {
  const { status, stderr } = host.preflight(
    ["fra1", "4500", "none", String(now), "192.0.2.9 50000 198.51.100.1 22", networks],
    fit,
    ["ip", "flock"],
  );
  expect(status).toBe(1);
  expect(stderr).toBe(
    [
      "fullmesh: fra1: there is no program `ip` here, and without it this host cannot be looked at\n    fix: apt-get install iproute2\n",
      "fullmesh: fra1: there is no program `flock` here, and without it this host cannot be looked at\n    fix: apt-get install util-linux\n",
    ].join(""),
  );
});

test("where modules cannot be loaded for want of modprobe, the kernel is not to blame", () => {
  const says = { ip: "case $1 in link|xfrm) exit 1 ;; esac; echo 192.0.2.9 dev eth0 src", systemctl: "exit 1" };
  const { problems } = preflight(says, now, { missing: ["modprobe"] });
  expect(problems).toEqual(["there is no program `modprobe` here, and the kernel has no XFRM interfaces without it"]);
  host.program("bin/modprobe", "#!/bin/sh\n");
});

test.each([
  [
    "that was upgraded",
    "FATAL: Module xfrm_interface not found in directory /nowhere/6.1.0-9-amd64",
    ": its modules are not here, as after an upgrade of the kernel (/nowhere/6.1.0-9-amd64)",
    /^boot the host; /,
  ],
  [
    "that lacks the module",
    `FATAL: Module xfrm_interface not found in directory ${host.root}/modules`,
    "",
    /^boot a stock kernel of the distribution: apt-get install linux-image-riscv64$/,
  ],
  [
    "that loads no more modules",
    "ERROR: could not insert 'xfrm_interface': Operation not permitted",
    ": it loads no more modules",
    /^name .* in \/etc\/modules-load.d and boot, for kernel.modules_disabled lasts until then; /,
  ],
  [
    "whose modules are forbidden",
    "ERROR: libkmod/libkmod-module.c:1084 command_do() Error running install command '/bin/false' for module esp4: retcode 1",
    ": modprobe.d(5) keeps its modules from being loaded",
    /^in \/etc\/modprobe.d, take away: install esp4 \/bin\/false$/,
  ],
])("a kernel %s", (_, said, why, fix) => {
  host.write("modules/modules.dep", "");
  const { problems, fixes } = preflight({
    ip: "case $1 in link|xfrm) exit 1 ;; esac; echo 192.0.2.9 dev eth0 src",
    systemctl: "exit 1",
    modprobe: `case $1 in --showconfig) echo 'install esp4 /bin/false' ;; *) echo "modprobe: ${said}" >&2; exit 1 ;; esac`,
    dpkg: `case $1 in --print-architecture) echo riscv64 ;; *) [ "$2" = 6.0.1-6 ] ;; esac`,
  });
  expect(problems.map((problem) => problem?.replace(/kernel \S+/, "kernel"))).toEqual([
    `the kernel cannot make XFRM interfaces (module xfrm_interface)${why.replace(host.root, "")}`,
    `the kernel cannot do ESP in UDP with AES-GCM (module esp4)${why.replace(host.root, "")}`,
  ]);
  for (const each of fixes) expect(each).toMatch(fix);
  host.program("bin/modprobe", "#!/bin/sh\n");
});

test("a file system that is read-only", () => {
  expect(preflight({}, now, { readOnly: "etc/systemd" }).problems).toEqual([
    "the file system of /etc/systemd is read-only",
  ]);
});

test("a file system without inodes that are free, and one that does not count them", () => {
  const df = (inodes: string): string =>
    `case $* in *--output=itotal,iavail*) printf "Inodes IFree\\n${inodes}\\n" ;; *) printf "Avail\\n20480\\n" ;; esac`;
  expect(preflight({ df: df("6400 12") }).problems).toEqual([
    "only 12 inodes are free on the file system of /var, and 400 are needed",
  ]);
  for (const some of ["0 0", "6400 400", "- -"]) expect(preflight({ df: df(some) }).problems).toEqual([]);
});

test("a host that answers no ping over IPv6, where its overlay is in a namespace of the same", () => {
  host.write("proc/sys/net/ipv6/icmp/echo_ignore_all", "1\n");
  expect(preflight({}).problems).toEqual([
    "this host answers no ping over IPv6, and its peers could not tell what the path of a link carries",
  ]);
  expect(preflight({}, now, { isolation: "netns" }).problems).toEqual([]);
  host.write("proc/sys/net/ipv6/icmp/echo_ignore_all", "0\n");
});

test("a ping(8) that cannot show what a path carries, and none at all, which install brings", () => {
  expect(preflight({ ping: "echo 'ping (GNU inetutils) 2.4'" }).problems).toEqual([
    "`ping` is not that of iputils here, and a deploy could not tell what the path of a link carries",
  ]);
  expect(preflight({}, now, { missing: ["ping"] }).problems).toEqual([]);
});

test.each([
  ["single quotes", "ID='debian'\nVERSION_ID='13'\n"],
  ["no line end after the last line", 'VERSION_ID="13"\nID=debian'],
  ["a line of blanks", 'ID="debian"\n  \nVERSION_ID=13\n'],
])("os-release(5) with %s", (_, text) => {
  host.write("etc/os-release", text);
  expect(preflight({}).problems).toEqual([]);
});

test("another distribution", () => {
  host.write("etc/os-release", "ID='fedora'\nVERSION_ID=41\n");
  expect(preflight({}).problems).toEqual([
    'this host runs "fedora 41", and fullmesh knows debian 12, debian 13, ubuntu 24.04',
  ]);
  host.write("etc/os-release", 'ID=debian\nVERSION_ID="13"\n');
});

test("all that is wrong is said at once, and nothing is changed", () => {
  const { status, problems } = preflight(
    {
      ip: "case $1 in link|xfrm) exit 1 ;; esac; echo 192.0.2.9 dev fm1-2 src",
      ss: `echo 'UNCONN 0 0 0.0.0.0:4500 0.0.0.0:* users:(("openvpn",pid=77,fd=3))'`,
      "dpkg-query": "",
      dpkg: "exit 1",
      systemctl: "exit 1",
    },
    now + 100,
  );
  expect(status).toBe(1);
  expect(
    problems.map((problem) =>
      problem
        ?.replace(/kernel \S+/, "kernel")
        .split(" ")
        .slice(0, 4)
        .join(" "),
    ),
  ).toEqual([
    "its clock is 100",
    "you are logged in",
    "the kernel cannot make",
    "the kernel cannot do",
    "UDP port 4500 is",
    "ppk needs strongSwan 5.7.0,",
    "only 20 MB are",
  ]);
  expect(host.calls().filter((call) => /^(apt-get|systemctl (?!is-|show))/.test(call))).toEqual([]);
});
