import assert from "node:assert/strict";
import test from "node:test";
import { kinds } from "../../static/src/js/charts/options.js";

const look = { language: "zh-Hans", family: "sans-serif", motion: false, narrow: false };

test("tooltips are drawn, never written as HTML with inline styles", () => {
  const data = {
    "line-bar": { labels: ["1月"], series: [{ name: "资产", type: "line", values: [1] }] },
    bar: { labels: ["核心"], series: [{ name: "客户", values: [3] }] },
    stacked: { labels: ["核心"], series: [{ name: "客户", values: [3] }] },
    heatmap: { rows: ["金卡"], columns: ["银卡"], values: [[1]] },
    sankey: { nodes: [{ name: "a" }, { name: "b" }], links: [{ source: "a", target: "b", value: 1 }] }
  };
  for (const [kind, options] of Object.entries(kinds)) {
    assert.equal(options(data[kind], look).tooltip.renderMode, "richText", kind);
  }
});

test("lines stand over faint bars on an axis of their own", () => {
  const options = kinds["line-bar"]({
    labels: ["10月", "11月"],
    series: [
      { name: "月末资产", type: "line", unit: "money", values: ["8580000.00", null] },
      { name: "交易笔数", type: "bar", values: [20, 8] }
    ],
    marks: [{ index: 0, value: "8580000.00", text: "净流出" }]
  }, look);
  assert.deepEqual(options.series[0].data, [8580000, null]);
  assert.equal(options.series[1].yAxisIndex, 1);
  assert.equal(options.yAxis[0].axisLabel.formatter(6_000_000), "600万");
  assert.deepEqual(options.series[0].markPoint.data[0].coord, ["10月", 8580000]);
  assert.equal(options.tooltip.formatter([
    { axisValueLabel: "10月", seriesName: "月末资产", value: 8580000 },
    { seriesName: "交易笔数", value: 20 }
  ]), "10月\n月末资产  8,580,000.00\n交易笔数  20");
});

test("many bars lie down on a phone", () => {
  const data = { labels: ["a", "b", "c", "d", "e", "f"], series: [{ name: "n", values: [1, 2, 3, 4, 5, 6] }] };
  assert.equal(kinds.bar(data, look).xAxis.type, "category");
  assert.equal(kinds.bar(data, { ...look, narrow: true }).yAxis.type, "category");
});

test("every cell of a matrix carries its figure", () => {
  const options = kinds.heatmap({ rows: ["金卡", "银卡"], columns: ["金卡", "银卡"], values: [[810, 33], [45, 3900]] }, look);
  assert.deepEqual(options.series[0].data.map((cell) => cell.value), [[0, 0, 810], [1, 0, 33], [0, 1, 45], [1, 1, 3900]]);
  assert.equal(options.series[0].data[3].label.color, "#fff");
  assert.equal(options.series[0].label.formatter({ value: [1, 1, 3900] }), "3,900");
});

test("flows between boxes show words, not codes", () => {
  const options = kinds.sankey({
    nodes: [{ name: "old:core", label: "核心" }, { name: "new:general", label: "普通" }],
    links: [{ source: "old:core", target: "new:general", value: "12" }]
  }, look);
  assert.equal(options.series[0].links[0].value, 12);
  assert.equal(options.tooltip.formatter({ dataType: "edge", data: options.series[0].links[0] }), "核心 → 普通\n12");
});
