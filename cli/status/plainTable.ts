import Table from "cli-table3";

/** Nothing between columns but space, and one rule below the heading: easy to read, to copy and to cut by column. */
const lines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** One cell: text, or one that reaches over several columns. */
export type TableCell = string | { readonly content: string; readonly colSpan: number };

/** Lays out rows below a heading. Text may have colour: only what is seen counts for the widths. */
export function plainTable(heading: readonly string[], rows: readonly (readonly TableCell[])[]): string {
  const table = new Table({ chars: lines, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
  table.push([...heading], ...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
