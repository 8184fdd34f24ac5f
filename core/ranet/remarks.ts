/*
 * Remarks are text in a node file, and anything in ranet's registry.json. Text stays as it is; anything else becomes its JSON text, as does text that would be
 * taken for such. So what goes over and back comes back the same, from either side.
 */

/** ranet's remarks as those of a node file. */
export function remarksFromRanet(remarks: unknown): string | undefined {
  if (remarks === undefined || remarks === null) return undefined;
  return typeof remarks === "string" && valueOfJson(remarks) === undefined ? remarks : JSON.stringify(remarks);
}

/** Remarks of a node file as ranet's. */
export function remarksForRanet(remarks: string): unknown {
  const value = valueOfJson(remarks);
  return value === undefined ? remarks : value.json;
}

/**
 * What a text is the JSON of, if it is written as JSON.stringify does. Text in quotes is that only where what is in them is, too; ranet's null is no
 * remarks.
 */
function valueOfJson(text: string): { readonly json: unknown } | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (json === null || (typeof json === "string" && valueOfJson(json) === undefined)) return undefined;
    return JSON.stringify(json) === text ? { json } : undefined;
  } catch {
    return undefined;
  }
}
