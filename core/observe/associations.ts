import type { ChildHealth, IkeHealth } from "./health";
import type { ChildSa, IkeSa } from "./observation";
import { shortText } from "../describe/shortText";

/** No word of charon's for a state or a cipher has more. */
const mostCharacters = 60;

/** The security associations of one connection: those that count, and those that are too many. */
export interface Associations {
  readonly ike: IkeHealth | null;
  readonly child: ChildHealth | null;
  /** XFRM interface id of the CHILD_SA. */
  readonly ifId: number | undefined;
  /** In words. */
  readonly duplicates: readonly string[];
}

/** REKEYING: the old one stands until the new one does. */
const standing = { ike: ["ESTABLISHED", "REKEYING"], child: ["INSTALLED", "REKEYING"] } as const;

/** Whether an IKE_SA has been set up and not been left. */
export function isEstablished(state: string): boolean {
  return standing.ike.some((each) => each === state);
}

/** Whether a CHILD_SA carries traffic. */
export function isInstalled(state: string): boolean {
  return standing.child.some((each) => each === state);
}

/** Picks a connection's security associations out of all of the node. */
export function associationsOf(connection: string, all: readonly IkeSa[]): Associations {
  const ikeSas = all.filter((sa) => sa.connection === connection);
  const children = ikeSas.flatMap((sa) => sa.children);
  const ike = newest(ikeSas, (sa) => isEstablished(sa.state));
  const child = newest(children, (sa) => isInstalled(sa.state));
  // A rekeying leaves two for a moment, of which only one is not REKEYING.
  const established = ikeSas.filter((sa) => sa.state === "ESTABLISHED");
  const installed = children.filter((sa) => sa.state === "INSTALLED");
  return {
    ike: ike === undefined ? null : { ...common(ike), count: established.length },
    child:
      child === undefined
        ? null
        : {
            ...common(child),
            cipher: shortText(child.cipher, mostCharacters),
            bytesIn: child.bytesIn,
            bytesOut: child.bytesOut,
            count: installed.length,
          },
    ifId: child?.ifId,
    duplicates: [...duplicates("IKE_SAs", established), ...duplicates("CHILD_SAs", installed)],
  };
}

function common(sa: IkeSa | ChildSa) {
  return {
    state: shortText(sa.state, mostCharacters),
    ageSeconds: sa.ageSeconds ?? null,
    rekeyInSeconds: sa.rekeyInSeconds ?? null,
  };
}

/** A host may have made up any number. */
const mostNamed = 4;

function duplicates(kind: string, sas: readonly (IkeSa | ChildSa)[]): readonly string[] {
  if (sas.length < 2) return [];
  const ids = sas.slice(0, mostNamed).map((sa) => `#${shortText(sa.uniqueId, 12)}`);
  return [`${sas.length} ${kind} instead of 1 (${[...ids, ...(sas.length > mostNamed ? ["..."] : [])].join(", ")})`];
}

/** The youngest that stands; failing that, the youngest of all. */
function newest<T extends IkeSa | ChildSa>(sas: readonly T[], stands: (sa: T) => boolean): T | undefined {
  const age = (sa: T) => sa.ageSeconds ?? Number.MAX_SAFE_INTEGER;
  return [...sas].sort((one, other) => Number(stands(other)) - Number(stands(one)) || age(one) - age(other))[0];
}
