import type { Document } from "yaml";
import { isCollection, isMap, isScalar, isSeq, parseDocument, stringify, YAMLMap, YAMLSeq } from "yaml";
import { readYaml, valueAt, yamlOptions } from "./yamlSource";

/**
 * The text of a registry file with another list of numbers in a field; all else says what it did, and comments stay. Where a change of that one list is enough,
 * no other byte changes. Else the whole document is written anew.
 *
 * @param text empty for a file that is not there yet
 * @throws Error if the text is no YAML map
 */
export function withNumbers(text: string, field: string, numbers: readonly number[]): string {
  const { source, problems } = readYaml("", text);
  const document = parseDocument(text, yamlOptions);
  const map = document.contents ?? new YAMLMap();
  if (source !== undefined && problems.length === 0 && isMap(map)) {
    const wanted = stringify({ ...(source.value as object | null), [field]: numbers });
    const found = [inPlace, writtenAnew]
      .map((write) => write(text, document, map, field, numbers))
      .find((written) => written !== undefined && stringify(readYaml("", written).source?.value) === wanted);
    if (found !== undefined) return found;
  }
  throw new Error(`${field}: ${flow(numbers)} cannot be written into it`);
}

/** Whether the text is a map with the field. */
export function hasField(text: string, field: string): boolean {
  return valueAt(readYaml("", text).source?.value, [field]) !== undefined;
}

function flow(numbers: readonly number[]): string {
  return `[${numbers.join(", ")}]`;
}

type Write = (
  text: string,
  document: Document,
  map: YAMLMap,
  field: string,
  numbers: readonly number[],
) => string | undefined;

/** For a list in one line, and for a further field at the end of a map with a field a line. */
const inPlace: Write = (text, _, map, field, numbers) => {
  const value = map.get(field, true);
  if (!map.has(field)) {
    const [first] = map.items;
    const start = isScalar(first?.key) ? (first.key.range?.[0] ?? 0) : 0;
    const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    return `${text.replace(/([^\n])$/, "$1\n")}${indent}${field}: ${flow(numbers)}\n`;
  }
  if (!isSeq(value) || !value.range) return undefined;
  const [start, end] = value.range;
  const isOneLine = value.flow === true && !text.slice(start, end).includes("\n");
  return isOneLine ? text.slice(0, start) + flow(numbers) + text.slice(end) : undefined;
};

/** Numbers that stay keep their comments. */
const writtenAnew: Write = (_, document, map, field, numbers) => {
  const value: unknown = map.get(field, true);
  const list = isSeq(value) ? value : new YAMLSeq();
  const before = list.items;
  list.items = numbers.map(
    (number) => before.find((item) => isScalar(item) && item.value === number) ?? document.createNode(number),
  );
  if (!isSeq(value)) list.flow = true;
  map.set(field, list);
  if (!isCollection(document.contents)) document.contents = map;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
};
