import type { WriteStream } from "node:tty";

/** Where `--watch` draws. */
export interface Screen {
  /** Shows a text in place of the last one. */
  draw(text: string): void;
  /** Leaves the terminal as it was, with the last text on it. */
  close(): void;
}

const escape = "\u001b[";

/**
 * A terminal's alternate screen: each text overwrites the last, line by line, so that nothing flickers or scrolls. What does not fit in
 * height is cut, and that is said.
 */
export function terminalScreen(terminal: WriteStream): Screen {
  let last = "";
  terminal.write(`${escape}?1049h${escape}?25l`);
  return {
    draw(text) {
      last = text;
      const lines = fit(text.split("\n"), terminal.rows);
      terminal.write(`${escape}H${lines.map((line) => `${line}${escape}K`).join("\n")}${escape}J`);
    },
    close() {
      terminal.write(`${escape}?25h${escape}?1049l${last}\n`);
    },
  };
}

/** A pipe or a file: one text after the other. */
export function plainScreen(output: NodeJS.WritableStream): Screen {
  return {
    draw(text) {
      output.write(`${text}\n`);
    },
    close() {
      // Nothing to put back.
    },
  };
}

function fit(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  // The last line is the summary.
  return [...lines.slice(0, rows - 2), `... ${lines.length - rows + 1} lines more`, ...lines.slice(-1)];
}
