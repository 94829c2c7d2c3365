// From the data in the page to ECharts options. Pure functions: data in, options out, no document.
//
// The data, as a page writes it (numbers may be text: decimals arrive so; unit is count, money or percent):
//   line-bar  {labels: [], series: [{name, type: "line" | "bar", unit, values: []}], marks: [{index, value, text}]}
//   bar       {labels: [], series: [{name, unit, values: []}], horizontal: true?, urls: [one per label]?}
//   stacked   the same
//   heatmap   {rows: [], columns: [], values: [[one list per row]], unit, urls: [[]]?}
//   sankey    {nodes: [{name, label}], links: [{source, target, value, url?}]}
// An address behind a bar, cell or link is opened by a click; the table beside the chart holds the same links.
import { axisNumber, exactNumber, number } from "./amounts.js";

export const COLOURS = ["#2457c5", "#b3bccb", "#7b9be0", "#c98a2b", "#5b6b86", "#8fb3a3", "#3b2f9e"];
const SOFT = "#5d677b";
const LINE = "#e4e7ec";
const BAR = "#d8e3f8";
const LOUD = "#bc3d0a";
const HEAT = ["#f3f7fe", "#cfdef9", "#9bbaf0", "#5f8be0", "#2457c5"];

const text = (family) => ({ fontFamily: family, fontSize: 12, color: SOFT });

function frame(look) {
  return {
    animation: look.motion,
    animationDuration: 250,
    textStyle: { fontFamily: look.family },
    grid: { left: 8, right: 12, top: 34, bottom: 6, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: "#fff",
      borderColor: "#cfd5df",
      padding: [6, 10],
      textStyle: { ...text(look.family), color: "#1c2430" },
      axisPointer: { type: "line", lineStyle: { color: "#b3bccb" } }
    },
    legend: { top: 0, right: 0, itemWidth: 14, itemHeight: 8, icon: "roundRect", textStyle: text(look.family) }
  };
}

function valueAxis(unit, look, extra = {}) {
  return {
    type: "value",
    axisLabel: { ...text(look.family), formatter: (value) => axisNumber(value, unit, look.language) },
    splitLine: { lineStyle: { color: LINE } },
    splitNumber: 4,
    ...extra
  };
}

function labelAxis(labels, look, extra = {}) {
  return {
    type: "category",
    data: labels,
    axisLabel: { ...text(look.family), hideOverlap: true },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: LINE } },
    ...extra
  };
}

/** Every label where there is room for all of a year; else as many as fit. */
function timeAxis(labels, look, boundaryGap) {
  const axis = labelAxis(labels, look, { boundaryGap });
  axis.axisLabel.interval = !look.narrow && labels.length <= 13 ? 0 : "auto";
  return axis;
}

function units(series) {
  return Object.fromEntries(series.map((one) => [one.name, one.unit ?? "count"]));
}

function lines(data) {
  const unitOf = units(data.series);
  return (points) => {
    const rows = points.map((point) => `${point.seriesName}  ${exactNumber(number(point.value), unitOf[point.seriesName])}`);
    return [points[0].axisValueLabel ?? points[0].name, ...rows].join("\n");
  };
}

function mark(marks, labels) {
  if (!marks || marks.length === 0) {
    return undefined;
  }
  const point = (one) => ({
    coord: [labels[one.index], number(one.value)],
    label: { formatter: one.text, position: one.index > labels.length / 2 ? "left" : "right", distance: 8 }
  });
  return {
    symbol: "circle",
    symbolSize: 9,
    itemStyle: { color: LOUD },
    label: { show: true, color: LOUD, fontSize: 12 },
    data: marks.map(point)
  };
}

/** Lines over bars: lines on the left axis, bars (faint) on the right. `marks` point at what must be seen. */
export function lineBar(data, look) {
  const bars = data.series.filter((one) => one.type === "bar");
  const strokes = data.series.filter((one) => one.type !== "bar");
  const most = Math.max(1, ...bars.flatMap((one) => one.values.map((value) => number(value) ?? 0)));
  const series = data.series.map((one, index) => (one.type === "bar"
    ? { name: one.name, type: "bar", yAxisIndex: 1, data: one.values.map(number), barMaxWidth: 22,
        emphasis: { disabled: true }, itemStyle: { color: BAR, borderRadius: [2, 2, 0, 0] } }
    : { name: one.name, type: "line", data: one.values.map(number), showSymbol: one.values.length === 1, symbolSize: 6, z: 3,
        lineStyle: { width: 2, color: COLOURS[index % COLOURS.length] }, itemStyle: { color: COLOURS[index % COLOURS.length] },
        markPoint: one === strokes[0] ? mark(data.marks, data.labels) : undefined }));
  return {
    ...frame(look),
    tooltip: { ...frame(look).tooltip, formatter: lines(data) },
    xAxis: timeAxis(data.labels, look, bars.length > 0),
    yAxis: [
      valueAxis(strokes[0]?.unit ?? "count", look),
      valueAxis(bars[0]?.unit ?? "count", look, { show: false, max: most * 3, min: 0 })
    ],
    series
  };
}

