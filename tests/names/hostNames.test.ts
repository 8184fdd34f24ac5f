import { hostNames } from "../../core/names/hostNames";
import { hostsLines } from "../../core/names/hostsFile";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

function lines(nodes: readonly RegistryNode[], domain?: string): readonly string[] {
  return hostsLines(hostNames(planMesh({ nodes, retired: [], policy: fullMesh }, settings), domain));
}

const two = [labNode(2, "nyc1"), labNode(1, "fra1")];

test("by id, the whole name first, as hosts(5) wants the canonical one", () => {
  expect(lines(two, "mesh.example.net")).toEqual([
    "10.42.0.1 fra1.mesh.example.net fra1",
    "fd42:f00d::1 fra1.mesh.example.net fra1",
    "10.42.0.2 nyc1.mesh.example.net nyc1",
    "fd42:f00d::2 nyc1.mesh.example.net nyc1",
  ]);
});

test("without a domain there are bare names", () => {
  expect(lines(two)).toEqual(["10.42.0.1 fra1", "fd42:f00d::1 fra1", "10.42.0.2 nyc1", "fd42:f00d::2 nyc1"]);
});

test("a node called localhost takes that name from nobody", () => {
  expect(lines([labNode(1, "localhost")])).toEqual([]);
  expect(lines([labNode(1, "localhost")], "mesh.example.net")).toEqual([
    "10.42.0.1 localhost.mesh.example.net",
    "fd42:f00d::1 localhost.mesh.example.net",
  ]);
});
