// Runs before the first paint: styles can tell a browser with scripts from one without.
document.documentElement.classList.add("has-script");
