// What a click opens on the pages of topics and of links, and on the terms of the overview.
(function () {
  "use strict";

  const { changed, keep } = window.newsgauge;
  const keyOf = (click) => {
    const key = click && click.points && click.points[0] && click.points[0].customdata;
    return key === undefined || key === null ? "" : String(Array.isArray(key) ? key[0] : key);
  };
  const opener = (kind) => (click, search) => {
    const value = keyOf(click);
    if (!value) return [keep(), keep()];
    const opened = changed(search, (params) => {
      params.set("open", (kind === "spot" && !value.includes("/") ? "cluster" : kind) + ":" + value);
      params.delete("article");
    });
    return [opened, null];
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.newsgauge = Object.assign(window.dash_clientside.newsgauge || {}, {
    open_spot: opener("spot"), // or the number of a cluster, which has no slash
    open_cluster: opener("cluster"),
    open_strand: opener("strand"),
    open_both: opener("both"),
    open_listing: opener("listing"),
    open_between: opener("between"),
    open_listed: opener("listed"),
    // A term's bar runs to the right where it rises, to the left where it falls.
    open_rising: (click, search) =>
      opener(click && click.points && click.points[0].x < 0 ? "falling" : "rising")(click, search),
    // A number of clusters: the page divides so.
    open_number: (click, search) => {
      const k = keyOf(click);
      if (!k) return [keep(), keep()];
      return [changed(search, (params) => {
        ["open", "article"].forEach((name) => params.delete(name));
        params.set("k", k);
      }), null];
    },
  });
})();
