// The keyboard: search, help, pages, and where the focus goes when the panel opens and closes.
(function () {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const within = (target, selector) => Boolean(target.closest && target.closest(selector));
  const isTyping = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
  const floating = "[data-floating-ui-portal], .ag-popup, [data-portal], dialog[open]";

  const help = () => {
    const dialog = byId("help");
    if (dialog && !dialog.open) dialog.showModal();
  };
  const turn = (step, from) => {
    const links = [...document.querySelectorAll(".rail-link")];
    const here = window.location.pathname;
    const now = Math.max(0, links.findIndex((link) => new URL(link.href).pathname === here));
    const next = links[now + step];
    if (!next) return;
    next.click();
    if (from) next.focus();
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const free = !isTyping(target) && !within(target, floating);
    if (key === "/" && free) {
      event.preventDefault();
      byId("query").focus();
    } else if (key === "?" && free) {
      event.preventDefault();
      help();
    } else if (key === "Escape" && !within(target, floating) && byId("panel") && !byId("panel").hidden) {
      byId("panel-close").click();
    } else if ((key === "ArrowLeft" || key === "ArrowRight") && free && !event.shiftKey
        && !within(target, ".ag-root, .js-plotly-plot, .panel, [role=radiogroup], [role=tablist], .as-table")) {
      turn(key === "ArrowRight" ? 1 : -1, within(target, ".rail-link"));
    } else if ((key === "ArrowUp" || key === "ArrowDown") && within(target, ".rail-link")) {
      event.preventDefault();
      turn(key === "ArrowDown" ? 1 : -1, true);
    }
  });

  document.addEventListener("click", (event) => {
    if (within(event.target, "#help-open")) help();
    else if (within(event.target, "#help-close") || event.target === byId("help")) byId("help").close();
    // A menu of a chart and its words about itself are closed by a click elsewhere.
    document.querySelectorAll("details.menu[open], details.about[open]").forEach((one) => {
      if (!one.contains(event.target)) one.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest && event.target.closest("details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopPropagation();
  }, true);

  // The focus goes into the panel when it opens and back to where it was opened from.
  let origin = null;
  document.addEventListener("pointerdown", (event) => {
    if (!within(event.target, ".panel")) origin = event.target;
  }, true);
  document.addEventListener("focusin", (event) => {
    if (!within(event.target, ".panel") && event.target !== document.body) origin = event.target;
  });
  const back = () => {
    const graph = origin && origin.closest && origin.closest(".dash-graph");
    const place = graph || origin;
    if (!place || !place.isConnected) return;
    if (graph) graph.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  let loaded = false;
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.id !== "panel") continue;
      if (target.hidden) back();
      else if (loaded) target.focus({ preventScroll: true });
    }
  }).observe(document.documentElement, { subtree: true, attributeFilter: ["hidden"] });
  window.addEventListener("pointerdown", () => { loaded = true; }, { once: true });
  window.addEventListener("keydown", () => { loaded = true; }, { once: true });
})();
