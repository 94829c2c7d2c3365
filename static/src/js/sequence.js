// Turns single key presses into commands such as "n" or "g c".

const PAUSE_MS = 1200;

/** `press(key, now, known)` returns the command that is complete with this key, or null.
 *  known(command) tells whether a command exists; a first key counts as a beginning for PAUSE_MS. */
export function createSequence() {
  let first = "";
  let since = 0;
  return function press(key, now, known) {
    const pair = first && now - since <= PAUSE_MS ? `${first} ${key}` : "";
    first = "";
    if (pair && known(pair)) {
      return pair;
    }
    if (known(key)) {
      return key;
    }
    first = key;
    since = now;
    return null;
  };
}
