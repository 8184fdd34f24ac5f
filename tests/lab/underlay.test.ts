import { labHosts } from "../../lab/vm/address";
import { delayCommand, linkOf, parseFaults } from "../../lab/vm/underlay";

const hosts = labHosts(3, 2200);

test("a link has one name, whichever end is named first", () => {
  expect(linkOf(hosts, "h3", "h1")).toEqual(["h1", "h3"]);
  expect(linkOf(hosts, "h1", "h3")).toEqual(["h1", "h3"]);
});

test("what is no link is refused", () => {
  expect(() => linkOf(hosts, "h1", "h9")).toThrow("no host h9 here: h1, h2, h3");
  expect(() => linkOf(hosts, "h1", "h1")).toThrow("itself");
  expect(() => delayCommand(["h1", "h2"], 0.5)).toThrow("whole number");
});

test("faults are read back as the guest lists them", () => {
  expect(parseFaults("cut h1 h2 ip6\ncut h2 h3 ip4 ip6\ndelay h1 h3 80\n")).toEqual([
    { kind: "cut", a: "h1", b: "h2", families: ["ip6"] },
    { kind: "cut", a: "h2", b: "h3", families: ["ip4", "ip6"] },
    { kind: "delay", a: "h1", b: "h3", milliseconds: 80 },
  ]);
});
