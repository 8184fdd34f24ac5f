import { z } from "zod";
import { field, type FieldText } from "./field";

/** How many are accepted at once: the one in use, and the one before or after it. */
const maxNumbers = 2;

/**
 * The numbers of something that is changed in three steps (`nextStep`): the one in use, then one that is accepted, too.
 *
 * @param what it is, in one word
 */
export function rotatingNumbers(what: string, text: Omit<FieldText, "is">) {
  const number = field(z.int().min(1).max(9999), {
    means: `Number of a ${what}, never used again for another.`,
    is: "a whole number from 1 to 9999",
  });
  return field(
    z
      .array(number)
      .min(1)
      .max(maxNumbers)
      .refine((numbers) => new Set(numbers).size === numbers.length)
      .meta({ uniqueItems: true }),
    { ...text, is: "a list of one number or two different ones" },
  );
}