/** Bars side by side, or on top of each other (`stacked`); `horizontal` for long names;
 *  on a phone many bars lie down by themselves. */
export function bars(data, look, stacked = false) {
  const horizontal = data.horizontal || (look.narrow && data.labels.length > 5);
  const labels = labelAxis(data.labels, look, horizontal ? { inverse: true } : {});
  labels.axisLabel.interval = data.labels.length > 13 ? "auto" : 0;
  labels.axisLabel.hideOverlap = data.labels.length > 13;
  const values = valueAxis(data.series[0]?.unit ?? "count", look);
  const single = data.series.length === 1;
  const unit = data.series[0]?.unit ?? "count";
  const shape = horizontal ? [0, 2, 2, 0] : [2, 2, 0, 0];
  const top = { show: true, position: horizontal ? "right" : "top", ...text(look.family),
    formatter: (point) => axisNumber(number(point.value) ?? 0, unit, look.language) };
  return {
    ...frame(look),
    grid: { ...frame(look).grid, top: single ? 20 : 34, right: horizontal ? 48 : 12 },
    legend: single ? { show: false } : frame(look).legend,
    tooltip: { ...frame(look).tooltip, axisPointer: { type: "shadow" }, formatter: lines(data) },
    xAxis: horizontal ? values : labels,
    yAxis: horizontal ? labels : values,
    series: data.series.map((one, index) => ({
      name: one.name,
      type: "bar",
      stack: stacked ? "all" : undefined,
      data: one.values.map(number),
      barMaxWidth: 34,
      emphasis: { disabled: true },
      cursor: data.urls ? "pointer" : "default",
      label: single && !stacked ? top : undefined,
      itemStyle: { color: COLOURS[index % COLOURS.length], borderRadius: stacked ? 0 : shape }
    }))
  };
}

/** A matrix of rows × columns: the figure stands in every cell, the shade only helps. */
export function heatmap(data, look) {
  const cells = data.values.flatMap((line, row) => line.map((value, column) => [column, row, number(value)]));
  const most = Math.max(1, ...cells.map((cell) => cell[2] ?? 0));
  const unit = data.unit ?? "count";
  const dark = (value) => (value ?? 0) > most * 0.6;
  return {
    ...frame(look),
    legend: { show: false },
    grid: { ...frame(look).grid, top: 8 },
    tooltip: { ...frame(look).tooltip, trigger: "item",
      formatter: (point) => `${data.rows[point.value[1]]} → ${data.columns[point.value[0]]}\n${exactNumber(point.value[2], unit)}` },
    xAxis: labelAxis(data.columns, look, { position: "top", axisLine: { show: false } }),
    yAxis: labelAxis(data.rows, look, { inverse: true, axisLine: { show: false } }),
    visualMap: { show: false, min: 0, max: most, inRange: { color: HEAT } },
    series: [{
      type: "heatmap",
      data: cells.map((cell) => ({ value: cell, label: { color: dark(cell[2]) ? "#fff" : "#1c2430" } })),
      label: { show: true, fontFamily: look.family, formatter: (point) => axisNumber(point.value[2] ?? 0, unit, look.language) },
      itemStyle: { borderColor: "#fff", borderWidth: 2 },
      emphasis: { itemStyle: { borderColor: "#1c2430", borderWidth: 1 } }
    }]
  };
}

/** Movement between boxes: nodes {name, label}, links {source, target, value}. */
export function sankey(data, look) {
  const label = Object.fromEntries(data.nodes.map((node) => [node.name, node.label ?? node.name]));
  return {
    ...frame(look),
    animation: false,
    legend: { show: false },
    tooltip: { ...frame(look).tooltip, trigger: "item", formatter: (point) => (point.dataType === "edge"
      ? `${label[point.data.source]} → ${label[point.data.target]}\n${exactNumber(point.data.value, "count")}`
      : `${label[point.name]}\n${exactNumber(point.value, "count")}`) },
    series: [{
      type: "sankey",
      left: 4,
      right: 110,
      top: 8,
      bottom: 8,
      nodeWidth: 12,
      nodeGap: 10,
      draggable: false,
      data: data.nodes.map((node, index) => ({ name: node.name, itemStyle: { color: COLOURS[index % COLOURS.length] } })),
      links: data.links.map((link) => ({ ...link, value: number(link.value) })),
      lineStyle: { color: "source", opacity: 0.25 },
      label: { ...text(look.family), color: "#1c2430", formatter: (point) => label[point.name] },
      emphasis: { focus: "adjacency" }
    }]
  };
}

export const kinds = {
  "line-bar": lineBar,
  bar: (data, look) => bars(data, look),
  stacked: (data, look) => bars(data, look, true),
  heatmap,
  sankey
};
