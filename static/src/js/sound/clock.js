// Times as people read them, as the server writes them (callbacks/recordings/selectors.py).

/** `3:07`, and `1:02:03` from an hour on. */
export function clock(milliseconds) {
  const seconds = Math.floor(Math.max(milliseconds, 0) / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The token that our server wants with everything that is sent to it. */
export function csrf() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}
