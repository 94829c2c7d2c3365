// The player of a recording: the picture with a slider on it, speed, keys, marks. The sound itself is asked for when
// somebody plays, which the server logs; seeking stays within that play, from the start again is another one.
import { clock, csrf } from "./clock.js";
import { LONGEST_MS, decode, pathOf } from "./peaks.js";

const STEP_MS = 5000;
const FAR = 1e7; // seconds: further than any recording
const SWITCHED = "single-keys"; // people may switch the keys of pages off (keys.js)
const TYPING = "input:not([type=range]), textarea, select, [contenteditable=true]";

class Player {
  constructor(root) {
    this.root = root;
    this.length = Number(root.dataset.duration);
    this.whole = "wholePage" in root.dataset;
    this.audio = null;
    this.position = 0; // ms, where it is or will begin
    this.part = (name) => root.querySelector(`[data-${name}]`);
    root.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.toggle();
    });
    this.part("seek").addEventListener("input", (event) => this.seek(Number(event.target.value)));
    this.part("speed").addEventListener("change", () => this.setSpeed());
    this.show();
  }

  get isPlaying() {
    return Boolean(this.audio) && !this.audio.paused;
  }

  async toggle() {
    delete this.root.querySelector("form").dataset.sent;
    if (this.isPlaying) {
      this.audio.pause();
      return;
    }
    try {
      await this.open();
      await this.audio.play();
    } catch {
      this.fail();
    }
  }

  async open() {
    if (this.audio) {
      return;
    }
    const url = await this.begin();
    const audio = new Audio();
    audio.preload = "auto";
    audio.preservesPitch = true;
    await load(audio, url, this.position / 1000);
    for (const kind of ["play", "pause"]) {
      audio.addEventListener(kind, () => this.show());
    }
    audio.addEventListener("timeupdate", () => this.follow());
    audio.addEventListener("ended", () => this.end());
    audio.addEventListener("error", () => this.fail());
    this.audio = audio;
    this.setSpeed();
    this.picture(url);
  }

  /** Tell the server that somebody plays. Returns the address of the sound. */
  async begin() {
    const headers = { "X-CSRFToken": csrf(), Accept: "application/json" };
    const reply = await fetch(this.root.dataset.playUrl, { method: "POST", headers });
    if (!reply.ok) {
      throw new Error(`HTTP ${reply.status}`);
    }
    return (await reply.json()).url;
  }

  /** Where nobody has drawn the sound yet, do it for everybody. */
  async picture(url) {
    const address = this.root.dataset.peaksUrl;
    if (!address || this.length > LONGEST_MS) {
      return;
    }
    delete this.root.dataset.peaksUrl;
    const bars = await decode(url).catch(() => []);
    if (bars.length > 0) {
      this.root.querySelectorAll(".player-bars").forEach((path) => path.setAttribute("d", pathOf(bars)));
      const body = new URLSearchParams({ peaks: bars.join(",") });
      await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf() }, body }).catch(() => {});
    }
  }

  seek(position) {
    this.position = Math.max(0, Math.min(position, this.length));
    if (this.audio) {
      this.audio.currentTime = this.position / 1000;
    }
    this.show();
  }

  step(by) {
    this.seek(this.position + by);
  }

  setSpeed() {
    if (this.audio) {
      this.audio.playbackRate = Number(this.part("speed").value);
    }
  }

  follow() {
    if (this.audio) {
      this.position = Math.min(this.audio.currentTime * 1000, this.length);
      this.show();
    }
  }

  end() {
    this.audio = null;
    this.position = 0;
    this.show();
  }

  fail() {
    this.audio = null;
    this.part("said").textContent = this.root.querySelector("template[data-words]").content.textContent;
    this.show();
  }

  show() {
    const x = (400 * this.position) / (this.length || 1);
    this.root.classList.toggle("is-playing", this.isPlaying);
    this.part("toggle").setAttribute("aria-pressed", String(this.isPlaying));
    this.part("word-play").hidden = this.isPlaying;
    this.part("word-pause").hidden = !this.isPlaying;
    this.part("played").setAttribute("width", x.toFixed(1));
    this.part("now").setAttribute("d", `M${x.toFixed(1)} 0V64`);
    this.part("time").textContent = clock(this.position);
    const slider = this.part("seek");
    slider.value = String(Math.round(this.position));
    slider.setAttribute("aria-valuetext", `${clock(this.position)} / ${clock(this.length)}`);
    if (this.whole) {
      this.showMark();
    }
  }

  /** The form of a mark follows, until somebody writes into it. */
  showMark() {
    const at = document.querySelector("[data-mark-at]");
    if (at && !at.form.contains(document.activeElement)) {
      at.value = String(Math.round(this.position));
      document.querySelector("[data-mark-time]").textContent = clock(this.position);
    }
  }
}

/** Wait for an event of a sound; its error is raised. */
function when(audio, kind) {
  return new Promise((resolve, reject) => {
    audio.addEventListener(kind, resolve, { once: true });
    audio.addEventListener("error", () => reject(new Error("media")), { once: true });
  });
}

/** Go to a moment, in seconds, and wait until it is there. */
async function goTo(audio, seconds) {
  const there = when(audio, "seeked");
  audio.currentTime = seconds;
  await there;
}

/** Load a sound until its length is known and it stands at `seconds`. What browsers record does not say its length:
 * going far beyond the end finds it. */
async function load(audio, url, seconds) {
  const known = when(audio, "loadedmetadata");
  audio.src = url;
  await known;
  if (!Number.isFinite(audio.duration)) {
    await goTo(audio, FAR);
    await goTo(audio, seconds);
  } else if (seconds > 0) {
    await goTo(audio, seconds);
  }
}


function onKey(event, player) {
  const rests = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
  const away = localStorage.getItem(SWITCHED) === "off" && !player.root.contains(event.target);
  if (rests || away || event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) {
    return;
  }
  const act = {
    " ": () => player.toggle(),
    ArrowLeft: () => player.step(-STEP_MS),
    ArrowRight: () => player.step(STEP_MS),
    m: player.whole ? () => document.getElementById("mark-text")?.focus() : null // the page's keys rest on the slider
  };
  const onOther = event.key === " " && event.target.closest?.("button, a, summary");
  if (act[event.key] && !onOther) {
    event.preventDefault();
    act[event.key]();
  }
}

/** Make a player of `root`; its keys are the whole page's where it says so, else they work inside it. */
export function enhance(root) {
  const player = new Player(root);
  (player.whole ? document : root).addEventListener("keydown", (event) => onKey(event, player));
  if (player.whole) {
    document.addEventListener("click", (event) => {
      const mark = event.target.closest?.("[data-seek-to]");
      if (mark) {
        player.seek(Number(mark.dataset.seekTo));
        if (!player.isPlaying) {
          player.toggle();
        }
      }
    });
  }
}
