import { domainProblems } from "../../core/names/domainProblems";
import type { Endpoint } from "../../core/registry/registry";
import { labNode } from "../plan/labNode";

const endpoint: Endpoint = {
  serial: 0,
  family: "ip4",
  dnsName: "nyc1.mesh.example.net",
  port: 4500,
  mtuBytes: 1500,
  extraCost: 0,
};

const nodes = [
  labNode(1, "fra1", { ssh: { host: "FRA1.mesh.example.net", port: 22, user: "root" } }),
  labNode(2, "nyc1", {
    endpoints: [endpoint],
    ssh: {
      host: "192.0.2.12",
      port: 22,
      user: "root",
      jump: [{ host: "fra1.mesh.example.net", port: 22, user: "op" }],
    },
  }),
  labNode(3, "tyo1", { ssh: { host: "gw.mesh.example.net", port: 22, user: "root" } }),
];

test("the underlay is not named by names of the overlay", () => {
  const problems = domainProblems({ nodes }, { domain: "mesh.example.net" });
  expect(problems.map(({ file, message }) => `${file}: ${message.split(",")[0] ?? ""}`)).toEqual([
    "fra1.yaml: ssh.host is FRA1.mesh.example.net",
    "nyc1.yaml: ssh.jump[].host is fra1.mesh.example.net",
    "nyc1.yaml: endpoints[].address is nyc1.mesh.example.net",
  ]);
});

test("names in another domain, and of no node, are no concern of ours", () => {
  expect(domainProblems({ nodes }, { domain: "example.net" })).toEqual([]);
  expect(domainProblems({ nodes }, { domain: undefined })).toEqual([]);
});
