import { viewNames, type ViewName } from "./viewNames";

/** What is looked at. It is in the address (`#graph?node=fra1`), so that a reload or a copied address shows the same. */
export interface Place {
  /** Undefined where it names none. */
  readonly view: ViewName | undefined;
  readonly node: string | null;
  readonly link: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

export function currentPlace(): Place {
  const [name = "", query = ""] = location.hash.slice(1).split("?");
  const values = new URLSearchParams(query);
  return {
    view: viewNames.find((view) => view === name),
    node: values.get("node"),
    link: values.get("link"),
    from: values.get("from"),
    to: values.get("to"),
  };
}

/** Changes some of it; `null` takes away. */
export function go(change: Partial<Place>): void {
  const { view, ...values } = { ...currentPlace(), ...change };
  const query = new URLSearchParams(
    Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
  );
  const text = query.toString();
  location.hash = `${view ?? "graph"}${text === "" ? "" : `?${text}`}`;
}

export function selectNode(node: string): void {
  go({ node, link: null });
}

export function selectLink(link: string): void {
  go({ link, node: null });
}
