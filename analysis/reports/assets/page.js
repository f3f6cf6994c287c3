"use strict";
(function () {
  var CONFIG = JSON.parse(document.getElementById("config").textContent);
  var PRINTED = 673; // CSS pixels between the margins of A4
  var plots = Array.prototype.slice.call(document.querySelectorAll(".plot"));
  // Chromium prints a pattern as a picture: its lines are drawn one by one instead, cut at the edge of the bar.
  function engrave(bar, place) {
    var pattern = document.getElementById(bar.style.fill.replace(/^url\(["']?#|["']?\)$/g, ""));
    if (!pattern) { return; }
    var ground = pattern.querySelector("rect"), line = pattern.querySelector("path"), box = bar.getBBox();
    var step = parseFloat(pattern.getAttribute("width")), made = function (name) {
      return document.createElementNS("http://www.w3.org/2000/svg", name);
    };
    var edge = made("clipPath"), lines = made("path"), drawn = "";
    for (var x = box.x - box.height; x < box.x + box.width; x += step) {
      drawn += "M" + x + "," + (box.y + box.height) + "l" + box.height + "," + -box.height;
    }
    edge.id = "edge-" + place;
    edge.appendChild(made("path")).setAttribute("d", bar.getAttribute("d"));
    lines.setAttribute("d", drawn);
    lines.setAttribute("stroke", line.getAttribute("stroke"));
    lines.setAttribute("stroke-width", line.getAttribute("stroke-width"));
    lines.setAttribute("clip-path", "url(#" + edge.id + ")");
    bar.style.fill = ground ? ground.getAttribute("fill") : "none";
    bar.parentNode.append(edge, lines);
  }
  function draw(node) {
    var figure = JSON.parse(document.getElementById(node.id + "-data").textContent);
    return Plotly.newPlot(node, figure.data, figure.layout, CONFIG);
  }
  var isPrinted = window.matchMedia("print").matches;
  function drawAll() {
    Promise.all(plots.map(draw)).then(function () {
      if (isPrinted) { document.querySelectorAll("path.pattern_filled").forEach(engrave); }
      document.documentElement.dataset.drawn = "yes";
    });
  }
  drawAll();
  document.addEventListener("newsgauge:draw", drawAll);  // when the page was made smaller, to fit the paper
  // Drawn for print already: nothing changes when it is printed.
  if (isPrinted) { return; }
  window.addEventListener("beforeprint", function () {
    var whole = document.querySelector("main").clientWidth;
    plots.forEach(function (node) {
      Plotly.relayout(node, { width: Math.floor(PRINTED * node.clientWidth / whole), autosize: false });
    });
  });
  window.addEventListener("afterprint", function () {
    plots.forEach(function (node) { Plotly.relayout(node, { width: null, autosize: true }); });
  });
})();
