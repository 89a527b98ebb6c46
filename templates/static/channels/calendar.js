// The calendar's hands: drag, choose, open. Everything is decided by the server; this only asks and draws again.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("cal");
  if (!root) return;
  const say = document.getElementById("cal-say");
  const card = document.getElementById("cal-card");
  const sheet = document.getElementById("cal-sheet");
  const bar = document.getElementById("cal-chosen");
  const filters = root.querySelector(".cal-filters");
  const chosen = new Set();
  let dragged = null;
  let silence = 0;

  // --- telling

  const tell = (text, { refusal = false, choices = [] } = {}) => {
    clearTimeout(silence);
    say.textContent = text;
    say.classList.toggle("is-refusal", refusal);
    choices.forEach(([label, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "dp-button";
      button.textContent = label;
      button.addEventListener("click", act);
      say.append(button);
    });
    say.hidden = false;
    if (choices.length) say.querySelector("button").focus({ focusVisible: false });
    silence = setTimeout(() => { say.hidden = true; }, choices.length ? 60000 : refusal ? 15000 : 6000);
  };

  // --- asking

  const post = async (said) => {
    const answer = await fetch(root.dataset.deed, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": root.querySelector("[name=csrfmiddlewaretoken]").value },
      body: JSON.stringify({ clock: root.dataset.clock, ...said }),
      redirect: "error",
    });
    if (answer.status === 403) return { refused: root.dataset.forbidden };
    if (!answer.ok && ![400, 409].includes(answer.status)) return { refused: root.dataset.failed };
    return answer.json();
  };

  // A refusal is told where it was asked: on the open card, which covers everything else.
  const refuse = (text) => {
    const line = card.open && card.querySelector("[data-refused]");
    if (!line) return tell(text, { refusal: true });
    line.textContent = text;
    line.hidden = false;
    return line.scrollIntoView({ block: "nearest" });
  };

  const act = async (said, { over = null } = {}) => {
    if (over) over.classList.add("is-away");
    let answer;
    try {
      answer = await post(said);
    } catch {
      answer = { refused: root.dataset.failed };
    }
    if (over) over.classList.remove("is-away");
    if (answer.refused) return refuse(answer.refused), false;
    card.close();
    if (answer.ask) return offer(said, answer), false;
    await redraw(answer[root.dataset.by]);
    choose([]);
    const undo = () => act({ deed: "undo", batch: answer.undo, publications: [] });
    tell(answer.say, { choices: answer.undo ? [[answer.undo_text, undo]] : [] });
    return true;
  };

  const offer = (said, answer) => {
    const deed = (one) => (one.swap ? { deed: "swap", publications: one.swap } : { deed: "move", publications: said.publications, at: one.at });
    const choices = answer.choices.map((one) => [one.text, () => act(deed(one))]);
    tell(answer.ask, { choices: [...choices, ["✕", () => { say.hidden = true; }]] });
  };

  // --- drawing again

  const fragment = async (more, drop = []) => {
    const address = new URL(location.href);
    drop.forEach((name) => address.searchParams.delete(name));
    Object.entries(more).forEach(([name, value]) => address.searchParams.set(name, value));
    const answer = await fetch(address, { redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  };

  const opened = () => [...sheet.querySelectorAll(".cal-open[aria-expanded=true]")].map((one) => one.dataset.open);

  const redraw = async (keys, open = opened()) => {
    const here = keys.map(String).filter((key) => sheet.querySelector(`tr[data-row="${key}"]`));
    if (!here.length) return;
    let fresh;
    try {
      fresh = await fragment({ part: "rows", only: here.join(","), open: open.join(",") || "0" });
    } catch {
      location.reload();
      return;
    }
    const table = document.createElement("table");
    table.innerHTML = fresh;
    here.forEach((key) => {
      const old = sheet.querySelector(`tr[data-row="${key}"]`);
      sheet.querySelectorAll(`tr[data-under="${key}"]`).forEach((one) => one.remove());
      const is = open.includes(key);
      const rows = [...table.querySelectorAll(`tr[data-row="${key}"], tr[data-under="${key}"]`)].filter((one) => one.dataset.row || is);
      const opener = rows.length && rows[0].querySelector(".cal-open");
      if (opener) opener.setAttribute("aria-expanded", String(is));
      old.replaceWith(...rows);
    });
    mark();
  };

  const toggle = async (key) => {
    const open = opened();
    const is = open.includes(key);
    await redraw([key], is ? open.filter((one) => one !== key) : [...open, key]);
    const address = new URL(location.href);
    const now = opened();
    if (now.length) address.searchParams.set("open", now.join(","));
    else address.searchParams.delete("open");
    history.replaceState(null, "", address);
    const opener = sheet.querySelector(`.cal-open[data-open="${key}"]`);
    if (opener) opener.focus();
  };

  // --- the rows of the next page come when one scrolls there

  let loading = false;

  const more = async () => {
    const grid = sheet.querySelector(".cal-scroll[data-next]");
    if (!grid || loading || grid.scrollTop + grid.clientHeight < grid.scrollHeight - 300) return;
    loading = true;
    try {
      const table = document.createElement("table");
      table.innerHTML = await fragment({ part: "rows", page: grid.dataset.next }, ["open"]);
      grid.querySelector("tbody").append(...table.querySelectorAll("tr"));
      grid.querySelector("[data-to]").textContent = grid.querySelectorAll("tbody tr:not(.cal-under)").length + Number(grid.dataset.before);
      if (grid.dataset.next === grid.dataset.last) delete grid.dataset.next;
      else grid.dataset.next = Number(grid.dataset.next) + 1;
      const pages = sheet.querySelector(".cal-pages");
      if (pages) pages.hidden = true;
      mark();
    } catch {
      tell(root.dataset.failed, { refusal: true });
      delete grid.dataset.next;
    }
    loading = false;
  };

  sheet.addEventListener("scroll", more, { capture: true, passive: true });

  // --- choosing several

  const mark = () => {
    sheet.querySelectorAll(".chip").forEach((one) => {
      one.classList.toggle("is-chosen", chosen.has(one.dataset.p));
    });
  };

  const choose = (keys) => {
    chosen.clear();
    keys.forEach((key) => chosen.add(key));
    bar.hidden = !chosen.size;
    bar.querySelector("[data-count]").textContent = root.dataset.chosen.replace("%(n)s", chosen.size);
    bar.querySelector("[data-two]").disabled = chosen.size !== 2;
    mark();
  };

  const turn = (chip) => {
    if (!chip.draggable) return tell(root.dataset.still, { refusal: true });
    const keys = new Set(chosen);
    if (!keys.delete(chip.dataset.p)) keys.add(chip.dataset.p);
    return choose([...keys]);
  };

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("none" in button.dataset) choose([]);
    else if (button.dataset.deed) perform(button.dataset.deed, [...chosen].map(Number), bar);
  });

  const perform = async (deed, publications, around) => {
    const said = { deed, publications };
    if (deed === "cancel") {
      const why = around.querySelector("[data-why]");
      if (!why.value.trim()) {
        refuse(root.dataset.why);
        why.focus();
        return false;
      }
      said.why = why.value;
    }
    return act(said);
  };

  // --- one publication

  const show = async (chip) => {
    const address = new URL(`../calendar/${chip.dataset.p}/`, location.href);
    address.search = "";
    let answer;
    try {
      answer = await fetch(address, { redirect: "error" });
    } catch {
      answer = { ok: false };
    }
    if (!answer.ok) {
      location.href = chip.href;
      return;
    }
    card.innerHTML = await answer.text();
    card.dataset.p = chip.dataset.p;
    say.hidden = true;
    card.showModal();
  };

  card.addEventListener("click", async (event) => {
    if (event.target === card) card.close();
    const button = event.target.closest("button[data-deed]");
    if (!button) return;
    const publications = [Number(card.dataset.p)];
    const deed = button.dataset.deed;
    if (deed !== "move") {
      perform(deed, publications, card);
      return;
    }
    const at = card.querySelector(`${button.dataset.from}[data-at]`).value;
    act({ deed, publications, at, clock: "channel" });
  });

  sheet.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    const opener = event.target.closest(".cal-open");
    const cell = event.target.closest("td.n");
    if (chip) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) turn(chip);
      else if (event.button === 0) show(chip);
      event.preventDefault();
    } else if (opener && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      toggle(opener.dataset.open);
    } else if (cell) {
      toggle(cell.parentElement.dataset.row);
    }
  });

  sheet.addEventListener("keydown", (event) => {
    const chip = event.target.closest(".chip");
    if (chip && event.key === " ") {
      event.preventDefault();
      turn(chip);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    say.hidden = true;
    if (!card.open) choose([]);
  });

  // --- dragging

  const cellAt = (event) => {
    const cell = event.target.closest("td");
    return cell && dragged && !cell.classList.contains("gone") ? cell : null;
  };

  const clear = () => sheet.querySelectorAll(".is-over").forEach((one) => one.classList.remove("is-over"));

  sheet.addEventListener("dragstart", (event) => {
    const chip = event.target.closest(".chip");
    if (!chip || !chip.draggable) return;
    dragged = chip;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", chip.dataset.p);
    // The others let the pointer through, but only once the browser has begun: they may lie over the wanted hour.
    setTimeout(() => {
      chip.classList.add("is-dragged");
      sheet.classList.add("is-dragging");
    });
  });

  sheet.addEventListener("dragover", (event) => {
    const cell = cellAt(event);
    if (!cell || cell.parentElement !== dragged.closest("tr")) return;
    event.preventDefault();
    clear();
    cell.classList.add("is-over");
  });

  sheet.addEventListener("dragend", () => {
    clear();
    sheet.classList.remove("is-dragging");
    if (dragged) dragged.classList.remove("is-dragged");
    dragged = null;
  });

  sheet.addEventListener("drop", (event) => {
    const cell = cellAt(event);
    if (!cell) return;
    event.preventDefault();
    const head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
    const said = { deed: "move", publications: [Number(dragged.dataset.p)], day: head.dataset.day };
    if (head.dataset.hour) said.hour = Number(head.dataset.hour);
    if (head.dataset.fold) said.fold = Number(head.dataset.fold);
    act(said, { over: dragged });
  });

  // --- the grid ends where the window does

  const fit = () => {
    const grid = sheet.querySelector(".cal-scroll");
    if (!grid) return;
    const above = grid.getBoundingClientRect().top + window.scrollY;
    const below = root.getBoundingClientRect().bottom - grid.getBoundingClientRect().bottom;
    grid.style.maxHeight = `${Math.max(260, window.innerHeight - above - below - 12)}px`;
  };
  fit();
  window.addEventListener("resize", fit);

  // --- filters and the reader's zone

  filters.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox]")) filters.requestSubmit();
  });

  const zone = document.getElementById("cal-zone");
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (mine) {
    const address = new URL(zone.href, location.href);
    address.searchParams.set("tz", mine);
    zone.href = address.href;
  }
});
