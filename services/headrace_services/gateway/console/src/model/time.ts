import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns a moment of the contract in milliseconds since 1970. */
export function millis(moment: Timestamp): number;
export function millis(moment: Timestamp | undefined): number | undefined;
export function millis(moment: Timestamp | undefined): number | undefined {
  return moment && Number(moment.seconds) * SECOND + moment.nanos / 1e6;
}

/** Returns a span of the contract in milliseconds. */
export function spanMillis(duration: Duration): number;
export function spanMillis(duration: Duration | undefined): number | undefined;
export function spanMillis(duration: Duration | undefined): number | undefined {
  return duration && Number(duration.seconds) * SECOND + duration.nanos / 1e6;
}

/** Returns a moment as the contract has it. */
export function timestamp(milliseconds: number): { seconds: bigint; nanos: number } {
  const seconds = Math.floor(milliseconds / SECOND);
  return { seconds: BigInt(seconds), nanos: Math.round((milliseconds - seconds * SECOND) * 1e6) };
}

/** Says how long something took, to two figures that matter: `340 ms`, `2.4 s`, `1 min 05 s`, `3 h 20 min`. */
export function formatSpan(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < 1) return "0 ms";
  if (span < 999.5) return `${Math.round(span)} ms`;
  if (span < 9.95 * SECOND) return `${(span / SECOND).toFixed(1)} s`;
  if (span < 59.5 * SECOND) return `${Math.round(span / SECOND)} s`;
  if (span < HOUR) return pair(span, MINUTE, "min", SECOND, "s");
  if (span < DAY) return pair(span, HOUR, "h", MINUTE, "min");
  return pair(span, DAY, "d", HOUR, "h");
}

function pair(span: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  // Rounded before it is cut in two, so that nothing says `1 min 60 s`.
  const rounded = Math.round(span / small) * small;
  const rest = Math.round((rounded % large) / small);
  const whole = Math.floor(rounded / large);
  return rest === 0 ? `${whole} ${largeUnit}` : `${whole} ${largeUnit} ${String(rest).padStart(2, "0")} ${smallUnit}`;
}

/** Says how far a moment is from now: `just now`, `5 min ago`, `in 2 h`. */
export function formatDistance(moment: number, now: number): string {
  const distance = Math.abs(now - moment);
  if (distance < 5 * SECOND) return moment > now + SECOND ? "in a moment" : "just now";
  const text = coarse(distance);
  return moment > now ? `in ${text}` : `${text} ago`;
}

function coarse(distance: number): string {
  if (distance < MINUTE) return `${Math.floor(distance / SECOND)} s`;
  if (distance < HOUR) return `${Math.floor(distance / MINUTE)} min`;
  if (distance < 2 * DAY) return `${Math.floor(distance / HOUR)} h`;
  return `${Math.floor(distance / DAY)} d`;
}
