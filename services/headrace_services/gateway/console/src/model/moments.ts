/**
 * Moments as people read them, in one zone for the whole console: that of the reader, or UTC, in which servers log.
 * A day and its times are said in the console's own language: mixed with the browser's they would read oddly.
 */

const LANGUAGE = "en";
// `hour12: false` would begin a day at 24:00.
const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

let formats = formatsOf(undefined);

/** Says moments in this zone from now on; undefined: in the reader's own. */
export function showZone(zone: string | undefined): void {
  formats = formatsOf(zone);
}

/** Says a time of day, `14:05:09.120` with `milliseconds`. */
export function formatClock(moment: number, milliseconds = false): string {
  const text = formats.clock.format(moment);
  return milliseconds ? `${text}.${String(Math.floor(((moment % 1000) + 1000) % 1000)).padStart(3, "0")}` : text;
}

/** Says a time of day to the minute. */
export function formatShortClock(moment: number): string {
  return formats.short.format(moment);
}

/** Says a day; with the year only if it is another one. */
export function formatDay(moment: number, now: number = Date.now()): string {
  return (formats.year.format(moment) === formats.year.format(now) ? formats.day : formats.dayOfYear).format(moment);
}

/** Says day and time, the day only if it is another one. */
export function formatMoment(moment: number, now: number = Date.now()): string {
  const today = formats.dayOfYear.format(moment) === formats.dayOfYear.format(now);
  return today ? formatClock(moment) : `${formatDay(moment, now)}, ${formatShortClock(moment)}`;
}

/** Says everything about a moment: weekday, date, time and zone. */
export function formatFull(moment: number): string {
  return formats.full.format(moment);
}

/** Says a moment as it is in some other zone, with the name of that. */
export function formatIn(moment: number, zone: string): string {
  return new Intl.DateTimeFormat(LANGUAGE, { ...HOURS, weekday: "short", month: "short", day: "numeric", timeZone: zone, timeZoneName: "short" }).format(moment);
}

/** Returns the midnight before a moment. */
export function midnightBefore(moment: number): number {
  const [hours = 0, minutes = 0, seconds = 0] = formats.clock.format(moment).split(":").map(Number);
  return Math.floor(moment / 1000) * 1000 - ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Returns the name of the zone in which moments are said. */
export function zoneName(): string {
  return formats.clock.resolvedOptions().timeZone;
}

function formatsOf(timeZone: string | undefined) {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LANGUAGE, { ...options, timeZone });
  return {
    clock: format({ ...HOURS, second: "2-digit" }),
    short: format(HOURS),
    day: format({ month: "short", day: "numeric" }),
    dayOfYear: format({ year: "numeric", month: "short", day: "numeric" }),
    year: format({ year: "numeric" }),
    full: format({ ...HOURS, second: "2-digit", weekday: "long", year: "numeric", month: "long", day: "numeric", timeZoneName: "short" }),
  };
}
