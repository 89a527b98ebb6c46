// Starts the player at the second the address asks for (?t=12.5), and lets links on the page jump to a second.
"use strict";

function secondOf(text) {
  const second = Number.parseFloat(text);
  return Number.isFinite(second) && second >= 0 ? second : null;
}

function seek(video, second, andPlay) {
  const go = () => {
    video.currentTime = Math.min(second, video.duration || second);
    if (andPlay) video.play().catch(() => {});
  };
  if (video.readyState >= 1) go();
  else video.addEventListener("loadedmetadata", go, { once: true });
}

document.addEventListener("DOMContentLoaded", () => {
  const video = document.querySelector("video[data-player]");
  if (!video) return;
  const wanted = secondOf(new URLSearchParams(window.location.search).get("t"));
  if (wanted !== null) seek(video, wanted, false);
  document.querySelectorAll("a[data-seek]").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      seek(video, secondOf(link.dataset.seek) || 0, true);
      video.scrollIntoView({ block: "nearest" });
    });
  });
});
