import { History, type Sample } from "../../../cli/web/history";

const up: Sample = { verdict: "up", rttMs: 5, bytesPerSecond: null };
const down: Sample = { verdict: "down", rttMs: null, bytesPerSecond: 0 };

test("a link's past, what is not known left open", () => {
  const history = new History(10);
  history.add(100, new Map([["a - b", up]]));
  history.add(105, new Map([["a - b", down]]));
  expect(history.of("a - b")).toEqual({
    at: [100, 105],
    verdicts: ["up", "down"],
    rttMs: [5, null],
    bytesPerSecond: [null, 0],
    marks: [{ at: 105, link: "a - b", text: "up -> down" }],
  });
});

test("only so many looks are kept, and what happened before them is not shown beside them", () => {
  const history = new History(3);
  for (const at of [1, 2, 3, 4, 5]) history.add(at, new Map([["a - b", at === 2 ? down : up]]));
  expect(history.of("a - b")).toMatchObject({ at: [3, 4, 5], marks: [{ at: 3, text: "down -> up" }] });
  expect(history.events).toHaveLength(2);
});

test("a link that joins has no past, and one that has left is forgotten", () => {
  const history = new History(3);
  history.add(1, new Map([["a - b", up]]));
  history.add(2, new Map([["a - c", up]]));
  expect(history.of("a - b")).toBeUndefined();
  expect(history.of("a - c")).toMatchObject({ at: [1, 2], verdicts: ["unknown", "up"], marks: [] });
});

test("a link that changes at each look pushes out nothing of the others", () => {
  const history = new History(1000);
  for (let at = 0; at < 500; at++) {
    const honest = at < 2 ? up : down;
    history.add(
      at,
      new Map([
        ["a - b", honest],
        ["a - c", at % 2 === 0 ? up : down],
      ]),
    );
  }
  expect(history.of("a - b")?.marks).toEqual([{ at: 2, link: "a - b", text: "up -> down" }]);
  expect(history.events.length).toBeLessThan(60);
});

test("what concerns all is among the marks of each link", () => {
  const history = new History(3);
  history.add(1, new Map([["a - b", up]]));
  history.mark({ at: 1.5, text: "the files have another mesh" });
  expect(history.of("a - b")?.marks).toEqual([{ at: 1.5, text: "the files have another mesh" }]);
});
