import { hostPaths } from "../../core/render/hostFile";
import { FakeHost } from "../host/fakeHost";
import { contents } from "../host/killedApply";
import { before, keysOfNyc1, revoking, rotating } from "../host/twoBundles";
import { withoutKeys } from "../host/withoutKeys";
import { withWords } from "../host/withWords";

/** A bundle that revokes a key of nyc1 fails on fra1, and whoever has that key waits to be accepted again. */
let host: FakeHost;

beforeEach(() => {
  host = new FakeHost("fra1");
});

afterEach(() => {
  host.remove();
});

/** Of all that the host has, where the key is accepted. */
function accepting(key: string): readonly string[] {
  const kept = ["good", "committed", "placed"].filter((name) => host.has(`var/lib/fullmesh/${name}`));
  const files = {
    ...host.etc(),
    ...Object.fromEntries(kept.map((name) => [name, host.read(`var/lib/fullmesh/${name}`)])),
  };
  return Object.entries(files).flatMap(([path, text]) => (text.includes(key) ? [path] : []));
}

const refuses = "fullmesh: fra1: it refuses the keys all the same that are not accepted any more\n";
const charonCalls = (): readonly string[] => host.calls().filter((call) => /^(swanctl|dial) /.test(call));
const isRevoking = (): string =>
  `grep -q ${keysOfNyc1.next} ${host.root}${hostPaths.swanctlConnections}/fm200-nyc1.conf`;

test("the node goes back to the bundle before, which accepted it", () => {
  host.apply(before);
  expect(accepting(keysOfNyc1.stolen)).not.toEqual([]);
  host.refuse(isRevoking());
  const { status, stderr } = host.apply(revoking);
  expect(status).toBe(1);
  expect(stderr).toContain("so the node went back to the files of its last successful `pulumi up`");
  expect(stderr).toContain(refuses);
  expect(host.etc()).toEqual(contents(withoutKeys(before, revoking)));
  expect(accepting(keysOfNyc1.stolen)).toEqual([]);
  // All else is as it was.
  expect(accepting(keysOfNyc1.next)).toEqual([]);
  expect(host.boot()).toMatchObject({ status: 0, stderr: "" });
  expect(accepting(keysOfNyc1.stolen)).toEqual([]);
});

test("what runs with it is terminated first of all, and whatever else fails", () => {
  host.apply(before);
  host.calls();
  host.program("bin/nft", `#!/bin/sh\necho "nft $*" >>${host.root}/calls\ncase $1 in -c) exit 1 ;; esac\n`);
  const { status, stderr } = host.apply(revoking);
  expect(status).toBe(1);
  expect(stderr).toMatch(/nft would refuse the rules/);
  expect(stderr).toContain(refuses);
  expect(charonCalls()).toEqual(["swanctl --load-conns", "dial revoke"]);
  expect(accepting(keysOfNyc1.stolen)).toEqual([]);
});

test("the mesh is switched off on the node, and is switched on again", () => {
  host.apply(before);
  host.write("var/lib/fullmesh/switched-off", "");
  expect(host.apply(revoking).stderr).toContain(refuses);
  expect(accepting(keysOfNyc1.stolen)).toEqual([]);
});

test("the node loses power, as soon as it was told", () => {
  host.apply(before);
  const { steps } = host.applyKilled(revoking, undefined);
  let wasTold = false;
  for (let part = 1; part < 8; part++) {
    host.apply(before);
    host.applyKilled(revoking, Math.round((steps * part) / 8));
    wasTold ||= accepting(keysOfNyc1.stolen).length === 0;
    host.boot();
    expect([part, wasTold && accepting(keysOfNyc1.stolen)]).toEqual([part, wasTold && []]);
  }
  expect(wasTold).toBe(true);
}, 60_000);

test("a bundle that fullmesh would not write revokes nothing", () => {
  host.apply(before);
  const forged = withWords(revoking, hostPaths.swanctlTemplates, "encap", "updown");
  expect(host.apply(forged).status).toBe(1);
  expect(host.etc()).toEqual(contents(before));
});

test("a bundle that accepts it again is obeyed, for that is the operator's word", () => {
  host.apply(before);
  host.refuse(isRevoking());
  host.apply(revoking);
  host.refuse("false");
  expect(host.apply(before)).toMatchObject({ status: 0, stderr: "" });
  expect(host.etc()).toEqual(contents(before));
});

test("of two keys the one that goes is refused, and the connection goes on with the other", () => {
  host.apply(rotating);
  host.refuse(
    `! grep -q ${keysOfNyc1.stolen} ${host.root}${hostPaths.swanctlConnections}/fm200-nyc1.conf && [ ! -e ${host.root}/tried ] && touch ${host.root}/tried`,
  );
  host.apply(withWords(revoking, hostPaths.links, /^(link \S+ \d+) \d+/m, "$1 1300"));
  expect(accepting(keysOfNyc1.stolen)).toEqual([]);
  expect(host.etc()[`${hostPaths.swanctlConnections}/fm200-nyc1.conf`]).toContain(keysOfNyc1.next);
});
