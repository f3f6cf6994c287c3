// What a click opens on the pages of comparison and of outlets, and which of the latter is shown.
(function () {
  "use strict";

  const { changed, keep } = window.newsgauge;
  const keyOf = (click) => {
    const key = click && click.points && click.points[0] && click.points[0].customdata;
    return key === undefined || key === null ? "" : String(key);
  };
  // A mark that says its kind itself, or is always of one.
  const opener = (kind) => (click, search) => {
    const key = keyOf(click);
    if (!key) return [keep(), keep()];
    const opened = changed(search, (params) => {
      params.set("open", kind ? kind + ":" + key : key);
      params.delete("article");
    });
    return [opened, null];
  };
  const outletSearch = (domain) =>
    changed(window.location.search, (params) => {
      ["open", "article", "sort", "where"].forEach((name) => params.delete(name));
      params.set("of", domain);
    });

  const drawn = {};

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.newsgauge = Object.assign(window.dash_clientside.newsgauge || {}, {
    open_compared: opener("compared"),
    open_shared: opener("shared"),
    open_mark: opener(""),

    // What each page shows, and in which colours; a page that is out of sight is not asked for.
    of_page: (url, scheme) => {
      const [given, search] = (url || "").split("?");
      const path = "/" + given.replace(/^\/+|\/+$/g, "");
      const one = new URLSearchParams(search || "").has("of");
      const here = { compare: path === "/compare", outlets: path === "/providers" && !one, outlet: path === "/providers" && one };
      return Object.entries(here).map(([page, shown]) => {
        const key = url + " " + scheme;
        if (!shown || !scheme || drawn[page] === key) return keep();
        drawn[page] = key;
        return [url, scheme];
      });
    },

    one_outlet: (search) => {
      const one = Boolean(new URLSearchParams(search || "").get("of"));
      return [one, !one];
    },

    open_outlet_page: (cell) => (cell && cell.rowId ? outletSearch(cell.rowId) : keep()),

    // What stands in the box when it is sent off: the component reports it a moment too late.
    asked_beside: () => [document.getElementById("compare-query").value, Date.now()],
  });

  const element = (...parts) => window.React.createElement(...parts);
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  // A link as well as a row that is clicked: the keyboard follows it too.
  const link = (data) => {
    const search = outletSearch(data.provider_id);
    const follow = (event) => {
      event.preventDefault();
      event.stopPropagation();
      window.dash_clientside.set_props("address", { search });
    };
    return element("a", { href: "/providers" + search, onClick: follow }, element("bdi", null, data.name));
  };
  cells.OutletName = ({ data }) => (data ? link(data) : element("span", { className: "waiting" }));
  cells.OutletCard = ({ data }) =>
    data ? element("div", { className: "card-row" },
      element("div", { className: "outlet-name" }, link(data)),
      element("div", { className: "meta" }, data.said)) : element("div", { className: "card-row waiting" });
})();
