// The tables of rows: each asks the server for the rows that it shows, in the order and under the conditions that the
// address has. Every request has an answer of its own, so that a late one never stands for another.
// Text of records only ever becomes text nodes.
(function () {
  "use strict";

  const shared = (window.newsgauge = window.newsgauge || {});
  const numeric = ["quality", "heat"];

  const sortOf = (params) =>
    (params.get("sort") || "").split(",").filter(Boolean).map((name, sortIndex) => ({
      colId: name.replace(/^-/, ""), sort: name.startsWith("-") ? "desc" : "asc", sortIndex,
    }));
  const filtersOf = (params) => {
    const model = {};
    for (const text of params.getAll("where")) {
      const [column, type, ...rest] = text.split(":");
      const value = rest.join(":");
      const isNumber = numeric.includes(column);
      model[column] = { filterType: isNumber ? "number" : "text", type };
      if (value) model[column].filter = isNumber ? Number(value) : value;
    }
    return model;
  };

  let address = { path: "/", search: "" };
  const source = (kind) => ({
    getRows: ({ startRow, endRow, successCallback, failCallback }) => {
      const asked = { ...address, startRow, endRow };
      window.fetch("/_rows/" + kind, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
      }).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
        .then(({ rowData, rowCount }) => successCallback(rowData, rowCount))
        .catch(() => failCallback());
    },
  });
  const apiOf = (id) =>
    new Promise((resolve) => {
      const look = () => {
        try {
          resolve(window.dash_ag_grid.getApi(id));
        } catch {
          window.setTimeout(look, 30); // its page, its script or its grid is still on the way
        }
      };
      look();
    });
  // A grid that is ready has a source of its component's own, which keeps only the last request: ours takes its place.
  const ready = (api) =>
    new Promise((resolve) => {
      const look = () => (api.getGridOption("datasource") ? resolve(api) : window.setTimeout(look, 20));
      look();
    });
  const known = {};
  const ask = (id, kind, before) => {
    const now = (api) => {
      known[id] = api;
      if (before) before(api);
      api.setGridOption("datasource", source(kind));
    };
    if (known[id]) now(known[id]);
    else apiOf(id).then(ready).then(now);
  };

  // What each grid shows, as an address; rows are asked for again when it is another one.
  const shown = {};
  const keyOf = (path, search) =>
    path + shared.changed(search, (params) => ["open", "article"].forEach((name) => params.delete(name)));

  const remember = (api) => {
    const sort = api.getColumnState().filter((c) => c.sort).sort((a, b) => a.sortIndex - b.sortIndex);
    const search = shared.changed(window.location.search, (params) => {
      params.delete("sort");
      params.delete("where");
      if (sort.length) params.set("sort", sort.map((c) => (c.sort === "desc" ? "-" : "") + c.colId).join(","));
      for (const [column, rule] of Object.entries(api.getFilterModel())) {
        params.append("where", [column, rule.type, rule.filter ?? ""].join(":"));
      }
    });
    window.dash_clientside.set_props("address", { search });
  };

  const hiddenOf = (search) => (new URLSearchParams(search).get("hide") || "").split(",").filter(Boolean);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-column]");
    if (!button) return;
    const hidden = new Set(hiddenOf(window.location.search));
    if (!hidden.delete(button.dataset.column)) hidden.add(button.dataset.column);
    const search = shared.changed(window.location.search, (params) => {
      params.delete("hide");
      if (hidden.size) params.set("hide", [...hidden].join(","));
    });
    window.dash_clientside.set_props("address", { search });
  });

  const listening = new Set();
  const narrow = window.matchMedia("(max-width: 48em)");
  const showColumns = (api) => {
    const hidden = hiddenOf(address.search);
    document.querySelectorAll("[data-column]").forEach((button) =>
      button.setAttribute("aria-pressed", String(!hidden.includes(button.dataset.column))));
    const all = api.getColumns().map((c) => c.getColId()).filter((id) => id !== "card");
    api.setColumnsVisible(all.filter((id) => narrow.matches || hidden.includes(id)), false);
    api.setColumnsVisible(all.filter((id) => !narrow.matches && !hidden.includes(id)), true);
    api.setColumnsVisible(["card"], narrow.matches);
  };
  const listen = (api) => {
    if (listening.has(api)) return;
    listening.add(api);
    const fit = () => {
      showColumns(api);
      api.updateGridOptions({ rowHeight: narrow.matches ? 84 : 36, headerHeight: narrow.matches ? 0 : 36 });
    };
    narrow.addEventListener("change", fit);
    // Its rows must be drawn before their height may change.
    if (api.getRenderedNodes().length) fit();
    else api.addEventListener("firstDataRendered", fit);
    api.addEventListener("sortChanged", (event) => event.source === "uiColumnSorted" && remember(api));
    api.addEventListener("filterChanged", (event) => event.source !== "api" && remember(api));
  };
  const follow = (api) => {
    const params = new URLSearchParams(address.search);
    api.applyColumnState({ state: sortOf(params), defaultState: { sort: null } });
    const wanted = filtersOf(params);
    const simple = (model) => JSON.stringify(Object.entries(model).map(([c, r]) => [c, r.type, r.filter ?? null]));
    if (simple(api.getFilterModel()) !== simple(wanted)) api.setFilterModel(wanted);
    if (listening.has(api)) showColumns(api);
    else listen(api);
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.newsgauge = Object.assign(window.dash_clientside.newsgauge || {}, {
    refresh: (path, search) => {
      const params = new URLSearchParams(search || "");
      address = { path: path || "/", search: search || "" };
      const mark = params.get("open");
      const key = keyOf(path, search);
      const now = {
        articles: path === "/articles" ? key : null,
        outlets: path === "/providers" && !params.get("of") ? key : null,
        problems: path === "/data" ? params.getAll("where").join() : null,
        panel: mark ? key + mark : null,
      };
      const grids = {
        articles: ["article-grid", follow], outlets: ["outlet-grid", follow],
        problems: ["problem-grid"], panel: ["panel-grid"] };
      for (const [kind, [id, before]] of Object.entries(grids)) {
        if (now[kind] !== null && now[kind] !== shown[kind]) ask(id, kind, before);
        shown[kind] = now[kind];
      }
      return shared.keep();
    },
  });

  const element = (...parts) => window.React.createElement(...parts);
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const pieces = (list) => (list || []).map(([text, hit], i) => (hit ? element("mark", { key: i }, text) : text));
  const outward = (data, children) =>
    data.href
      ? element("a", { href: data.href, target: "_blank", rel: "noopener noreferrer", className: "out",
          onClick: (event) => event.stopPropagation() }, children)
      : children;

  cells.Headline = ({ data }) =>
    data ? element("span", { className: "cell-headline" }, element("bdi", null, pieces(data.title)),
      data.href ? outward(data, element("span", { className: "out-icon", "aria-label": "Open at the outlet" }, "↗")) : null)
      : element("span", { className: "waiting" });
  cells.Isolated = ({ value }) => element("bdi", null, value);
  cells.Missing = ({ value, data, colDef }) =>
    data && (value === null || value === undefined)
      ? element("span", { className: "missing" }, colDef.field === "heat" ? "not measured" : "no score") : value;
  cells.ArticleCard = ({ data }) => {
    if (!data) return element("div", { className: "card-row waiting" });
    const quality = data.quality === null ? "no quality score" : "quality " + data.quality;
    return element("div", { className: "card-row" },
      element("div", { className: "headline small" }, element("bdi", null, pieces(data.title))),
      element("div", { className: "meta" }, element("bdi", null, data.outlet), ` · ${data.published_at} · ${quality}`,
        data.href ? outward(data, element("span", { className: "out-icon", "aria-label": "Open at the outlet" }, " ↗")) : null));
  };
})();
