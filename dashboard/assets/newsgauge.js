// What the browser does by itself: the address, the panel's opening and closing, the colour scheme and the zones.
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

  window.newsgauge = Object.assign(window.newsgauge || {}, { changed, keep });

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

  let asked = "";
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.newsgauge = Object.assign(window.dash_clientside.newsgauge || {}, {
    open_period: opener("period"),
    // Days that are dragged over become the dates of the address.
    brush: (selected, search) => {
      const range = selected && selected.range && selected.range.x;
      if (!range) return [keep(), keep()];
      const days = range.map((text) => Math.round(Date.parse(text.replace(" ", "T") + (text.length > 10 ? "Z" : "")) / 864e5));
      const [first, end] = [Math.min(...days), Math.max(...days)];
      const name = (day) => new Date(day * 864e5).toISOString().slice(0, 10);
      const chosen = changed(search, (params) => {
        params.set("from", name(first));
        params.set("to", name(Math.max(first, end - 1)));
        params.delete("open");
        params.delete("article");
      });
      return [chosen, null];
    },
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
        for (const name of ["open", "article", "sort", "where", "hide"]) params.delete(name);
      });
      const pages = ["/", "/compare", "/events", "/providers", "/topics", "/links", "/articles", "/data"];
      const here = "/" + (path || "").replace(/^\/+|\/+$/g, "");
      const shown = pages.includes(here) ? here : "/";
      document.querySelectorAll(".rail-link, .narrow-link").forEach((link) => {
        const current = new URL(link.href).pathname === shown;
        if (current) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
        const row = link.closest(".narrow-nav");
        if (current && row) row.scrollLeft = link.offsetLeft - row.offsetLeft - 40;
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

    toggle_filters: (n) => [n % 2 ? "filters open" : "filters", n % 2 ? "true" : "false"],

    // All zones that the browser knows; those that are likely come first.
    zones: (value, data) => {
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const served = data[0].items ? data[0].items[0].value : data[0].value;
      const near = [...new Set([served, own, "UTC", value].filter(Boolean))];
      const all = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
      const item = (zone) => ({ value: zone, label: zone.replaceAll("_", " ") + (zone === own && zone !== "UTC" ? " (yours)" : "") });
      return [
        { group: "Near at hand", items: near.map(item) },
        { group: "All zones", items: all.filter((zone) => !near.includes(zone) && zone.includes("/")).map(item) },
      ];
    },

    open_article: (cell, search) =>
      cell && cell.rowId ? changed(search, (params) => params.set("article", cell.rowId)) : keep(),
    close: (n, search) =>
      n ? changed(search, (params) => ["open", "article"].forEach((name) => params.delete(name))) : keep(),
    back: (n, search) => (n ? changed(search, (params) => params.delete("article")) : keep()),
  });
})();
