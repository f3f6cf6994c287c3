"use strict";
(function () {
  var CONFIG = JSON.parse(document.getElementById("config").textContent);
  var PRINTED = 673; // CSS pixels between the margins of A4
  var plots = Array.prototype.slice.call(document.querySelectorAll(".plot"));
  // Chromium prints a pattern as a picture: its lines or dots are drawn one by one instead, cut at the edge of the bar.
  function lined(box, step) {
    var drawn = "";
    for (var x = box.x - box.height; x < box.x + box.width; x += step) {
      drawn += "M" + x + "," + (box.y + box.height) + "l" + box.height + "," + -box.height;
    }
    return drawn;
  }
  function dotted(box, step, radius) {
    var drawn = "", half = "a" + radius + "," + radius + " 0 1 0 ";
    for (var x = Math.floor(box.x / step) * step + step / 2; x < box.x + box.width + radius; x += step) {
      for (var y = Math.floor(box.y / step) * step + step / 2; y < box.y + box.height + radius; y += step) {
        drawn += "M" + (x - radius) + "," + y + half + 2 * radius + ",0" + half + -2 * radius + ",0z";
      }
    }
    return drawn;
  }
  function engrave(bar, place) {
    var pattern = document.getElementById(bar.style.fill.replace(/^url\(["']?#|["']?\)$/g, ""));
    if (!pattern) { return; }
    var ground = pattern.querySelector("rect"), dot = pattern.querySelector("circle"), box = bar.getBBox();
    var step = parseFloat(pattern.getAttribute("width")), made = function (name) {
      return document.createElementNS("http://www.w3.org/2000/svg", name);
    };
    var edge = made("clipPath"), marks = made("path");
    edge.id = "edge-" + place;
    edge.appendChild(made("path")).setAttribute("d", bar.getAttribute("d"));
    marks.setAttribute("clip-path", "url(#" + edge.id + ")");
    if (dot) {
      marks.setAttribute("d", dotted(box, step, parseFloat(dot.getAttribute("r"))));
      marks.setAttribute("fill", dot.getAttribute("fill"));
    } else {
      var line = pattern.querySelector("path");
      marks.setAttribute("d", lined(box, step));
      marks.setAttribute("stroke", line.getAttribute("stroke"));
      marks.setAttribute("stroke-width", line.getAttribute("stroke-width"));
    }
    bar.style.fill = ground ? ground.getAttribute("fill") : "none";
    bar.parentNode.append(edge, marks);
  }
  // On a telephone, dates that would run into each other are thinned, and headlines that would not fit are shortened.
  function fit(layout, width) {
    var axis = layout.xaxis || {}, margin = layout.margin || {}, left = margin.l || 0;
    var inner = width - left - (margin.r || 0), ends = (axis.range || []).map(Date.parse);
    if (axis.tickvals && axis.type !== "category" && inner / axis.tickvals.length < 38) {
      var kept = function (_, place) { return place % 2 === 0; };
      axis.tickvals = axis.tickvals.filter(kept);
      if (axis.ticktext) {
        axis.ticktext = axis.ticktext.map(function (text, place, all) {  // a year that goes is said by the next
          var year = place && place % 2 === 0 ? (all[place - 1].split("<br>")[1] || "") : "";
          return year && text.indexOf("<br>") < 0 ? text + "<br>" + year : text;
        }).filter(kept);
      }
    }
    (layout.annotations || []).forEach(function (note) {
      var part = (Date.parse(note.x) - ends[0]) / (ends[1] - ends[0]);
      if (note.xref !== "x" || note.yref !== "paper" || !(part >= 0 && part <= 1)) { return; }
      var room = note.xanchor === "right" ? left + part * inner : note.xanchor === "left" ? width - left - part * inner : 0;
      var letters = Math.floor(room / 6.5);
      if (room && note.text.length > letters) {
        note.text = note.text.slice(0, Math.max(letters - 1, 0)).replace(/&[^;]*$/, "").trimEnd() + "\u2026";
      }
    });
  }
  function draw(node) {
    var figure = JSON.parse(document.getElementById(node.id + "-data").textContent);
    if (!isPrinted && node.clientWidth < 480) { fit(figure.layout, node.clientWidth); }
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
