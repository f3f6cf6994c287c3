"use strict";
(function () {
  var CONFIG = JSON.parse(document.getElementById("config").textContent);
  var PRINTED = 673; // CSS pixels between the margins of A4
  var plots = Array.prototype.slice.call(document.querySelectorAll(".plot"));
  function draw(node) {
    var figure = JSON.parse(document.getElementById(node.id + "-data").textContent);
    return Plotly.newPlot(node, figure.data, figure.layout, CONFIG);
  }
  Promise.all(plots.map(draw)).then(function () { document.documentElement.dataset.drawn = "yes"; });
  // Drawn for print already: nothing changes when it is printed.
  if (window.matchMedia("print").matches) { return; }
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
