// Sends the pieces of a take to the server, each where the last one ended, as often as it takes.
import { csrf } from "./clock.js";
import * as store from "./store.js";

const TOGETHER = 1 << 20; // bytes in one request
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;

/** What the server refused for good; `message` is in words. */
export class Refused extends Error {}

/** The server cannot be reached, or wants something else first (the password, say): later. */
class Away extends Error {}

async function ask(address, body, headers = {}) {
  let reply;
  try {
    const all = { "X-CSRFToken": csrf(), Accept: "application/json", ...headers };
    reply = await fetch(address, { method: "POST", headers: all, body, redirect: "manual" });
  } catch {
    throw new Away();
  }
  if (reply.ok || reply.status === 409) {
    return { status: reply.status, ...(await reply.json()) };
  }
  if ([400, 403, 404, 413].includes(reply.status)) {
    const said = await reply.json().catch(() => ({}));
    throw new Refused(said.error ?? `HTTP ${reply.status}`);
  }
  throw new Away();
}

/** Pieces that follow one another put together: after an hour without a network it is not sent second by second. */
export function joined(pieces, most = TOGETHER) {
  const longer = [];
  for (const piece of pieces) {
    const last = longer.at(-1);
    if (last && last.size + piece.bytes.byteLength <= most && last.offset + last.size === piece.offset) {
      last.parts.push(piece.bytes);
      last.size += piece.bytes.byteLength;
    } else {
      longer.push({ offset: piece.offset, size: piece.bytes.byteLength, parts: [piece.bytes] });
    }
  }
  return longer;
}

/** Send what is kept of one take. `told` hears {received, size}. Returns the recording once all is there and the take
 * has ended, null while more may come. Raises Refused, and Away where trying again later may help. */
export async function sendOnce(take, told) {
  let { received } = await ask(take.address, new URLSearchParams({ key: take.key, [take.of]: take.pk }));
  await store.dropPieces(take.key, received);
  for (const piece of joined(await store.pieces(take.key))) {
    if (piece.offset + piece.size > received) {
      const type = { "Content-Type": "application/octet-stream" };
      const answer = await ask(`${take.address}${take.key}/?offset=${piece.offset}`, new Blob(piece.parts), type);
      received = answer.received;
      if (answer.status === 409) {
        throw new Away(); // the server has less than it said before: begin again
      }
      await store.dropPieces(take.key, received);
    }
    told({ received, size: take.size });
  }
  if (!take.closed || received < take.size) {
    return null;
  }
  const form = new URLSearchParams({ size: take.size, ended: take.ended ? "1" : "0" });
  const answer = await ask(`${take.address}${take.key}/close/`, form);
  if (answer.status === 409) {
    throw new Away();
  }
  await store.dropTake(take.key);
  return answer;
}

/** One take on its way to the server. `say` hears "sending", "waiting", "kept" and "refused". */
export class Sender {
  constructor(take, say) {
    this.take = take;
    this.say = say;
    this.running = false;
    this.over = false; // the server has all of it, or will never take it
    this.again = false;
    this.pause = FIRST_PAUSE_MS;
    window.addEventListener("online", () => this.wake());
  }

  /** Something new is there, or the server may be reached again. */
  wake() {
    clearTimeout(this.timer);
    this.again = true;
    if (!this.running && !this.over) {
      this.run();
    }
  }

  async run() {
    this.running = true;
    while (this.again) {
      this.again = false;
      try {
        const kept = await sendOnce(this.take, (state) => this.say("sending", state));
        this.pause = FIRST_PAUSE_MS;
        if (kept) {
          this.over = true;
          this.say("kept", kept);
          break;
        }
      } catch (error) {
        if (error instanceof Refused) {
          this.over = true;
          this.say("refused", { error: error.message });
          break;
        }
        this.say("waiting", {});
        this.timer = setTimeout(() => this.wake(), this.pause);
        this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
        break;
      }
    }
    this.running = false;
  }
}
