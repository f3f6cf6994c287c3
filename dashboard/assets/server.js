// The server behind the page: that it is gone, that it has a newer snapshot, and which snapshot this page keeps to.
(function () {
  "use strict";

  const HEADER = "X-Newsgauge-Snapshot";
  const MOVED = "newsgauge-moved";
  const shared = (window.newsgauge = window.newsgauge || {});
  const send = window.fetch;
  const show = (id, props) => window.dash_clientside.set_props(id, props);

  // A server that is gone is said so; when it answers again, the address brings back what was shown.
  let lost = false;
  const wait = () => {
    send("/_alive", { cache: "no-store" }).then(
      (answer) => (answer.ok ? window.location.reload() : setTimeout(wait, 3000)),
      () => setTimeout(wait, 3000),
    );
  };
  const lose = () => {
    if (lost) return;
    lost = true;
    const banner = document.getElementById("lost");
    if (banner) banner.hidden = false;
    setTimeout(wait, 3000);
  };

  // The page keeps to the snapshot of its first answer, and says it with every request. Where an answer comes from
  // another one, its own is no longer kept: the page is loaded anew and says so.
  shared.snapshot = null;
  const label = () => (document.getElementById("snapshot") || { textContent: "" }).textContent;
  const heed = (answer) => {
    const id = answer.headers.get(HEADER);
    if (!id) return;
    if (shared.snapshot === null) shared.snapshot = id;
    if (id === shared.snapshot || sessionStorage.getItem(MOVED)) return;
    sessionStorage.setItem(MOVED, label());
    window.location.reload();
  };
  // Pages out of sight answer nothing, so that they need not be asked: what is shown is drawn sooner.
  const pageOf = (path) => "page-" + ((path || "/").replace(/^\/+|\/+$/g, "") || "overview");
  const isOutOfSight = (url, options) => {
    if (!url.pathname.endsWith("/_dash-update-component") || !options || typeof options.body !== "string") return false;
    const { inputs = [], state = [], outputs = [] } = JSON.parse(options.body);
    const given = Object.fromEntries([...state, ...inputs].flat().filter((one) => one && typeof one.id === "string").map((one) => [`${one.id}.${one.property}`, one.value]));
    const places = [outputs].flat().filter((one) => typeof one.id === "string").map((one) => document.getElementById(one.id))
      .filter(Boolean).map((one) => one.closest(".page"));
    if (!places.length || places.some((place) => !place)) return false;
    if (Object.entries(given).some(([name, value]) => /(live|scheme)\.data$/.test(name) && !value)) return true;
    const path = given["address.pathname"] || (given["live.data"] || "").split("?")[0] || window.location.pathname;
    const wanted = document.getElementById(pageOf(path)) ? pageOf(path) : "page-overview";
    return places.every((place) => place.id !== wanted);
  };
  // A page that was open while the program was renewed asks for what there is no more. It is loaded anew, once.
  const RENEWED = "newsgauge-renewed";
  const renew = () => {
    if (Date.now() - Number(sessionStorage.getItem(RENEWED)) < 60000) return;
    sessionStorage.setItem(RENEWED, Date.now());
    window.location.reload();
  };
  const named = (resource, options) => {
    const url = new URL(resource instanceof Request ? resource.url : resource, window.location.href);
    if (shared.snapshot === null || url.origin !== window.location.origin) return [resource, options];
    const headers = new Headers((options && options.headers) || (resource instanceof Request ? resource.headers : {}));
    headers.set(HEADER, shared.snapshot);
    return [resource, { ...options, headers }];
  };
  window.fetch = (resource, options) => {
    const url = new URL(resource instanceof Request ? resource.url : resource, window.location.href);
    if (isOutOfSight(url, options)) return Promise.resolve(new Response(null, { status: 204 }));
    return send(...named(resource, options)).then(
      (answer) => {
        if (answer.headers.has("X-Newsgauge-Outdated")) renew();
        heed(answer);
        return answer;
      },
      (error) => {
        if (error.name !== "AbortError") lose();
        throw error;
      },
    );
  };

  // A page is fetched when it is first shown, and stays; the script of tables when the first table is.
  const fetched = new Set();
  let tables = null;
  const withTables = (text) => {
    if (!text.includes('"dash_ag_grid"')) return text;
    tables = tables || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.getElementById("grid-script").href;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return tables.then(() => text);
  };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.newsgauge = Object.assign(window.dash_clientside.newsgauge || {}, {
    page: (hidden, id) => {
      if (hidden || fetched.has(id)) return window.dash_clientside.no_update;
      fetched.add(id);
      return window.fetch("/_pages/" + id).then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
        .then(withTables).then(JSON.parse);
    },
  });

  const tell = (said, canOpen) => {
    show("newer-said", { children: said });
    show("newer-open", { hidden: !canOpen });
    show("newer", { hidden: false });
  };
  const look = () => {
    if (document.hidden || lost || shared.snapshot === null) return;
    send("/_newest", { cache: "no-store" }).then((answer) => (answer.ok ? answer.json() : null)).then((newest) => {
      if (newest && newest.id !== shared.snapshot) tell(`A newer snapshot, ${newest.label}, is there. This page shows ${label()}.`, true);
    }, () => null);
  };
  setInterval(look, 30000);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("#newer-open")) window.location.reload();
  });
  const greet = () => {
    const before = sessionStorage.getItem(MOVED);
    if (before === null) return;
    if (!document.getElementById("newer")) {
      setTimeout(greet, 100);
      return;
    }
    sessionStorage.removeItem(MOVED);
    tell(`The store no longer has ${before || "the snapshot that was shown"}. This is ${label()}.`, false);
  };
  greet();
  shared.look = look;
})();
