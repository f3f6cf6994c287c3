// Labels of charts that reach the value of their row, or the edge, are shortened: how wide a card is only the browser knows.
(function () {
  "use strict";

  const GAP = 6; // pixels between a label and what it must not reach
  const lastText = (node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let last = null;
    while (walker.nextNode()) if (walker.currentNode.data.trim()) last = walker.currentNode;
    return last;
  };
  const placed = (plot, name) =>
    [...plot.querySelectorAll(".annotation")].flatMap((group) => {
      const note = plot._fullLayout.annotations[group.dataset.index];
      const text = group.querySelector("text");
      return note && note.name === name && text ? [{ note, text, box: text.getBoundingClientRect() }] : [];
    });

  const fit = (plot) => {
    if (!plot._fullLayout || !plot.offsetWidth) return;
    const values = placed(plot, "value");
    const edges = plot.getBoundingClientRect();
    const tooLong = placed(plot, "label").flatMap(({ note, text, box }) => {
      const beside = values.find((one) => one.note.yref === note.yref && one.note.xref === note.xref && one.note.y === note.y);
      const flipped = note.xanchor === "right";
      const room = flipped
        ? box.right - (beside ? beside.box.right + GAP : edges.left)
        : (beside ? beside.box.left - GAP : edges.right) - box.left;
      return box.width > room ? [{ text, room, box, flipped }] : [];
    });
    for (const { text, room, box, flipped } of tooLong) {
      const node = lastText(text);
      const full = node.data.replace(/…$/, "");
      let low = 1, high = full.length;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        node.data = full.slice(0, middle).trimEnd() + "…";
        if (text.getBoundingClientRect().width > room) high = middle - 1;
        else low = middle;
      }
      node.data = full.slice(0, low).trimEnd() + "…";
      const now = text.getBoundingClientRect(); // a text may be drawn from its middle
      text.setAttribute("transform", `translate(${flipped ? box.right - now.right : box.left - now.left}, 0)`);
    }
  };

  const hook = () => {
    for (const plot of document.querySelectorAll(".js-plotly-plot:not([data-fitted])")) {
      if (!plot.on) continue;
      plot.dataset.fitted = "";
      plot.on("plotly_afterplot", () => fit(plot));
      fit(plot);
    }
  };
  let waiting = 0;
  new MutationObserver(() => {
    waiting = waiting || requestAnimationFrame(() => { waiting = 0; hook(); });
  }).observe(document, { subtree: true, childList: true });
})();
