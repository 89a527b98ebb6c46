// One key, one verdict: presses the button that carries the key. Keys typed into a field are left alone.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest && event.target.closest("input, textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  const button = [...document.querySelectorAll("button[data-key]")].find((one) => one.dataset.key === key);
  if (!button || button.disabled) return;
  event.preventDefault();
  document.querySelectorAll("button[data-key]").forEach((one) => one.classList.toggle("dp-main", one === button));
  button.form.requestSubmit(button);
});

document.addEventListener("DOMContentLoaded", () => {
  const video = document.querySelector("video[data-start]");
  if (!video) return;
  const go = () => { video.currentTime = Math.min(Number(video.dataset.start) || 0, video.duration || 0); };
  if (video.readyState >= 1) go();
  else video.addEventListener("loadedmetadata", go, { once: true });
});
