"use strict";
(() => {
  const root = document.currentScript.dataset.root;
  const form = document.querySelector(".search"), box = document.getElementById("search"), list = document.getElementById("found");
  const state = { data: null, asked: false, at: -1 };

  const load = (then) => {
    if (state.data) return then();
    if (state.asked) return;
    state.asked = true;
    const script = document.createElement("script");
    script.src = root + "-/search.js";
    script.onload = () => { state.data = prepared(window.jstSearch); then(); };
    script.onerror = () => { state.asked = false; };
    document.head.append(script);
  };

  /* search */
  const MOST = 12;

  const numbers = (steps) => { let at = 0; return steps.map((step) => (at += step)); };

  const prepared = (data) => ({
    titles: data.titles.map((entry) => ({ place: entry[0], version: entry[1], said: entry[2], old: entry[3], low: entry[0].toLowerCase(), text: entry[2].toLowerCase() })),
    fields: Object.entries(data.fields).map(([name, steps]) => ({ name, low: name.toLowerCase(), steps })),
    values: Object.entries(data.values).map(([name, steps]) => ({ name, low: name.toLowerCase(), steps })),
  });

  // How well a text fits: whole, a part of it between separators, its beginning, anywhere; 0: not at all.
  const fits = (low, words) => {
    let worst = 9;
    for (const word of words) {
      const at = low.indexOf(word);
      if (at < 0) return 0;
      const begins = at === 0 || /[^a-z0-9]/.test(low[at - 1]);
      const ends = at + word.length === low.length || /[^a-z0-9]/.test(low[at + word.length]);
      worst = Math.min(worst, low === word ? 9 : begins && ends ? 7 : begins ? 5 : 3);
    }
    return worst;
  };

  const found = (data, query) => {
    const words = query.toLowerCase().split(/[\s]+/).filter(Boolean), hits = [];
    if (!words.length) return hits;
    for (const title of data.titles) {
      const score = fits(title.low, words) * 1.2 || fits(title.low + " " + title.text, words) * 0.5;
      if (score) hits.push({ score: score - title.old, label: title.place, said: title.said || title.version, to: title.place + "/index.html" });
    }
    for (const [kind, entries] of [["field", data.fields], ["value", data.values]]) {
      for (const entry of entries) {
        const score = fits(entry.low, words);
        if (!score) continue;
        numbers(entry.steps.slice(0, MOST)).forEach((number, at) => {
          const title = data.titles[number];
          const anchor = kind === "field" ? "#" + encodeURIComponent("fields." + entry.name) : "#fields";
          hits.push({ score: score * (kind === "field" ? 1 : 0.8) - at * 0.01 - entry.low.length * 0.001, label: entry.name, said: kind + " of " + title.place, to: title.place + "/index.html" + anchor });
        });
      }
    }
    hits.sort((one, other) => other.score - one.score || one.label.localeCompare(other.label));
    return hits.slice(0, MOST);
  };
  /* end of search */

  const path = (to) => { const [file, hash] = to.split("#"); return root + file.split("/").map(encodeURIComponent).join("/") + (hash === undefined ? "" : "#" + hash); };

  const show = () => {
    const hits = box.value.trim() ? found(state.data, box.value) : [];
    list.replaceChildren(...hits.map((hit, number) => {
      const link = document.createElement("a"), said = document.createElement("small");
      link.href = path(hit.to); link.id = "found-" + number; link.setAttribute("role", "option"); link.tabIndex = -1;
      link.setAttribute("aria-selected", "false");
      link.append(hit.label); said.append(hit.said); link.append(said);
      return link;
    }));
    const open = box.value.trim() !== "";
    if (open && !hits.length) { const none = document.createElement("p"); none.append("Nothing found."); list.append(none); }
    list.hidden = !open; box.setAttribute("aria-expanded", String(open));
    select(hits.length ? 0 : -1);
  };

  const select = (at) => {
    const options = list.querySelectorAll("a");
    state.at = options.length ? (at + options.length) % options.length : -1;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === state.at)));
    const chosen = options[state.at];
    if (chosen) { box.setAttribute("aria-activedescendant", chosen.id); chosen.scrollIntoView({ block: "nearest" }); }
    else box.removeAttribute("aria-activedescendant");
  };

  const close = () => { list.hidden = true; box.setAttribute("aria-expanded", "false"); };

  form.hidden = false;
  box.addEventListener("focus", () => load(show));
  box.addEventListener("input", () => load(show));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); select(state.at + (event.key === "ArrowDown" ? 1 : -1)); }
    if (event.key === "Escape") { box.value = ""; close(); box.blur(); }
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); const chosen = list.querySelectorAll("a")[state.at]; if (chosen) { close(); location.href = chosen.href; } });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(input|textarea|select)$/i.test(document.activeElement.tagName)) { event.preventDefault(); box.focus(); box.select(); }
  });

  // A link to a field opens what it is folded in.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let above = target && target.parentElement; above; above = above.parentElement) if (above.tagName === "DETAILS") above.open = true;
    if (target && target.tagName === "DETAILS") target.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal); reveal();

  for (const button of document.querySelectorAll(".fold")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const parts = button.closest("section").querySelectorAll("details"), open = button.textContent === "Unfold all";
      parts.forEach((part) => { part.open = open; });
      button.textContent = open ? "Fold all" : "Unfold all";
    });
  }
})();
