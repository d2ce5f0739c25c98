// Runs before the first paint, so that a page in the dark does not flash. A file of its own: inline scripts are refused.
try {
  const chosen = localStorage.getItem("headrace.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing: the system's preference holds.
}
