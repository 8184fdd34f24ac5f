import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { FakeHost } from "./fakeHost";
import { before } from "./twoBundles";

/** The script `drift` on a host whose files somebody has changed; the daemons are for tests/e2e/changes/drift. */
let host: FakeHost;
const inEtc = (path: string): string => join(host.root, "etc", path);

beforeEach(() => {
  host = new FakeHost("fra1");
  for (const record of ["secrets", "scripts"]) host.write(`var/lib/fullmesh/record/${record}`, "");
  expect(host.apply(before).status).toBe(0);
});

afterEach(() => {
  host.remove();
});

test("after a deploy there is nothing to say", () => {
  expect(host.drift()).toEqual(["end"]);
});

test("files that are gone, edited, opened to others or a link now are told", () => {
  rmSync(inEtc("swanctl/conf.d/fm200-nyc1.conf"));
  host.write("etc/fullmesh/babeld.conf", "# mine\n");
  chmodSync(inEtc("fullmesh/links.conf"), 0o666);
  const elsewhere = join(host.root, "tmp/firewall.nft");
  host.write("tmp/firewall.nft", host.read("etc/fullmesh/firewall.nft"));
  rmSync(inEtc("fullmesh/firewall.nft"));
  symlinkSync(elsewhere, inEtc("fullmesh/firewall.nft"));
  expect(host.drift()).toEqual([
    "changed /etc/fullmesh/babeld.conf",
    "end",
    "missing /etc/swanctl/conf.d/fm200-nyc1.conf",
    "mode /etc/fullmesh/firewall.nft 777 644",
    "mode /etc/fullmesh/links.conf 666 644",
  ]);
  expect(host.apply(before).status).toBe(0);
  expect(host.drift()).toEqual(["end"]);
});

test("files of others are foreign where the folder or the name is ours, and stay", () => {
  host.write("etc/fullmesh/notes", "mine\n");
  host.write("etc/swanctl/conf.d/fm999-mine.conf", "# mine\n");
  host.write("etc/swanctl/conf.d/hand-made.conf", "# mine\n");
  const foreign = ["end", "foreign-file /etc/fullmesh/notes", "foreign-file /etc/swanctl/conf.d/fm999-mine.conf"];
  expect(host.drift()).toEqual(foreign);
  expect(host.apply(before).status).toBe(0);
  expect(host.drift()).toEqual(foreign);
  expect(host.read("etc/swanctl/conf.d/fm999-mine.conf")).toBe("# mine\n");
});

test("of the files alone, systemd is asked nothing", () => {
  rmSync(inEtc("fullmesh/babeld.conf"));
  host.write("etc/fullmesh/notes", "mine\n");
  host.calls();
  expect(host.drift("files")).toEqual(["end", "foreign-file /etc/fullmesh/notes", "missing /etc/fullmesh/babeld.conf"]);
  expect(host.calls()).toEqual([]);
});

test("a deploy that was cut short, and one from before there was a record, are told", () => {
  host.write("var/lib/fullmesh/placed", "");
  rmSync(join(host.root, "var/lib/fullmesh/record/secrets"));
  expect(host.drift()).toEqual(["end", "no-record secrets", "unfinished"]);
});
