// Asks once a second how far the planner is, and shows the plan as soon as there is one.
(() => {
  const box = document.querySelector("[data-progress]");
  if (!box) return;
  const bar = box.querySelector("[data-bar]");
  const meter = box.querySelector("[role=progressbar]");

  const show = (told) => {
    bar.style.width = `${told.percent}%`;
    meter.setAttribute("aria-valuenow", told.percent);
    box.querySelector("[data-percent]").textContent = `${told.percent} %`;
    box.querySelector("[data-sentence]").textContent = told.sentence;
  };

  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (told.made) return window.location.reload();
      show(told);
    } catch {
      // The server is busy or away for a moment: the next second asks again.
    }
    window.setTimeout(ask, 1000);
  };
  window.setTimeout(ask, 1000);
})();
