import { FakeHost } from "./fakeHost";
import { contents } from "./killedApply";
import { after, before } from "./twoBundles";
import { withoutKeys } from "./withoutKeys";

/** The script `apply` when a daemon refuses what the checks could not find. */
let host: FakeHost;

beforeEach(() => {
  host = new FakeHost("fra1");
});

afterEach(() => {
  host.remove();
});

/** Whether the host has a connection of the new bundle. */
const hasNew = (): string => `[ -e ${host.root}/etc/swanctl/conf.d/fm400-sao1.conf ]`;

test("where charon refuses a connection, the node goes back to the files before, acts on them, and says so", () => {
  host.apply(before);
  host.refuse(hasNew());
  host.calls();
  const { status, stderr } = host.apply(after);
  expect(status).toBe(1);
  expect(stderr).toBe(
    "fullmesh: fra1: charon refused a connection: loading connection failed: no such proposal\n" +
      "fullmesh: fra1: so the node went back to the files of its last successful `pulumi up`, and works with these\n" +
      "fullmesh: fra1: it refuses the keys all the same that are not accepted any more\n",
  );
  const kept = withoutKeys(before, after);
  expect(host.etc()).toEqual(contents(kept));
  expect(host.state()).toEqual(["files", "good", "record", "refused-keys"]);
  expect(host.read("var/lib/fullmesh/good")).toBe(host.bundle(kept));
  expect(host.calls().filter((call) => call.startsWith("swanctl --load"))).toHaveLength(2);
  // Nothing is left to do.
  host.refuse("false");
  expect(host.apply(kept).stdout).toMatch(/"written":0,"removed":0,.*"actions":""/);
  expect(host.apply(after).status).toBe(0);
  expect(host.etc()).toEqual(contents(after));
});

test("where going back fails, too, it says that, and the next apply brings all to an end", () => {
  host.apply(before);
  host.refuse("true");
  const { status, stderr } = host.apply(after);
  expect(status).toBe(1);
  expect(stderr).toContain("going back to the files of its last successful `pulumi up` failed, too");
  host.refuse("false");
  expect(host.apply(after)).toMatchObject({ status: 0, stderr: "" });
  expect(host.etc()).toEqual(contents(after));
});

test("the first bundle has nothing before it", () => {
  host.program("bin/systemctl", "#!/bin/sh\ncase $* in 'restart strongswan.service') exit 1 ;; esac\n");
  const { status, stderr } = host.apply(after);
  expect(status).toBe(1);
  expect(stderr).toContain("strongswan did not start");
  expect(stderr).toContain("this was the first bundle for the node, so there is nothing to go back to");
});

test("the same files again have nothing before them", () => {
  host.apply(before);
  host.program("bin/systemctl", "#!/bin/sh\ncase $* in *strongswan.service) exit 1 ;; esac\n");
  const { status, stderr } = host.apply(before);
  expect(status).toBe(1);
  expect(stderr).toContain("it failed with the files that it worked with before");
});
