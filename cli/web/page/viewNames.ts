/** The page's views, in the order of their tabs and keys. */
export const viewNames = ["graph", "matrix", "links", "path", "history", "changes"] as const;

/** One of them. */
export type ViewName = (typeof viewNames)[number];
