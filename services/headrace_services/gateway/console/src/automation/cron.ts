import { formatSpan } from "@/model/time.ts";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WORDS: Record<string, string> = { "@hourly": "every hour", "@daily": "every day at 00:00", "@midnight": "every day at 00:00", "@weekly": "every Sunday at 00:00", "@monthly": "on day 1 of the month at 00:00", "@yearly": "every year", "@annually": "every year" };

/** Says in words when a cron expression is due, where that is simple; otherwise the expression itself. */
export function cronText(expression: string): string {
  const known = WORDS[expression];
  if (known) return known;
  const fields = expression.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || month !== "*") return expression;
  const everyDay = day === "*" && weekday === "*";
  if (hour === "*" && everyDay) return everyMinutes(minute!) ?? expression;
  const step = /^\*\/(\d+)$/.exec(hour!);
  if (step && everyDay && /^\d+$/.test(minute!)) return `every ${step[1]} hours, at minute ${minute}`;
  if (!/^\d+$/.test(minute!) || !/^\d+$/.test(hour!)) return expression;
  const time = `${hour!.padStart(2, "0")}:${minute!.padStart(2, "0")}`;
  if (everyDay) return `every day at ${time}`;
  if (day === "*" && /^[0-7]$/.test(weekday!)) return `every ${WEEKDAYS[Number(weekday)]} at ${time}`;
  if (day === "*" && weekday === "1-5") return `Monday to Friday at ${time}`;
  return weekday === "*" && /^\d+$/.test(day!) ? `on day ${day} of the month at ${time}` : expression;
}

function everyMinutes(minute: string): string | undefined {
  if (minute === "*") return "every minute";
  const step = /^\*\/(\d+)$/.exec(minute);
  if (step) return `every ${step[1]} minutes`;
  return /^\d+$/.test(minute) ? `every hour at minute ${minute}` : undefined;
}

/** Says an interval that somebody chose: whole seconds stay whole. */
export function intervalText(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  return Number.isInteger(seconds) && seconds < 60 ? `${seconds} s` : formatSpan(milliseconds);
}
