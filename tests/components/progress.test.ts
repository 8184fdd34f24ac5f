import { Progress } from "../../components/progress";

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

function watched(): { readonly progress: Progress; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, progress: new Progress((urn, line) => lines.push(`${urn} ${line}`)) };
}

test("an install that takes long is told of every ten seconds, until it ends", () => {
  const { progress, lines } = watched();
  progress.begin("urn1", "fra1", "install");
  jest.advanceTimersByTime(9_000);
  expect(lines).toEqual([]);
  jest.advanceTimersByTime(2_000);
  progress.begin("urn2", "nyc1", "install");
  jest.advanceTimersByTime(10_000);
  progress.end("urn1");
  jest.advanceTimersByTime(10_000);
  progress.end("urn2");
  jest.advanceTimersByTime(60_000);
  expect(lines).toEqual([
    "urn1 fra1: installing packages and scripts (10 s)",
    "urn1 fra1: installing packages and scripts (20 s)",
    "urn2 nyc1: installing packages and scripts (10 s)",
    "urn2 nyc1: installing packages and scripts (20 s)",
  ]);
  expect(jest.getTimerCount()).toBe(0);
});

test("of steps that are short nothing is told", () => {
  const { progress, lines } = watched();
  progress.begin("urn", "fra1", "key");
  jest.advanceTimersByTime(60_000);
  progress.end("urn");
  expect(lines).toEqual([]);
});
