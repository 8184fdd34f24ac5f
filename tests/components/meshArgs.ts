import type { MeshArgs } from "../../components/mesh";
import { parseKnownHosts } from "../../ssh/knownHosts";

/** What a Mesh is given beside its plan, where no host is reached. */
export const offlineArgs: Omit<MeshArgs, "plan" | "organizations"> = {
  cipherFloor: 128,
  gone: [],
  access: {
    knownHosts: parseKnownHosts("", "known_hosts"),
    auth: { kind: "key", file: "id", privateKey: "k" },
    dialSeconds: 7,
  },
  probe: () => Promise.resolve({ ok: true }),
  preflight: () => Promise.resolve({ ok: true }),
  parallelism: 2,
  waves: { canary: undefined, wavePercent: 50 },
  linkCheck: { working: () => Promise.resolve(new Set()), broken: () => Promise.resolve(undefined) },
  purgePackages: false,
  keySource: "state",
  deployedKeys: new Map(),
  repairs: new Map(),
};
