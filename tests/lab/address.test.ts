import { labHosts, portBaseOf } from "../../lab/vm/address";
import { userNetwork } from "../../lab/vm/qemu/machine";

test("hosts have the same number in name, port and both addresses", () => {
  expect(labHosts(2, 2200)).toEqual([
    { name: "h1", number: 1, release: "bookworm", sshPort: 2201, ip4: "192.0.2.11", ip6: "2001:db8:0:2::11" },
    { name: "h2", number: 2, release: "bookworm", sshPort: 2202, ip4: "192.0.2.12", ip6: "2001:db8:0:2::12" },
  ]);
});

test("dev and the labs of the tests can run at once; other names must say where", () => {
  expect(portBaseOf("dev")).toBe(2200);
  expect(portBaseOf("test-1")).toBe(2300);
  expect(portBaseOf("test-2")).toBe(2800);
  expect(portBaseOf("mine", 2400)).toBe(2400);
  expect(() => portBaseOf("mine")).toThrow("--port-base");
  expect(() => portBaseOf("mine", 80)).toThrow("port base 80");
});

test("every port is on loopback and leads nowhere but to SSH", () => {
  expect(userNetwork(2, 2300)).toBe(
    "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:2300-10.0.2.15:22," +
      "hostfwd=tcp:127.0.0.1:2301-10.0.2.15:2201,hostfwd=tcp:127.0.0.1:2302-10.0.2.15:2202",
  );
});
