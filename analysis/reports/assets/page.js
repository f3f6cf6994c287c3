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
  window.addEventListener("beforeprint", function () {
    plots.forEach(function (node) { Plotly.relayout(node, { width: PRINTED, autosize: false }); });
  });
  window.addEventListener("afterprint", function () {
    plots.forEach(function (node) { Plotly.relayout(node, { width: null, autosize: true }); });
  });
})();
