import type { MeshArgs } from "../../components/mesh";

/** What a Mesh is given beside its plan, where no host is reached. */
export const offlineArgs: Omit<MeshArgs, "plan" | "organizations"> = {
  cipherFloor: 128,
  gone: [],
  runOnHost: () => Promise.resolve({ status: 0, stdout: "", stderr: "" }),
  probe: () => Promise.resolve({ ok: true }),
  preflight: () => Promise.resolve({ ok: true }),
  parallelism: 2,
  waves: { canary: undefined, wavePercent: 50 },
  linkCheck: { working: () => Promise.resolve(new Set()), broken: () => Promise.resolve(undefined) },
  purgePackages: false,
  keySource: "state",
  acceptedBefore: {},
  deployedKeys: new Map(),
  repairs: new Map(),
};
