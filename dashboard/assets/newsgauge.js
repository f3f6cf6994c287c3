// What the browser does by itself: the address, the panel's opening and closing, and the keyboard.
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
})();
