// What can be taken of a figure as it is shown: its data, and the figure with its title, basis and snapshot.
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const runs = /^[=+\-@\t\r]/; // a spreadsheet takes text that begins so for a formula

  const plotOf = (id) => document.querySelector(`#${CSS.escape(id)} .js-plotly-plot`);
  const metaOf = (plot) => plot.layout.meta || {};
  const snapshot = () => (document.getElementById("snapshot") || { textContent: "" }).textContent;
  const fileName = (plot, ending) => {
    const words = (metaOf(plot).title || "figure").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
    return `newsgauge-${words.slice(0, 60).replace(/-+$/, "")}.${ending}`;
  };

  // Data: one row a mark, with the names of its axes, its interval where it has one, and the key that opens it.
  const axisOf = (layout, trace, letter) => layout[(trace[letter + "axis"] || letter).replace(/^([xy])/, "$1axis")] || {};
  const nameOf = (plot, trace, letter) => {
    const title = (axisOf(plot.layout, trace, letter).title || {}).text;
    const kind = axisOf(plot._fullLayout, trace, letter).type;
    return plain(title || { date: "time", category: letter === "y" ? "row" : "column" }[kind] || "value");
  };
  // Rows that are only placed one under the other have no value on that axis.
  const isPlace = (plot, trace, letter) => {
    const axis = axisOf(plot._fullLayout, trace, letter);
    return letter === "y" && axis.type === "linear" && (axis.visible === false || axis.showticklabels === false);
  };
  const plain = (value) => (typeof value !== "string" ? value
    : value.replace(/<br ?\/?>/g, " · ").replace(/<[^>]*>/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"));
  const isList = (list) => Array.isArray(list) || ArrayBuffer.isView(list);
  const at = (list, i) => (isList(list) ? list[i] : undefined);
  const bound = (value, error, i, low) => {
    if (!error || error.visible === false || typeof value !== "number") return undefined;
    const size = at(low && error.arrayminus ? error.arrayminus : error.array, i);
    return size === undefined || size === null ? undefined : value + (low ? -size : size);
  };
  // A matrix is of bars that lie on whole numbers, with the names of rows and columns at their ticks.
  const cellsOf = (plot, trace) =>
    Array.from(trace.meta).map((value, i) => ({
      row: plain(at(axisOf(plot.layout, trace, "y").ticktext, Math.round(trace.base[i]))),
      column: plain(at(axisOf(plot.layout, trace, "x").ticktext, trace.x[i])), value,
    }));
  const marksOf = (plot, trace) => {
    const rows = [];
    const series = /^trace \d+$/.test(trace.name) ? "" : plain(trace.name);
    for (let i = 0; i < Math.max((trace.x || []).length, (trace.y || []).length); i += 1) {
      const key = Array.isArray(at(trace.customdata, i)) ? trace.customdata[i][0] : at(trace.customdata, i);
      const row = { series, key };
      for (const letter of ["x", "y"]) {
        const value = at(trace[letter], i);
        const isPeriod = typeof key === "string" && /^\d{4}-\d\d-\d\d/.test(key) && axisOf(plot._fullLayout, trace, letter).type === "date";
        if (value === null || value === undefined || isPlace(plot, trace, letter) || isPeriod) continue;
        const error = trace["error_" + letter];
        Object.assign(row, { [nameOf(plot, trace, letter)]: value });
        if (bound(value, error, i, true) !== undefined) Object.assign(row, { low: bound(value, error, i, true), high: bound(value, error, i, false) });
      }
      if (at(trace.text, i)) row.label = plain(at(trace.text, i));
      if (Object.keys(row).length > 2) rows.push(row);
    }
    return rows;
  };
  const rowsOf = (plot) => {
    const shown = plot._fullData.filter((trace) => trace.visible === true);
    const said = shown.filter((trace) => trace.hoverinfo !== "skip" && trace.hoverinfo !== "none");
    return (said.length ? said : shown).flatMap((trace) =>
      (trace.name === "cells" ? cellsOf(plot, trace) : marksOf(plot, trace)));
  };
  const cell = (value) => {
    if (value === null || value === undefined || (typeof value === "number" && !Number.isFinite(value))) return "";
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    const text = plain(String(value instanceof Date ? value.toISOString() : value));
    const safe = runs.test(text) ? "'" + text : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const csvOf = (plot) => {
    const rows = rowsOf(plot);
    const filled = (name) => rows.some((row) => ![undefined, null, ""].includes(row[name]));
    const names = [...new Set(rows.flatMap(Object.keys))].filter(filled);
    const { title, subtitle } = metaOf(plot);
    const about = [title, subtitle, `Newsgauge, ${snapshot()}, ${window.location.href}`];
    const lines = about.filter(Boolean).map((text) => cell("# " + text.replaceAll("\n", " ")));
    return [...lines, names.map(cell).join(","), ...rows.map((row) => names.map((name) => cell(row[name])).join(","))].join("\r\n") + "\r\n";
  };

  // Pictures: the figure as it stands, under its title and basis and over a line that says where it is from.
  const wrapped = (text, font, width) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const lines = [""];
    for (const word of (text || "").split(/\s+/).filter(Boolean)) {
      const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines[lines.length - 1] && pen.measureText(longer).width > width) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines.filter(Boolean);
  };
  const drawn = (name, attributes, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  };
  const svgOf = async (plot) => {
    const { title, subtitle } = metaOf(plot);
    const width = Math.max(640, plot.offsetWidth), height = plot.offsetHeight, pad = 16;
    const style = getComputedStyle(document.documentElement);
    const family = getComputedStyle(document.body).fontFamily;
    const [ink, muted] = [plot._fullLayout.font.color, style.getPropertyValue("--muted").trim() || getComputedStyle(document.querySelector(".basis")).color];
    const data = plot.data, layout = { ...plot.layout, width, height, autosize: false, selections: [], dragmode: false };
    const url = await window.Plotly.toImage({ data, layout, config: { staticPlot: true } }, { format: "svg", width, height });
    const figure = new DOMParser().parseFromString(decodeURIComponent(url.replace(/^data:image\/svg\+xml,/, "")), "image/svg+xml").documentElement;
    const lines = [
      ...wrapped(title, `600 16px ${family}`, width).map((text) => [text, 16, 600, ink, 21]),
      ...wrapped(subtitle, `12px ${family}`, width).map((text) => [text, 12, 400, muted, 16]),
    ];
    const top = pad + lines.reduce((sum, line) => sum + line[4], 0) + 8;
    const full = { width: width + 2 * pad, height: top + height + 28 + pad };
    const root = drawn("svg", { xmlns: SVG, ...full, viewBox: `0 0 ${full.width} ${full.height}`, "font-family": family });
    root.append(drawn("title", {}, title || "Figure"));
    root.append(drawn("rect", { ...full, fill: plot._fullLayout.paper_bgcolor }));
    let y = pad;
    for (const [text, size, weight, fill, step] of lines) {
      y += step;
      root.append(drawn("text", { x: pad, y: y - 4, fill, "font-size": size, "font-weight": weight }, text));
    }
    figure.setAttribute("x", pad);
    figure.setAttribute("y", top);
    root.append(figure);
    root.append(drawn("text", { x: pad, y: full.height - pad, fill: muted, "font-size": 11 }, `Newsgauge · ${snapshot()}`));
    return { text: new XMLSerializer().serializeToString(root), ...full };
  };
  const pngOf = async (plot) => {
    const { text, width, height } = await svgOf(plot);
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  };

  const save = (blob, name) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "sr-only" });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? undefined : Promise.reject(new Error("the browser does not allow it"));
  };
  const take = {
    copy: (plot) => copy(csvOf(plot)).then(() => "Copied"),
    csv: async (plot) => save(new Blob(["\ufeff", csvOf(plot)], { type: "text/csv" }), fileName(plot, "csv")),
    svg: async (plot) => save(new Blob([(await svgOf(plot)).text], { type: "image/svg+xml" }), fileName(plot, "svg")),
    png: async (plot) => save(await pngOf(plot), fileName(plot, "png")),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-take]");
    if (!button) return;
    const plot = plotOf(button.dataset.figure);
    const menu = button.closest("details");
    const summary = menu.querySelector("summary");
    if (!plot || !plot._fullData) return;
    const say = (text) => {
      menu.querySelector("[role=status]").textContent = text;
      summary.textContent = text;
      setTimeout(() => { summary.textContent = "Save"; }, 2000);
    };
    take[button.dataset.take](plot).then(
      (said) => { menu.open = false; summary.focus(); say(said || "Saved"); },
      (error) => say(`Not taken: ${error.message}`),
    );
  });
  window.newsgauge = Object.assign(window.newsgauge || {}, { csvOf: (id) => csvOf(plotOf(id)) });
})();
