// The head of a window is a <header> outside of any section, which ears would take for a second banner of the page.
(function () {
  "use strict";

  new MutationObserver(() => {
    for (const head of document.querySelectorAll(".mantine-Modal-header:not([role])")) head.setAttribute("role", "presentation");
  }).observe(document, { subtree: true, childList: true });
})();
