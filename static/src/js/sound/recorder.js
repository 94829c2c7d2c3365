// Records the microphone: start, pause, go on, stop, with a level meter. Every second's piece is kept in the browser
// before it is sent, so that a reload or a lost network costs what the microphone had not handed over yet, at most.
import { clock } from "./clock.js";
import { Sender } from "./sender.js";
import * as store from "./store.js";

const PIECE_MS = 1000;
const METER_MS = 100;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const FORGOTTEN_MS = 7 * 24 * 3600 * 1000; // what the server has refused for so long it will not take any more
const ACTIVE = "crm-active"; // the clock of the idle lock: a recorder that runs is somebody at work
const lockOf = (key) => `crm-take-${key}`;

/** How loud it is, 0 to 100, from samples around zero. */
export function loudness(samples) {
  const mean = samples.reduce((sum, sample) => sum + sample * sample, 0) / (samples.length || 1);
  const decibels = 20 * Math.log10(Math.max(Math.sqrt(mean), 1e-5));
  return Math.round(Math.max(0, Math.min(100, ((decibels + 60) / 60) * 100)));
}

class Recorder {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-${name}]`);
    this.words = root.querySelector("[data-words-kept]").dataset;
    this.recorded = 0; // ms before the last pause
    root.addEventListener("click", (event) => {
      const verb = event.target.closest("[data-do]")?.dataset.do;
      if (verb) {
        this[verb]();
      }
    });
    this.show("idle");
    root.hidden = false;
  }

  word(name, values = {}) {
    return this.words[`words${name}`].replace(/\{(\w+)\}/g, (_whole, key) => values[key]);
  }

  say(text) {
    this.part("said").textContent = text;
  }

  async start() {
    if (this.root.dataset.state !== "idle") {
      return;
    }
    this.show("starting");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    } catch {
      this.show("idle");
      this.say(this.word("NoMicrophone"));
      return;
    }
    try {
      await this.begin();
    } catch (error) {
      this.stream.getTracks().forEach((track) => track.stop());
      this.show("idle");
      this.say(this.word("Refused", { error: error.message }));
    }
  }

  async begin() {
    const { of, ofPk, takesUrl } = this.root.dataset;
    const fresh = { size: 0, ended: false, closed: false };
    this.take = { key: crypto.randomUUID(), address: takesUrl, of, pk: ofPk, begunAt: Date.now(), ...fresh };
    await store.putTake(this.take);
    this.release = await hold(this.take.key);
    this.sender = new Sender(this.take, (what, state) => this.hear(what, state));
    this.recorded = 0;
    this.listen();
  }

  listen() {
    const kind = KINDS.find((name) => MediaRecorder.isTypeSupported(name));
    this.media = new MediaRecorder(this.stream, { mimeType: kind, audioBitsPerSecond: 32000 });
    this.writing = Promise.resolve();
    this.media.addEventListener("dataavailable", (event) => {
      this.writing = this.writing.then(() => this.keep(event.data));
    });
    this.media.addEventListener("stop", () => this.close());
    for (const track of this.stream.getTracks()) {
      track.addEventListener("ended", () => this.lose());
    }
    this.media.start(PIECE_MS);
    this.measure();
    this.go();
  }

  measure() {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(this.stream).connect(this.analyser);
    const samples = new Float32Array(this.analyser.fftSize);
    this.timer = setInterval(() => {
      this.analyser.getFloatTimeDomainData(samples);
      this.part("level").value = this.media.state === "recording" ? loudness(samples) : 0;
      this.part("time").textContent = clock(this.elapsed());
    }, METER_MS);
    window.addEventListener("beforeunload", this.warn);
  }

  warn = (event) => event.preventDefault();

  elapsed() {
    return this.recorded + (this.since ? performance.now() - this.since : 0);
  }

  go() {
    this.since = performance.now();
    this.show("recording");
    this.say(this.word("Recording"));
  }

  pause() {
    this.recorded = this.elapsed();
    this.since = 0;
    this.media.pause();
    this.media.requestData();
    this.show("paused");
    this.say(this.word("Paused"));
  }

  resume() {
    this.media.resume();
    this.go();
  }

  stop() {
    this.recorded = this.elapsed();
    this.since = 0;
    this.show("stopping");
    if (this.media.state !== "inactive") {
      this.media.stop();
    }
  }

  lose() {
    if (["recording", "paused"].includes(this.root.dataset.state)) {
      this.stop();
      this.say(this.word("Lost"));
    }
  }

  async keep(blob) {
    localStorage.setItem(ACTIVE, String(Date.now()));
    document.dispatchEvent(new CustomEvent("call:work"));
    if (blob.size > 0) {
      const bytes = await blob.arrayBuffer();
      const offset = this.take.size;
      this.take.size += bytes.byteLength;
      await store.putPiece(this.take, offset, bytes);
      this.sender.wake();
    }
  }

  async close() {
    clearInterval(this.timer);
    window.removeEventListener("beforeunload", this.warn);
    this.stream.getTracks().forEach((track) => track.stop());
    this.context.close();
    this.part("level").value = 0;
    await this.writing;
    Object.assign(this.take, { ended: true, closed: true });
    await store.putTake(this.take);
    this.sender.wake();
  }

  hear(what, state) {
    const stopped = this.root.dataset.state === "stopping";
    if (what === "kept") {
      this.finish(this.word("Kept"));
      window.htmx?.trigger(document.body, "recordings-changed");
    } else if (what === "refused") {
      this.finish(this.word("Refused", state));
    } else if (what === "waiting") {
      this.say(this.word("Waiting"));
    } else if (stopped) {
      this.say(this.word("Sending", { percent: Math.floor((100 * state.received) / (state.size || 1)) }));
    } else if (this.root.dataset.state === "recording") {
      this.say(this.word("Recording"));
    }
  }

  finish(text) {
    this.release();
    this.show("idle");
    this.say(text);
  }

  show(state) {
    this.root.dataset.state = state;
    const shown = { idle: ["start"], recording: ["pause", "stop"], paused: ["resume", "stop"] }[state] ?? [];
    for (const button of this.root.querySelectorAll("[data-do]")) {
      button.hidden = !shown.includes(button.dataset.do);
    }
    const runs = ["recording", "paused", "stopping"].includes(state);
    this.part("time").hidden = !runs;
    this.part("level").hidden = !runs;
  }
}

/** Hold a take as this tab's own. Returns what lets it go. */
function hold(key) {
  return new Promise((held) => {
    navigator.locks.request(lockOf(key), () => new Promise((release) => held(release)));
  });
}

/** Send takes that a tab left behind, by a reload or a crash: those that no tab holds. */
export async function resume() {
  for (const take of await store.allTakes()) {
    if (Date.now() - take.begunAt > FORGOTTEN_MS) {
      await store.dropTake(take.key);
      continue;
    }
    navigator.locks.request(lockOf(take.key), { ifAvailable: true }, (lock) => (lock ? finish(take) : null));
  }
}

/** Everything of a take that was left behind, until the server has it. */
function finish(take) {
  return new Promise((done) => {
    take.closed = true;
    const sender = new Sender(take, (what, state) => {
      tell(take, what, state);
      if (what === "kept" || what === "refused") {
        done();
      }
    });
    sender.wake();
  });
}

/** On the page of the same call the recorder says what happens to the take that was left behind. */
function tell(take, what, state) {
  const root = document.querySelector(`[data-recorder][data-of="${take.of}"][data-of-pk="${CSS.escape(take.pk)}"]`);
  const recorder = root && recorders.get(root);
  if (what === "kept") {
    window.htmx?.trigger(document.body, "recordings-changed");
  }
  if (recorder && root.dataset.state === "idle") {
    recorder.say(recorder.word({ kept: "Kept", refused: "Refused", waiting: "Waiting", sending: "Resumed" }[what], state));
  }
}

const recorders = new WeakMap();

/** A card with a recorder that runs is not exchanged for a newer one: its buttons are needed. */
globalThis.document?.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.querySelector("[data-recorder]:not([data-state=idle])")) {
    event.detail.shouldSwap = false;
  }
});

export function enhance(root) {
  const able = navigator.mediaDevices?.getUserMedia && window.MediaRecorder && navigator.locks && window.indexedDB;
  if (able) {
    recorders.set(root, new Recorder(root));
  }
}
