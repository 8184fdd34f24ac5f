import { hostPaths } from "../../core/render/hostFile";
import { FakeHost } from "../host/fakeHost";
import { after, before } from "../host/twoBundles";
import { withWords } from "../host/withWords";

/** A bundle that tells charon more than fullmesh does, from a deployer that was fooled or is not the one that wrote it. */
let host: FakeHost;
const connection = `${hostPaths.swanctlConnections}/fm200-nyc1.conf`;

beforeAll(() => {
  host = new FakeHost("fra1");
  host.apply(before);
});

afterAll(() => {
  host.remove();
});

const hostile: readonly (readonly [string, string, RegExp, string])[] = [
  ["a command in a line of its own", connection, /^( +)pubkeys/m, '$1updown = "curl evil"\n$1pubkeys'],
  ["a command behind a key", connection, /(pubkeys = .*)$/m, "$1}children{overlay{updown=x}}remote{"],
  ["a command behind a quote", connection, /(id = .*)$/m, '$1 updown = "x"'],
  ["a command after a carriage return in a comment", connection, /^# .* -> .*$/m, "# a\rupdown = x"],
  ["a command after a tabulator", connection, /^( +)pubkeys/m, "\tupdown = x\n$1pubkeys"],
  ["a file to read", connection, /^connections/m, "include /root/x\nconnections"],
  ["a section of another name", connection, /^connections/m, "authorities"],
  ["a connection of another name", connection, /fm200-nyc1 :/, "hand-made :"],
  ["a template of its own", hostPaths.swanctlTemplates, /^fullmesh-dials : fullmesh/m, "fullmesh-dials : other"],
  ["a command in the templates", hostPaths.swanctlTemplates, /start_action = none/, "start_action = none\nupdown = x"],
  ["a script at charon's start", hostPaths.charon, /^charon \{/m, "charon {\n  start-scripts {\n    a = x\n  }"],
  ["a plugin", hostPaths.charon, /dhcp \{/, "exec {"],
];

test.each(hostile)("%s is refused before anything is written", (_, path, from, to) => {
  const kept = host.read(path);
  const { status, stderr } = host.apply(withWords(after, path, from, to));
  expect(stderr).toContain("the bundle has a line for charon that fullmesh does not write, nothing was written");
  expect(stderr).not.toMatch(/[\r\t]/);
  expect(status).not.toBe(0);
  expect(host.read(path)).toBe(kept);
});
