import type * as blast from "../../core/diff/blast";
import type * as filesByNode from "../../core/diff/filesByNode";
import { actionsBetween } from "../../core/diff/actions";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh } from "../../core/registry/registry";
import { hostPaths, type HostFile } from "../../core/render/hostFile";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

const describing = ["connection", "node", "underlay", "unmanagedNode"].map((name) => `../../core/describe/${name}`);

const nodes = ["fra1", "nyc1", "tyo1"].map((name, index) => labNode(index + 1, name));
const plan = planMesh({ nodes, retired: [], policy: fullMesh }, settings);

type Functions = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** The same functions, all of whose texts and fields are others. */
function reworded(module: string): Functions {
  const other = (value: unknown): unknown => {
    if (typeof value === "string") return `in other words, ${value}`;
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, each]) => [`other-${key}`, other(each)]))
      : value;
  };
  return Object.fromEntries(
    Object.entries(jest.requireActual<Functions>(module)).map(([name, call]) => [
      name,
      (...args: unknown[]) => other(call(...args)),
    ]),
  );
}

/** What decides about a mesh, with core/describe as it is at that moment. */
function decisions(): unknown {
  jest.resetModules();
  const { linkDigests } = jest.requireActual<typeof blast>("../../core/diff/blast");
  const { filesByNode: render } = jest.requireActual<typeof filesByNode>("../../core/diff/filesByNode");
  const files = render(plan);
  return { digests: linkDigests(plan), files: files.names.map((name) => [name, files.get(name)]) };
}

test("a preview in other words makes no link another one, and changes no file on a host", () => {
  const before = decisions();
  for (const module of describing) jest.doMock(module, () => reworded(module));
  const after = decisions();
  expect(JSON.stringify(jest.requireMock<Functions>(describing[2] ?? "").describeUnderlay?.({}))).toContain("in other");
  expect(after).toEqual(before);
});

test("other words in the comments of files restart no daemon and re-establish no link", () => {
  const { filesByNode: render } = jest.requireActual<typeof filesByNode>("../../core/diff/filesByNode");
  const files = render(plan).get("fra1") ?? [];
  const daemons: readonly string[] = [hostPaths.charon, hostPaths.babeld];
  const other = files.map(({ path, content, mode }): HostFile => {
    const comments = daemons.includes(path) ? /^ *#.*$/gm : /^# Managed by .*$/gm;
    return { path, mode, content: content.replace(comments, (line) => `${line}, in other words`) };
  });
  expect(files.filter(({ content }, index) => content === other[index]?.content).map(({ path }) => path)).toEqual([]);
  expect(actionsBetween(files, other).filter((action) => /restart|changed|revoked/.test(action))).toEqual([]);
});
