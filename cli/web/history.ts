import type { Verdict } from "../../core/observe/health";

/** What is remembered of a link at one look. */
export interface Sample {
  readonly verdict: Verdict;
  readonly rttMs: number | null;
  readonly bytesPerSecond: number | null;
}

/** Something that happened, for the charts. */
export interface Mark {
  /** Seconds since 1970. */
  readonly at: number;
  /** Name of the link whose verdict has changed; absent where it concerns the mesh. */
  readonly link?: string;
  readonly text: string;
}

/** A link's past, one entry a look, oldest first. */
export interface LinkHistory {
  /** Seconds since 1970. */
  readonly at: readonly number[];
  readonly verdicts: readonly Verdict[];
  readonly rttMs: readonly (number | null)[];
  readonly bytesPerSecond: readonly (number | null)[];
  readonly marks: readonly Mark[];
}

const verdicts: readonly Verdict[] = ["unknown", "down", "half", "up"];

/** Of each link, and of the mesh: one that changes at each look must not push out what happened to others. */
const mostMarks = 50;

/** Of the mesh's. */
const mostEvents = 500;

interface Series {
  readonly verdicts: Uint8Array;
  readonly rttMs: Float32Array;
  readonly bytesPerSecond: Float32Array;
}

/** The last looks, in memory: nine bytes a link and look, so that an hour of 5,000 links is some 30 MB. A link that has left the plan is forgotten. */
export class History {
  private readonly at: Float64Array;
  private series = new Map<string, Series>();
  /** By link; those of the mesh have none. */
  private readonly marks = new Map<string | undefined, readonly Mark[]>();
  private count = 0;

  /** @param capacity how many looks are kept */
  constructor(private readonly capacity: number) {
    this.at = new Float64Array(capacity);
  }

  /** Adds a look: all links of the plan, by name. */
  add(at: number, samples: ReadonlyMap<string, Sample>): void {
    const place = this.count % this.capacity;
    this.at[place] = at;
    const kept = new Map<string, Series>();
    for (const [name, { verdict, rttMs, bytesPerSecond }] of samples) {
      const known = this.series.get(name);
      if (known !== undefined) this.markChange(at, name, known, verdict);
      const series = known ?? this.unknown();
      series.verdicts[place] = verdicts.indexOf(verdict);
      series.rttMs[place] = rttMs ?? NaN;
      series.bytesPerSecond[place] = bytesPerSecond ?? NaN;
      kept.set(name, series);
    }
    for (const link of this.marks.keys()) if (link !== undefined && !kept.has(link)) this.marks.delete(link);
    this.series = kept;
    this.count += 1;
  }

  /** Adds something that happened and is no change of a link. */
  mark(mark: Mark): void {
    this.marks.set(mark.link, [...(this.marks.get(mark.link) ?? []), mark].slice(-mostMarks));
  }

  /** Undefined for a link that is not in the plan. */
  of(name: string): LinkHistory | undefined {
    const series = this.series.get(name);
    if (series === undefined) return undefined;
    const first = Math.max(0, this.count - this.capacity);
    const places = Array.from({ length: this.count - first }, (_, index) => (first + index) % this.capacity);
    const values = (of: Float32Array): (number | null)[] =>
      places.map((place) => {
        const value = of[place] ?? NaN;
        return Number.isNaN(value) ? null : value;
      });
    const [oldest = 0] = places;
    return {
      at: places.map((place) => this.at[place] ?? 0),
      verdicts: places.map((place) => verdicts[series.verdicts[place] ?? 0] ?? "unknown"),
      rttMs: values(series.rttMs),
      bytesPerSecond: values(series.bytesPerSecond),
      marks: byTime([name, undefined].flatMap((link) => this.marks.get(link) ?? [])).filter(
        ({ at }) => at >= (this.at[oldest] ?? 0),
      ),
    };
  }

  /** All that happened, newest last. */
  get events(): readonly Mark[] {
    return byTime([...this.marks.values()].flat()).slice(-mostEvents);
  }

  private markChange(at: number, name: string, series: Series, verdict: Verdict): void {
    const before = verdicts[series.verdicts[(this.count - 1) % this.capacity] ?? 0];
    if (before !== verdict) this.mark({ at, link: name, text: `${before} -> ${verdict}` });
  }

  private unknown(): Series {
    return {
      verdicts: new Uint8Array(this.capacity),
      rttMs: new Float32Array(this.capacity).fill(NaN),
      bytesPerSecond: new Float32Array(this.capacity).fill(NaN),
    };
  }
}

function byTime(marks: readonly Mark[]): readonly Mark[] {
  return [...marks].sort((one, other) => one.at - other.at);
}
