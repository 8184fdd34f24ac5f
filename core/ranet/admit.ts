import { formatPlace, problemAt, type Problem } from "../registry/problem";
import type { MemberFile } from "./importRanet";

/** Which new files a registry can take, and what keeps out the others. */
export interface Admission {
  readonly taken: readonly MemberFile[];
  readonly problems: readonly Problem[];
}

/**
 * Takes as many new files as the registry can, those in front first. By halves: a check is of the whole registry, and most files are good.
 *
 * @param check what would be wrong with the registry if it had these files; without any of them it is good
 */
export function admit(
  files: readonly MemberFile[],
  check: (files: readonly MemberFile[]) => readonly Problem[],
  before: readonly MemberFile[] = [],
): Admission {
  if (files.length === 0) return { taken: before, problems: [] };
  const found = check([...before, ...files]);
  if (found.length === 0) return { taken: [...before, ...files], problems: [] };
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0) {
    return { taken: before, problems: found.map((problem) => atMember(problem, first)) };
  }
  const half = Math.ceil(files.length / 2);
  const front = admit(files.slice(0, half), check, before);
  const back = admit(files.slice(half), check, front.taken);
  return { taken: back.taken, problems: [...front.problems, ...back.problems] };
}

/** The file is not there: what is said of it is said of the member. */
function atMember({ message, fix }: Problem, { path, member }: MemberFile): Problem {
  const { organization, node, place } = member;
  const inJson = message
    .split(`${path}:`)
    .map((text, index) => (index === 0 ? text : formatPlace(place) + text.replace(/^\d+:\d+/, "")))
    .join("");
  return problemAt(place, `${organization}/${node.common_name}: ${inJson}`, fix);
}
