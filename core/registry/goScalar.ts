import type { Scalar } from "yaml";

/**
 * What Pulumi takes a scalar of its configuration files for. It reads them with Go's yaml.v3 (resolve.go): other than in YAML 1.2, a leading zero makes a number
 * octal, underscores and binary numbers are allowed, and dates become texts of another form. An empty value is an empty text.
 */
export function goScalar({ type, source, value }: Scalar): unknown {
  if (type !== "PLAIN" || source === undefined) return value;
  return value === null ? "" : (goTime(source) ?? goNumber(source) ?? value);
}

const integer = /^([-+]?)(0x[\da-f]+|0b[01]+|0o?[0-7]+)$/i;
const float = /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i;

function goNumber(source: string): number | undefined {
  if (!/^[-+.\d]/.test(source)) return undefined;
  const plain = source.replaceAll("_", "");
  const [, sign, digits] = integer.exec(plain) ?? [];
  if (digits !== undefined) return Number(digits.replace(/^0o?(?=[0-7])/i, "0o")) * (sign === "-" ? -1 : 1);
  return float.test(plain) ? Number(plain) : undefined;
}

const timestamp =
  /^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?:[Tt ](?<clock>\d\d?:\d\d?:\d\d?)(?<fraction>\.\d+)?(?<zone>Z|(?<=[Tt].*)[-+]\d\d:\d\d)?)?$/;

/** As Go's Time.String() writes it. */
function goTime(source: string): string | undefined {
  const { year, month, day, clock = "0:0:0", fraction = "", zone = "Z" } = timestamp.exec(source)?.groups ?? {};
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const two = (number: string): string => number.padStart(2, "0");
  const date = `${year}-${two(month)}-${two(day)}`;
  const time = clock.split(":").map(two).join(":");
  // There is no thirteenth month and no 30th of February.
  const found = new Date(`${date}T${time}Z`);
  if (Number.isNaN(found.getTime()) || !found.toISOString().startsWith(date)) return undefined;
  const offset = zone === "Z" ? "+0000 UTC" : `${zone.replace(":", "")} ${zone.replace(":", "")}`;
  return `${date} ${time}${fraction.replace(/\.?0+$/, "")} ${offset}`;
}
