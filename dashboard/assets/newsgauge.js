// What the browser does by itself: the address, the panel's opening and closing, the keyboard, and cells of the grids.
// Text of records only ever becomes text nodes.
(function () {
  "use strict";

  const keep = () => window.dash_clientside.no_update;
  const asSearch = (params) => {
    const text = params.toString();
    return text ? "?" + text : "";
  };
  const changed = (search, change) => {
    const params = new URLSearchParams(search || "");
    change(params);
    if (!params.has("v") && params.size) params.set("v", "1");
    if (params.size === 1 && params.has("v")) params.delete("v");
    return asSearch(params);
  };

  const opener = (kind) => (click, search) => {
    const key = click && click.points && click.points[0] && click.points[0].customdata;
    if (!key) return [keep(), keep()];
    const value = String(Array.isArray(key) ? key[0] : key);
    const opened = changed(search, (params) => {
      params.set("open", (kind === "period" && value.includes("/") ? "burst" : kind) + ":" + value);
      params.delete("article");
    });
    return [opened, null];
  };

  // The grid's own order and conditions, as the address has them.
  const sortOf = (params) =>
    (params.get("sort") || "").split(",").filter(Boolean).map((name) => ({
      colId: name.replace(/^-/, ""), sort: name.startsWith("-") ? "desc" : "asc",
    }));
  const numeric = ["quality", "heat"];
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
  const gridOf = (id) => window.dash_ag_grid && window.dash_ag_grid.getApiAsync(id).catch(() => null);

  const remember = (api) => {
    const sort = api.getColumnState().filter((c) => c.sort).sort((a, b) => a.sortIndex - b.sortIndex);
    const search = changed(window.location.search, (params) => {
      params.delete("sort");
      params.delete("where");
      if (sort.length) params.set("sort", sort.map((c) => (c.sort === "desc" ? "-" : "") + c.colId).join(","));
      for (const [column, rule] of Object.entries(api.getFilterModel())) {
        params.append("where", [column, rule.type, rule.filter ?? ""].join(":"));
      }
    });
    window.dash_clientside.set_props("address", { search });
  };

  const listening = new Set();
  const follow = (api) => {
    const params = new URLSearchParams(window.location.search);
    const state = sortOf(params).map((c, sortIndex) => ({ ...c, sortIndex }));
    api.applyColumnState({ state, defaultState: { sort: null } });
    const wanted = filtersOf(params);
    const simple = (model) => JSON.stringify(Object.entries(model).map(([c, r]) => [c, r.type, r.filter ?? null]));
    if (simple(api.getFilterModel()) !== simple(wanted)) api.setFilterModel(wanted);
    if (!listening.has(api)) {
      listening.add(api);
      const narrow = window.matchMedia("(max-width: 48em)");
      const fit = () => {
        const others = api.getColumns().map((c) => c.getColId()).filter((id) => id !== "card");
        api.setColumnsVisible(others, !narrow.matches);
        api.setColumnsVisible(["card"], narrow.matches);
        api.updateGridOptions({ rowHeight: narrow.matches ? 84 : 36, headerHeight: narrow.matches ? 0 : 36 });
      };
      narrow.addEventListener("change", fit);
      // Its rows must be drawn before their height may change.
      if (api.getRenderedNodes().length) fit();
      else api.addEventListener("firstDataRendered", fit);
      api.addEventListener("sortChanged", (event) => event.source === "uiColumnSorted" && remember(api));
      api.addEventListener("filterChanged", (event) => event.source !== "api" && remember(api));
    }
    api.purgeInfiniteCache();
  };

  let asked = "";
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    newsgauge: {
      open_period: opener("period"),
      open_outlet: opener("outlet"),
      open_topic: opener("topic"),
      open_change: opener("change"),
      open_day: opener("day"),
      open_problems: (click, search) => {
        const code = click && click.points && click.points[0] && click.points[0].customdata;
        return code ? [changed(search, (params) => params.set("where", "code:equals:" + code)), null] : [keep(), keep()];
      },
      open_event: opener("event"),
      // A mark that is one article.
      open_one: (click, search) => {
        const key = click && click.points && click.points[0] && click.points[0].customdata;
        if (!key) return [keep(), keep()];
        return [changed(search, (params) => { params.delete("open"); params.set("article", key); }), null];
      },
      one_event: (search) => {
        const one = Boolean(new URLSearchParams(search || "").get("e"));
        return [one, !one];
      },

      // The address without what is opened beside the page: charts are drawn again only when it changes.
      live: (path, search) => {
        const url = (path || "/") + changed(search, (params) => {
          for (const name of ["open", "article", "sort", "where"]) params.delete(name);
        });
        const pages = ["/", "/compare", "/events", "/providers", "/topics", "/links", "/articles", "/data"];
        const here = "/" + (path || "").replace(/^\/+|\/+$/g, "");
        const shown = pages.includes(here) ? here : "/";
        document.querySelectorAll(".rail-link, .narrow-link").forEach((link) => {
          const current = new URL(link.href).pathname === shown;
          if (current) link.setAttribute("aria-current", "page");
          else link.removeAttribute("aria-current");
        });
        const same = url === asked;
        asked = url;
        return [same ? keep() : url, ...pages.map((page) => page !== shown), window.location.href];
      },

      scheme: (choice) => {
        const dark = window.matchMedia("(prefers-color-scheme: dark)");
        const now = () => (choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light");
        dark.onchange = () => {
          window.dash_clientside.set_props("scheme", { data: now() });
          window.dash_clientside.set_props("mantine", { forceColorScheme: now() });
        };
        return [now(), now()];
      },

      // What stands in the box when it is sent off: the component reports it a moment too late.
      asked: () => document.getElementById("query").value,

      toggle_filters: (n) => (n % 2 ? "filters open" : "filters"),

      open_article: (cell, search) =>
        cell && cell.rowId ? changed(search, (params) => params.set("article", cell.rowId)) : keep(),
      close: (n, search) =>
        n ? changed(search, (params) => ["open", "article"].forEach((name) => params.delete(name))) : keep(),
      back: (n, search) => (n ? changed(search, (params) => params.delete("article")) : keep()),

      refresh: (path, search) => {
        const params = new URLSearchParams(search || "");
        const mark = params.get("open");
        params.delete("open");
        params.delete("article");
        const key = path + asSearch(params);
        const memory = window.newsgaugeShown || (window.newsgaugeShown = {});
        if (path === "/articles" && memory.grid !== key) {
          memory.grid = key;
          const grid = gridOf("article-grid");
          if (grid) grid.then((api) => api && follow(api));
        }
        if (path !== "/articles") memory.grid = null;
        const problems = path === "/data" ? params.getAll("where").join() : null;
        if (problems !== null && memory.problems !== problems) {
          const grid = gridOf("problem-grid");
          if (grid) grid.then((api) => api && api.purgeInfiniteCache());
        }
        memory.problems = problems;
        const marked = mark ? key + mark : null;
        if (marked && memory.panel !== marked) {
          const grid = gridOf("panel-grid");
          if (grid) grid.then((api) => api && api.purgeInfiniteCache());
        }
        memory.panel = marked;
        return keep();
      },
    },
  });

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.getElementById("query").focus();
    }
    const inFloat = event.target.closest && event.target.closest("[data-floating-ui-portal], .ag-popup, [data-portal]");
    if (event.key === "Escape" && !inFloat && !document.getElementById("panel").hidden) {
      document.getElementById("panel-close").click();
    }
  });

  // A server that is gone is said so; when it answers again, the address brings back what was shown.
  const send = window.fetch;
  let lost = false;
  const wait = () => {
    send("/_alive", { cache: "no-store" }).then(
      (answer) => (answer.ok ? window.location.reload() : setTimeout(wait, 3000)),
      () => setTimeout(wait, 3000),
    );
  };
  window.fetch = (...request) =>
    send(...request).catch((error) => {
      if (!lost && error.name !== "AbortError") {
        lost = true;
        const banner = document.getElementById("lost");
        if (banner) banner.hidden = false;
        setTimeout(wait, 3000);
      }
      throw error;
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
