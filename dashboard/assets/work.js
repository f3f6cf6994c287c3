// What belongs to long work and to signing in: a finished file is taken, and a session that ended asks for the password.
(function () {
  "use strict";

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    newsgauge_work: {
      // Once its address is there the link is followed, and stays for a second time.
      take: (href) => {
        if (href) requestAnimationFrame(() => document.getElementById("report-link").click());
        return "";
      },
    },
  });

  const send = window.fetch;
  window.fetch = (...request) =>
    send(...request).then((answer) => {
      if (answer.status === 401) window.location.reload();
      return answer;
    });
})();
