/**
 * Why a text is no well-formed XML (XML 1.0, 2.1), of the kind that the renderer writes: elements, attributes in double quotes, character data; no comments, no processing
 * instructions, no CDATA. Undefined where nothing is wrong.
 */
export function xmlFault(text: string): string | undefined {
  // XML 1.0, 2.2: Char.
  const bad = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text);
  if (bad !== null) return `character ${bad[0].codePointAt(0) ?? ""} at ${bad.index}`;
  const open: string[] = [];
  let rest = text.trim();
  let roots = 0;
  while (rest !== "") {
    const [part = "", end, start, attributes = "", empty] =
      /^<\/([\w-]+)>|^<([\w-]+)((?: [\w:-]+="[^"<]*")*)(\/?)>|^[^<]+/.exec(rest) ?? [];
    if (part === "") return `no markup: ${rest.slice(0, 60)}`;
    rest = rest.slice(part.length);
    if (/&(?!(amp|lt|gt|quot|apos);)/.test(part)) return `entity in ${part.slice(0, 60)}`;
    if (end !== undefined) {
      if (open.pop() !== end) return `</${end}> ends another element`;
    } else if (start !== undefined) {
      const names = [...attributes.matchAll(/ ([\w:-]+)="/g)].map(([, name]) => name);
      if (new Set(names).size !== names.length) return `attribute twice in ${part.slice(0, 60)}`;
      if (open.length === 0) roots += 1;
      if (empty !== "/") open.push(start);
    } else if (open.length === 0) return `text outside of an element: ${part.slice(0, 60)}`;
  }
  if (open.length > 0) return `not ended: ${open.join(", ")}`;
  return roots === 1 ? undefined : `${roots} roots`;
}
