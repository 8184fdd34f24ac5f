/** Takes lines that say what goes on, for a person to read. */
export type Progress = (line: string) => void;

/** A step that says nothing for so long is reported on before its end. */
const quietSeconds = 10;

/** Reports the steps of one piece of work, each with the seconds since its beginning. */
export class Steps {
  readonly #started = Date.now();
  readonly #print: Progress;

  constructor(print: Progress) {
    this.#print = print;
  }

  /** Reports something that took no time. */
  say(text: string): void {
    const seconds = (Date.now() - this.#started) / 1000;
    this.#print(`[${seconds.toFixed(1).padStart(6)} s] ${text}`);
  }

  /** Does `work` and reports its end; before that, every 10 s, what `work` last noted. */
  async step<T>(text: string, work: (note: (doing: string) => void) => Promise<T>): Promise<T> {
    const started = Date.now();
    let doing = "";
    const timer = setInterval(() => {
      this.say(`${text} ...${doing === "" ? "" : ` ${doing}`}`);
    }, quietSeconds * 1000);
    try {
      const result = await work((now) => {
        doing = now;
      });
      this.say(`${text}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
      return result;
    } finally {
      clearInterval(timer);
    }
  }
}
