import { parseObservation } from "../../core/observe/parseObservation";
import { parseViciEvents } from "../../core/observe/swanctlRaw";
import { fixture } from "./threeNodes";

describe("a node with all daemons", () => {
  const observation = parseObservation(fixture("fra1"));

  test("system, clock and services", () => {
    expect(observation.os).toEqual({ kind: "read", value: { id: "debian", versionId: "12" } });
    expect(observation.clockSeconds).toEqual({ kind: "read", value: 1795470917 });
    expect(observation.services).toEqual({
      kind: "read",
      value: [
        { unit: "strongswan.service", state: "active", restarts: 0 },
        { unit: "fullmesh-babeld.service", state: "active", restarts: 1 },
        { unit: "fullmesh-links.service", state: "active", restarts: 0 },
        { unit: "fullmesh-firewall.service", state: "active", restarts: 0 },
      ],
    });
  });

  test("security associations", () => {
    expect(observation.ikeSas).toMatchObject({
      value: [
        { connection: "fm200-nyc1", initiator: false },
        {
          connection: "fm300-tyo1",
          uniqueId: "2",
          state: "ESTABLISHED",
          initiator: true,
          remoteHost: "192.0.2.13",
          remotePort: 4500,
          ageSeconds: 4192,
          rekeyInSeconds: 9808,
          children: [
            {
              name: "overlay",
              uniqueId: "2",
              state: "INSTALLED",
              ifId: 0x300,
              cipher: "AES_GCM_16-256",
              ageSeconds: 592,
              rekeyInSeconds: 3302,
              bytesIn: 36864,
              bytesOut: 2621440,
            },
          ],
        },
      ],
    });
  });

  test("connections", () => {
    expect(observation.connections).toEqual({ kind: "read", value: ["fm200-nyc1", "fm300-tyo1"] });
  });

  test("babel", () => {
    expect(observation.babel).toMatchObject({
      value: {
        neighbours: [
          {
            interface: "fm200-nyc1",
            address: "fe80::2",
            reach: "ffff",
            rxcost: 96,
            txcost: 96,
            rttMs: 80.412,
            cost: 377,
          },
          { interface: "fm300-tyo1" },
        ],
        routes: [{ prefix: "10.42.0.2/32", installed: true, metric: 377, interface: "fm200-nyc1" }, {}, {}, {}],
      },
    });
  });

  test("interfaces and routes", () => {
    expect(observation.interfaces).toMatchObject({
      value: [{ name: "fm200-nyc1", ifId: 0x200, mtuBytes: 1438, up: true }, { name: "fm300-tyo1" }],
    });
    expect(observation.routes4).toMatchObject({ value: [{ destination: "10.42.0.2", interface: "fm200-nyc1" }, {}] });
    expect(observation.routes6).toMatchObject({ value: [{ destination: "fd42::2", interface: "fm200-nyc1" }, {}] });
  });
});

describe("a node without daemons", () => {
  const observation = parseObservation(fixture("bare"));

  test("has reasons in place of facts", () => {
    expect(observation.ikeSas).toEqual({
      kind: "failed",
      reason:
        "swanctl: connecting to 'unix:///var/run/charon.vici' failed: Connection refused Error: connecting to 'default' URI failed: Connection refused",
    });
    expect(observation.connections).toEqual({ kind: "failed", reason: "swanctl: no answer within 5 s", late: true });
    expect(observation.babel).toMatchObject({ kind: "failed" });
  });

  test("and the rest stands", () => {
    expect(observation.os).toEqual({ kind: "read", value: { id: "debian", versionId: "" } });
    expect(observation.services).toMatchObject({
      value: [{ state: "inactive" }, { state: "not-found" }, { state: "not-found" }],
    });
    expect(observation.interfaces).toEqual({ kind: "read", value: [] });
    expect(observation.routes4).toEqual({ kind: "read", value: [] });
  });
});

test("text before the first section is passed over, and a section that is not there or not JSON is a failed one", () => {
  const observation = parseObservation("Welcome!\n== clock\n12\n== links\nDevice type unknown\n");
  expect(observation.clockSeconds).toEqual({ kind: "read", value: 12 });
  expect(observation.interfaces).toMatchObject({
    kind: "failed",
    reason: expect.stringMatching(/^cannot be read/) as string,
  });
  expect(observation.babel).toEqual({ kind: "failed", reason: "not in the node's answer" });
});

test("babel's unreachable routes are none", () => {
  const json = '[{"type":"unreachable","dst":"fd42::3","dev":"lo","metric":1024,"flags":[],"pref":"medium"}]';
  expect(parseObservation(`== routes6\n${json}\n`).routes6).toEqual({ kind: "read", value: [] });
});

describe("swanctl --raw", () => {
  const parse = (text: string) => parseViciEvents([text], "list-sa");

  test("values with spaces, lists, empty values and nested sections", () => {
    const [event] = parse(
      "list-sa event {a {id=C=DE, O=My Org, CN=x label=  ts=[10.0.0.0/8 ::/0] none=[] c {v=1 d {}} w=2}}",
    );
    const section = event?.sections.get("a");
    expect(Object.fromEntries(section?.values ?? [])).toEqual({ id: "C=DE, O=My Org, CN=x", label: "", w: "2" });
    expect(Object.fromEntries(section?.lists ?? [])).toEqual({ ts: ["10.0.0.0/8", "::/0"], none: [] });
    expect(section?.sections.get("c")?.values.get("v")).toBe("1");
    expect(section?.sections.get("c")?.sections.has("d")).toBe(true);
  });

  test("a line that breaks off gives what it has", () => {
    expect(
      parse("list-sa event {a {state=ESTABLISHED child-sas {b {name=b by")[0]?.sections.get("a")?.values.get("state"),
    ).toBe("ESTABLISHED");
  });

  test("warnings and replies are passed over", () => {
    expect(parse("plugin 'x' failed to load")).toEqual([]);
    expect(parse("list-sas reply {}")).toEqual([]);
  });
});

describe("what was deployed last", () => {
  const bundle = (text: string) => parseObservation(`\n== bundle\n${text}\n`).bundle;
  const digest = "0123456789abcdef".repeat(4);

  test("is told by time and digest, and as none where nothing was", () => {
    expect(bundle(`1795460000\n${digest}  /var/lib/fullmesh/good`)).toEqual({
      kind: "read",
      value: { digest: "0123456789abcdef", appliedAtSeconds: 1795460000 },
    });
    expect(bundle("")).toEqual({ kind: "read", value: "none" });
  });

  test.each([`soon\n${digest}`, `1795460000\n${digest.slice(1)}`, `1795460000\n"}\n${digest}`, `1e9\n${digest}`])(
    "%j is none of it",
    (text) => {
      expect(bundle(text)).toMatchObject({ kind: "failed" });
    },
  );
});
