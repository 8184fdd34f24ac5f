import { randomInt } from "node:crypto";
import { genSaltSync, hashSync } from "bcryptjs";
import { bridgedResource } from "../plugin/bridged";
import type { PropertyMap } from "../plugin/propertyValue";
import type { CheckFailure } from "../plugin/resource";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const NUMERIC = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** The default of Go's bcrypt. */
const BCRYPT_COST = 10;

/** A kind of character: its input that allows it, its input for how many there must be, and its characters. */
interface CharacterClass {
  readonly allowed: boolean;
  readonly minimum: number;
  readonly characters: string;
}

/** `random:index/randomPassword:RandomPassword`. */
export const randomPassword = bridgedResource({
  schemaVersion: 3,

  defaults({ number, numeric }) {
    // `number` is the old name of `numeric`: each takes the other's value.
    const digits = numeric ?? number ?? true;
    return {
      lower: true,
      minLower: 0,
      minNumeric: 0,
      minSpecial: 0,
      minUpper: 0,
      number: digits,
      numeric: digits,
      special: true,
      upper: true,
    };
  },
  outputs: ["bcryptHash", "result"],
  secretOutputs: ["bcryptHash", "result"],

  failures(inputs) {
    const { length } = inputs;
    if (length === undefined) return [];
    const wanted = characterClasses(inputs).reduce((sum, { minimum }) => sum + minimum, 0);
    const failures: CheckFailure[] = [];
    if (Number(length) < Math.max(1, wanted)) {
      failures.push({
        property: "length",
        reason: `length must be at least ${Math.max(1, wanted)}, the sum of all minimums, but is ${Number(length)}`,
      });
    }
    return failures;
  },

  make(inputs) {
    const classes = characterClasses(inputs);
    const every = classes.map(({ allowed, characters }) => (allowed ? characters : "")).join("");
    if (every === "") throw new Error("a password needs at least one of lower, upper, numeric and special");
    const chosen = classes.flatMap(({ minimum, characters }) => pick(characters, minimum));
    const rest = pick(every, Number(inputs.length) - chosen.length);
    const result = shuffled([...chosen, ...rest]).join("");
    return { id: "none", outputs: { result, bcryptHash: bcryptHash(result) } };
  },
});

/** With the older name of the algorithm, as the official provider's Go library writes it. Both names mean the same since 2014. */
function bcryptHash(password: string): string {
  return hashSync(password, genSaltSync(BCRYPT_COST).replace(/^\$2b\$/, "$2a$"));
}

function characterClasses(inputs: PropertyMap): CharacterClass[] {
  const override = inputs.overrideSpecial;
  const of = (allowed: string, minimum: string, characters: string): CharacterClass => ({
    allowed: inputs[allowed] !== false,
    minimum: Number(inputs[minimum] ?? 0),
    characters,
  });
  return [
    of("special", "minSpecial", typeof override === "string" && override !== "" ? override : SPECIAL),
    of("numeric", "minNumeric", NUMERIC),
    of("lower", "minLower", LOWER),
    of("upper", "minUpper", UPPER),
  ];
}

function pick(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}

/** Fisher-Yates. */
function shuffled(items: string[]): string[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [result[index], result[other]] = [result[other] ?? "", result[index] ?? ""];
  }
  return result;
}
