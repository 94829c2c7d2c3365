// Draws <div data-chart="kind" data-source="id of the json script"> with ECharts as SVG.
// A screen reader gets the name of the chart (role="img") and the table beside it.
import { BarChart, HeatmapChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkPointComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { kinds } from "./options.js";

use([BarChart, HeatmapChart, LineChart, SankeyChart, GridComponent, LegendComponent, MarkPointComponent,
  TooltipComponent, VisualMapComponent, SVGRenderer]);

function look(element) {
  return {
    language: document.documentElement.lang,
    narrow: element.clientWidth < 480,
    family: getComputedStyle(document.body).fontFamily,
    motion: !matchMedia("(prefers-reduced-motion: reduce)").matches
  };
}

function addressOf(data, point) {
  if (data.links && point.dataType === "edge") {
    return point.data.url;
  }
  return Array.isArray(point.value) ? data.urls?.[point.value[1]]?.[point.value[0]] : data.urls?.[point.dataIndex];
}

const PAPER = 640; // A4 less its margins, in CSS pixels

/** On paper a chart is as wide as the paper, not as the screen it was drawn for. */
function fitPaper(chart) {
  const size = (width) => {
    chart.resize({ width, animation: { duration: 0 } });
    chart.getZr().flush();
  };
  window.addEventListener("beforeprint", () => size(PAPER));
  window.addEventListener("afterprint", () => size("auto"));
}

function addSwitch(figure, chart) {
  for (const button of figure.querySelectorAll("[data-chart-switch]")) {
    button.addEventListener("click", () => {
      const table = figure.classList.toggle("shows-table");
      button.setAttribute("aria-pressed", String(table));
      button.textContent = table ? button.dataset.wordChart : button.dataset.wordTable;
      if (!table) {
        chart.resize();
      }
    });
  }
}

export function draw(element) {
  const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
  const figure = element.closest(".chart");
  const chart = init(element, null, { renderer: "svg" });
  chart.setOption(kinds[element.dataset.chart](data, look(element)));
  chart.on("click", (point) => {
    const address = addressOf(data, point);
    if (address) {
      location.assign(address);
    }
  });
  new ResizeObserver(() => chart.resize()).observe(element);
  addSwitch(figure, chart);
  fitPaper(chart);
}
