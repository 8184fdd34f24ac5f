import { FakeHost } from "./fakeHost";

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost("fra1");
});

afterEach(() => {
  host.remove();
});

const route = (prefix: string, installed: "yes" | "no"): string =>
  `add route 5500 prefix ${prefix} from ::/0 installed ${installed} id ec:a3:3d:c5:3a:00:46:e8 metric 480 refmetric 0 via fe80::2 if fm200-nyc1\n`;

const dump = `BABEL 1.0
${route("10.42.0.2/32", "yes")}${route("10.42.0.2/32", "no")}${route("10.42.0.3/32", "yes")}${route("10.9.0.0/24", "yes")}${route("fd42::2/128", "yes")}${route("fd42::3/128", "yes")}${route("2001:db8::/32", "yes")}${route("fd99::/64", "no")}`;

/** As ip(8) of Debian 12 prints them; of the nodes with id 3 babeld holds what their neighbours have retracted. */
const ip4 = `10.42.0.2 via inet6 fe80::2 dev fm200-nyc1 src 10.42.0.1 onlink
unreachable 10.42.0.3 metric 65535
10.9.0.0/24 via inet6 fe80::2 dev fm200-nyc1 src 10.42.0.1 onlink
`;
const ip6 = `fd42::2 via fe80::2 dev fm200-nyc1 src fd42::1 metric 1024 onlink pref medium
unreachable fd42::3 dev lo metric 65535 pref medium
2001:db8::/32 via fe80::2 dev fm200-nyc1 src fd42::1 metric 1024 onlink pref medium
`;

test("where the kernel has all that babeld has installed, retracted routes too, there is nothing to say", () => {
  expect(host.babelCheck(dump, { ip4, ip6 })).toEqual([]);
});

test("what the kernel no longer has is named", () => {
  const without = (text: string, pattern: RegExp): string => text.replace(pattern, "");
  expect(host.babelCheck(dump, { ip4: without(ip4, /^10.*\n/gm), ip6: without(ip6, /^.*fd42::3.*\n/m) })).toEqual([
    "babel-route 10.42.0.2",
    "babel-route 10.9.0.0/24",
    "babel-route fd42::3",
  ]);
});
