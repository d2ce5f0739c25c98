// @vitest-environment jsdom
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { follow, type Watch } from "./follow.ts";

interface Message {
  cursor: string;
}

// Each opening of the stream answers with the next of these: messages, and then an error or an end.
type Turn = { messages: string[]; error?: unknown };

function scripted(turns: Turn[], watch: Partial<Watch<Message>> = {}) {
  const opened: string[] = [];
  const received: string[] = [];
  const stop = follow<Message>({
    async *open(cursor, signal) {
      opened.push(cursor);
      const turn = turns.shift();
      for (const each of turn?.messages ?? []) yield { cursor: each };
      if (turn?.error) throw turn.error;
      if (!turn) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("left"))));
    },
    receive: (message) => received.push(message.cursor),
    ...watch,
  });
  return { opened, received, stop };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("goes on after the last message when the connection breaks", async () => {
  const { opened, received, stop } = scripted([
    { messages: ["1", "2"], error: new ConnectError("gone", Code.Unavailable) },
    { messages: ["3"], error: new ConnectError("gone", Code.Unavailable) },
  ]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(opened).toEqual(["", "2", "3"]);
  expect(received).toEqual(["1", "2", "3"]);
  stop();
});

test("waits longer after each failure, so that a gateway that comes back is not overrun", async () => {
  const error = new ConnectError("busy", Code.ResourceExhausted);
  const { opened, stop } = scripted(Array.from({ length: 50 }, () => ({ messages: [], error })));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened.length).toBeGreaterThan(6);
  expect(opened.length).toBeLessThan(20);
  stop();
});

test("is over when the stream ends and there is nothing more to come", async () => {
  const { opened, stop } = scripted([{ messages: ["1"] }], { ended: () => true });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened).toHaveLength(1);
  stop();
});

test("opens again a stream that ended early", async () => {
  const { opened, stop } = scripted([{ messages: ["1"] }], { ended: () => false });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(opened).toEqual(["", "1"]);
  stop();
});

test("tells what cannot be followed, and does not ask again", async () => {
  const failed = vi.fn();
  const { opened } = scripted([{ messages: [], error: new ConnectError("no such run", Code.NotFound) }], { failed });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(failed).toHaveBeenCalledOnce();
  expect(opened).toHaveLength(1);
});

test("begins anew when its cursor is too old", async () => {
  const restarted = vi.fn();
  const expired = new ConnectError("too old", Code.OutOfRange);
  expired.details.push({ type: "google.rpc.ErrorInfo", value: new Uint8Array(), debug: { reason: "CURSOR_EXPIRED" } });
  const { opened, stop } = scripted([{ messages: ["7"], error: expired }], { restarted });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(restarted).toHaveBeenCalledOnce();
  expect(opened).toEqual(["", ""]);
  stop();
});

test("leaves a stream that is silent for too long, and goes on after its last message", async () => {
  const { opened, stop } = scripted([{ messages: ["4"], error: new ConnectError("gone", Code.Unavailable) }]);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(opened.slice(0, 3)).toEqual(["", "4", "4"]);
  stop();
});

test("is left when nobody wants it any more", async () => {
  const { opened, stop } = scripted([]);
  await vi.advanceTimersByTimeAsync(1_000);
  stop();
  await vi.advanceTimersByTimeAsync(200_000);
  expect(opened).toHaveLength(1);
});
