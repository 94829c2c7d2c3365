// What was typed in a call, until the server has it. Every entry is put by in the browser first, sent in order, and
// forgotten only when the server has answered: a reload, a lost network or a restarted server lose nothing.
//
// An entry: {id, kind: "answer" | "note" | "finding", key, base, body}. `base` is the revision on which it was typed;
// answers have one each, note and finding share that of the call.

const FORGOTTEN_MS = 7 * 24 * 3600 * 1000; // no call is held for so long
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30000;

const groupOf = (entry) => (entry.kind === "answer" ? entry.key : "call");

/** Entries in the browser's storage, one under each key, so that two windows do not overwrite each other's. */
export function createStore(storage, prefix) {
  const keys = () => Array.from({ length: storage.length }, (_one, place) => storage.key(place)).filter((key) => key?.startsWith(prefix));
  return {
    load: () => keys().map((key) => JSON.parse(storage.getItem(key))).sort((one, other) => (one.id < other.id ? -1 : 1)),
    put(entry) {
      try {
        storage.setItem(prefix + entry.id, JSON.stringify(entry));
      } catch {
        // The browser keeps nothing (full, or forbidden): the entry lives in the page alone.
      }
    },
    drop: (entry) => storage.removeItem(prefix + entry.id),
    /** Forget what any call left here too long ago; an entry's key ends with the instant at which it was typed. */
    sweep(now) {
      const all = Array.from({ length: storage.length }, (_one, place) => storage.key(place));
      const old = all.filter((key) => now - Number(/^call:.*:(\d{15})-\d{6}$/.exec(key)?.[1] ?? now) > FORGOTTEN_MS);
      old.forEach((key) => storage.removeItem(key));
    }
  };
}

/** `send(entry)` resolves to {status, data}, or rejects when the server cannot be reached.
 *  `tell` hears: changed(entries), saved(entry, data), conflict(entry, stored, kept: typed before a reload), refused(entry, words), lost(words),
 *  signedOut(). `later(run, ms)` is setTimeout. */
export function createQueue({ store, send, tell, later = setTimeout, clock = Date.now }) {
  store.sweep(clock());
  const entries = store.load();
  const kept = new Set(entries); // typed before the page was loaded
  const revisions = new Map();
  let number = 0;
  let busy = null;
  let pause = FIRST_PAUSE;
  let stopped = false;

  const forget = (entry) => {
    entries.splice(entries.indexOf(entry), 1);
    store.drop(entry);
  };

  /** The revision of what the server holds: what is typed from now on is typed on that. */
  function known(group, revision) {
    revisions.set(group, revision);
  }

  /** The server took an entry: what was typed on the same revision follows it. What is older meets its conflict. */
  function follow(done, revision) {
    known(groupOf(done), revision);
    for (const entry of entries.filter((one) => groupOf(one) === groupOf(done) && one.base === done.base)) {
      entry.base = revision;
      store.put(entry);
    }
  }

  function put(kind, key, body) {
    const again = entries.find((one) => one.kind === kind && one.key === key && !one.flying);
    if (again) {
      again.body = body;
      store.put(again);
    } else {
      number += 1;
      const entry = { id: `${String(clock()).padStart(15, "0")}-${String(number).padStart(6, "0")}`, kind, key, body };
      entry.base = revisions.get(groupOf(entry)) ?? 0;
      entries.push(entry);
      store.put(entry);
    }
    tell.changed(entries);
  }

  function taken(entry, { status, data }) {
    if (status === 200) {
      forget(entry);
      follow(entry, data.revision);
      tell.saved(entry, data);
    } else if (status === 409) {
      merge(entry);
      forget(entry);
      known(groupOf(entry), data.stored.revision);
      tell.conflict(entry, data.stored, kept.has(entry));
    } else if (status === 400 || status === 404 || status === 422) {
      forget(entry);
      tell.refused(entry, data?.error ?? "");
    } else if (status === 403 && data?.lost) {
      stopped = true;
      tell.lost(data.error);
    } else if ([0, 401, 403, 423].includes(status)) {
      tell.signedOut();
      return false;
    } else {
      return false;
    }
    return true;
  }

  async function run() {
    while (entries.length > 0 && !stopped) {
      const entry = entries[0];
      entry.flying = true;
      let went = false;
      try {
        went = taken(entry, await send({ ...entry, body: { ...entry.body, revision: entry.base } }));
      } catch {
        went = false;
      }
      delete entry.flying;
      tell.changed(entries);
      if (!went) {
        merge(entry);
        later(flush, pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
        return;
      }
      pause = FIRST_PAUSE;
    }
  }

  /** What was typed while an entry was under way that did not arrive takes its place. */
  function merge(entry) {
    const newer = entries.find((one) => one !== entry && one.kind === entry.kind && one.key === entry.key);
    if (newer) {
      entry.body = newer.body;
      forget(newer);
      store.put(entry);
    }
  }

  function flush() {
    busy ??= run().finally(() => {
      busy = null;
    });
    return busy;
  }

  /** Try at once, whatever the pause; true when everything has arrived. */
  async function settle() {
    await flush();
    return entries.length === 0;
  }

  /** Nothing stays in the browser: what was left has been shown. */
  const clear = () => entries.forEach((entry) => store.drop(entry));

  return { put, flush, clear, settle, known, entries, again: () => { stopped = false; return flush(); } };
}
