/** One thing wrong with the input, said so that its reader can mend it. */
export interface Problem {
  /** File as the user knows it, relative to where the command runs. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** What must hold, and the values that break it. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** `file:line:col: message` and the fix on a second, indented line. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}\n    fix: ${problem.fix}`;
}
