// Tables of marks: two columns of text, drawn here from data, because a component for every cell takes seconds.
(function () {
  "use strict";

  const made = (name, text, attributes = {}) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== null) node.textContent = text;
    return node;
  };
  const labelled = (label, href) => {
    const head = made("th", null, { scope: "row" });
    const text = made("bdi", label);
    if (!/^\/(?!\/)/.test(href)) {
      head.append(text);
      return head;
    }
    const link = made("a", null, { href, "data-inner": "" });
    link.append(text);
    head.append(link);
    return head;
  };

  const draw = (place) => {
    const [heads, rows] = JSON.parse(place.dataset.marks);
    const table = made("table", null);
    const top = made("tr", null);
    top.append(...heads.map((name) => made("th", name, { scope: "col" })));
    table.createTHead().append(top);
    const body = table.createTBody();
    for (const [label, href, value] of rows) {
      const row = made("tr", null);
      row.append(labelled(label, href), made("td", value, { class: "tabular" }));
      body.append(row);
    }
    place.replaceChildren(table);
  };

  const seen = (node) => {
    if (!(node instanceof HTMLElement)) return;
    if (node.dataset.marks !== undefined) draw(node);
    else node.querySelectorAll("[data-marks]").forEach(draw);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") draw(change.target);
      else change.addedNodes.forEach(seen);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-marks"] });

  // An address of ours is gone to as the page's own links do it, without loading the page anew.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-inner]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  });
})();
