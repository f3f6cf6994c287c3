// On paper: charts, which are drawn for the width of the screen, shrink to that of the page.
(() => {
  const charts = () => document.querySelectorAll(".js-plotly-plot .main-svg");

  addEventListener("beforeprint", () => {
    charts().forEach((svg) => svg.setAttribute("viewBox", "0 0 " + svg.getAttribute("width") + " " + svg.getAttribute("height")));
  });
  addEventListener("afterprint", () => charts().forEach((svg) => svg.removeAttribute("viewBox")));
})();
