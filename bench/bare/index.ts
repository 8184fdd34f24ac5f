import * as pulumi from "@pulumi/pulumi";
import { quietSdkNoise } from "../../components/sdkNoise";

/** The floor: as many components as a mesh of N nodes has, and nothing else. */
quietSdkNoise();

class Bare extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("fullmesh:bench:Bare", name, {}, opts);
    this.registerOutputs();
  }
}

const nodes = Number(process.env.BENCH_NODES);
for (let a = 0; a < nodes; a++) {
  const node = new Bare(`n${a}`);
  for (let b = 0; b < nodes; b++) if (b !== a) new Bare(`n${a}->n${b}`, { parent: node });
}
