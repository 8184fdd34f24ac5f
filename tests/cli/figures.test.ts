import { formatAge, formatBytes, formatMilliseconds } from "../../cli/status/figures";

test.each([
  [0, "0s"],
  [59, "59s"],
  [192, "3m12s"],
  [3599, "59m59s"],
  [3780, "1h03m"],
  [86400, "1d00h"],
  [190800, "2d05h"],
])("an age of %d s is %s", (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KiB"],
  [10240, "10 KiB"],
  [1310720, "1.3 MiB"],
  [5e12, "4.5 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.412, "0.41 ms"],
  [4.536, "4.5 ms"],
  [162.55, "163 ms"],
])("%d ms are %s", (milliseconds, text) => {
  expect(formatMilliseconds(milliseconds)).toBe(text);
});
