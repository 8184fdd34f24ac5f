import { byText } from "./byText";

/** A point in an input file. */
export interface Place {
  /** File as the user knows it, relative to where the command runs. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** One thing wrong with the input, said so that its reader can mend it. */
export interface Problem extends Place {
  /** What must hold, and the values that break it. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** The start of a file: for what is wrong with a file as a whole. */
export function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}

/** A problem at a place. */
export function problemAt(place: Place, message: string, fix: string): Problem {
  return { file: place.file, line: place.line, column: place.column, message, fix };
}

/** `file:line:col`, which terminals and editors make a link of. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** `file:line:col: message` and the fix on a second, indented line. */
export function formatProblem(problem: Problem): string {
  return `${formatPlace(problem)}: ${problem.message}\n    fix: ${problem.fix}`;
}

/** By file, line, column: the order in which a person works through them. Not by locale, so that it is the same everywhere. */
export function comparePlaces(a: Place, b: Place): number {
  return byText(a.file, b.file) || a.line - b.line || a.column - b.column;
}

/** All problems in reading order, whichever rule found them first. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => comparePlaces(a, b) || byText(a.message, b.message));
}
