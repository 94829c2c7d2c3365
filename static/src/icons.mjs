// The icons the pages use, by their name in @tabler/icons. A name that is missing there fails the build.
// `{% icon "name" %}` in a template draws one; add a line here before a page uses a new one.

/** Icons drawn with lines. */
export const outline = [
  "alert-circle", "alert-triangle", "archive", "arrow-down", "arrow-down-right", "arrow-left", "arrow-right",
  "arrow-up", "arrows-exchange", "arrows-sort", "ban", "bell", "book", "building", "building-bank", "calendar",
  "chart-bar", "chart-line", "check", "chevron-down", "chevron-left", "chevron-right", "chevron-up", "circle",
  "circle-check", "circle-x", "clipboard-check", "clipboard-list", "clock", "coin-yuan", "columns", "copy",
  "database-import", "device-floppy", "dots", "download", "external-link", "eye", "eye-off", "file-spreadsheet",
  "file-text", "filter", "flag", "hierarchy", "history", "home", "hourglass", "info-circle", "key", "keyboard",
  "language", "list", "list-details", "lock", "login", "logout", "mail", "menu-2", "message", "message-report",
  "microphone", "minus", "moon", "pencil", "phone", "player-pause", "player-play", "player-stop", "plus",
  "presentation", "printer", "refresh", "report", "school", "search", "send", "settings", "shield-check",
  "shield-lock", "star", "table", "tag", "trash", "upload", "user", "user-check", "user-plus", "users", "users-group",
  "x"
];

/** Icons drawn as filled shapes; their symbol is called `<name>-filled`. */
export const filled = ["circle", "square", "square-rotated", "star", "triangle", "point"];
