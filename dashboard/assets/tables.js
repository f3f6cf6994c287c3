// Tables that are drawn here from data, because a component for every cell takes seconds: the marks of a chart as two
// columns, and rows of articles and events. Text of records only ever becomes text nodes.
(function () {
  "use strict";

  const made = (name, text, attributes = {}) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== null) node.textContent = text;
    return node;
  };
  // A text, and the address of ours that it leads to.
  const part = (label, href) => {
    const text = made("bdi", label);
    if (!/^\/(?!\/)/.test(href)) return text;
    const link = made("a", null, { href, "data-inner": "" });
    link.append(text);
    return link;
  };
  const headed = (name, heads) => {
    const table = made("table", null, { class: name });
    const top = made("tr", null);
    top.append(...heads.map((head) => made("th", head, { scope: "col" })));
    table.createTHead().append(top);
    return table;
  };

  const drawMarks = (place) => {
    const [heads, rows] = JSON.parse(place.dataset.marks);
    const table = headed("", heads);
    const body = table.createTBody();
    for (const [label, href, value] of rows) {
      const row = made("tr", null), head = made("th", null, { scope: "row" });
      head.append(part(label, href));
      row.append(head, made("td", value, { class: "tabular" }));
      body.append(row);
    }
    place.replaceChildren(table);
  };

  // A cell carries its column's name for screens too narrow for columns.
  const celled = (head, isFirst, [kind, lines]) => {
    const cell = made(isFirst ? "th" : "td", null, { class: kind, ...(isFirst ? { scope: "row" } : { "data-head": head }) });
    const parts = (line) => line.map((one) => (typeof one === "string" ? part(one, "") : part(...one)));
    cell.append(...parts(lines[0]));
    for (const line of lines.slice(1)) {
      const under = made("div", null, { class: "meta" });
      under.append(...parts(line));
      cell.append(under);
    }
    return cell;
  };
  const drawRows = (place) => {
    const [name, heads, rows] = JSON.parse(place.dataset.rows);
    const table = headed("rows " + name, heads);
    const body = table.createTBody();
    for (const [kind, cells] of rows) {
      const row = made("tr", null, kind ? { class: kind } : {});
      row.append(...cells.map((cell, i) => celled(heads[i], i === 0, cell)));
      body.append(row);
    }
    place.replaceChildren(table);
  };

  const draw = (place) => (place.dataset.marks === undefined ? drawRows : drawMarks)(place);
  const places = "[data-marks], [data-rows]";
  const seen = (node) => {
    if (!(node instanceof HTMLElement)) return;
    if (node.matches(places)) draw(node);
    else node.querySelectorAll(places).forEach(draw);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") draw(change.target);
      else change.addedNodes.forEach(seen);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-marks", "data-rows"] });

  // An address of ours is gone to as the page's own links do it, without loading the page anew.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-inner]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  });
})();
