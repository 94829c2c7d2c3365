// What happens around the page: the lease is renewed by work, the page asks whose the call is and who else looks, a
// second window is noticed, seconds run.

const ASK_MS = 30000;
const BEAT_MS = 60000;
const ACTIVE = "crm-active"; // the clock of the idle lock

/** `2:05`, or `1:02:05`. */
export function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Whether the server should hear that somebody works: he did something since it last heard, a while ago. */
export function beats({ now, worked, told }) {
  return worked > told && now - told >= BEAT_MS;
}

/** Whoever is on the line is at work, though he touches nothing: neither lease nor idle lock runs out under him. */
export function isOnTheLine(page) {
  return page.querySelector("#call-line [data-since]") !== null && !page.querySelector("#lock[open]");
}

function tick() {
  for (const place of document.querySelectorAll("[data-since]")) {
    place.textContent = clock(Math.max(0, Math.floor((Date.now() - Date.parse(place.dataset.since)) / 1000)));
  }
}

/** Another window of this call answers "here" to "hello". */
function watchWindows(name, seen) {
  if (!("BroadcastChannel" in window)) {
    return;
  }
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", (event) => {
    if (event.data === "hello") {
      channel.postMessage("here");
    }
    seen();
  });
  channel.postMessage("hello");
}

export function startWatch({ call, urls, post, status }) {
  let worked = 0;
  let told = Date.now();
  const note = () => {
    worked = Date.now();
  };
  for (const kind of ["keydown", "pointerdown", "input"]) {
    document.addEventListener(kind, note, { capture: true, passive: true });
  }
  document.addEventListener("call:work", note); // a recording runs
  const ask = async () => {
    const reply = await fetch(urls.status, { headers: { Accept: "application/json" }, redirect: "manual" }).catch(() => null);
    if (reply?.ok) {
      status(await reply.json());
    }
  };
  const beat = async () => {
    if (isOnTheLine(document)) {
      note();
      localStorage.setItem(ACTIVE, String(Date.now()));
    }
    if (beats({ now: Date.now(), worked, told })) {
      told = Date.now();
      const reply = await post(urls.heartbeat, {}).catch(() => null);
      if (reply?.status === 200 && !reply.data.mine) {
        ask();
      }
    }
  };
  ask();
  setInterval(ask, ASK_MS);
  setInterval(beat, 5000);
  setInterval(tick, 1000);
  tick();
  watchWindows(`call:${call}`, () => {
    document.getElementById("call-second").hidden = false;
  });
}
