/** What the server answers; undefined where it has no such thing. */
export async function fetched<T>(path: string): Promise<T | undefined> {
  const response = await fetch(path);
  return response.ok ? ((await response.json()) as T) : undefined;
}
