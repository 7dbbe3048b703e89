// The stacked curve. It is drawn from the table that the server sent, so both show the same figures.
import { init, use } from "echarts/core";
import { LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

function read(table) {
  const names = [...table.querySelectorAll("thead [data-series]")].map((head) => head.textContent.trim());
  const rows = [...table.querySelectorAll("tbody tr")];
  return {
    days: rows.map((row) => row.dataset.day),
    marks: rows.flatMap((row, at) => (row.dataset.mark ? [{ name: row.dataset.mark, xAxis: row.dataset.day, at }] : [])),
    series: names.map((name, i) => ({
      name,
      data: rows.map((row) => Number(row.querySelectorAll("[data-v]")[i].dataset.v)),
    })),
  };
}

/** Moves the names at the curve's right end apart where layers are thin. */
function nudges(series, height) {
  const last = series.map((s) => s.data.at(-1));
  const total = series.reduce((sum, s) => sum + Math.max(...s.data), 0) || 1;
  let below = 0;
  let floor = -Infinity;
  return last.map((value) => {
    const middle = ((below + value) / total) * height;
    const at = Math.max(middle, floor + 15);
    below += value;
    floor = at;
    return middle - at;
  });
}

/** A label for each mark that has room; marks too close to the one before keep their line and share its label. */
function labelled(marks, days, width) {
  const step = width / Math.max(1, days - 1);
  let last = null;
  for (const mark of marks) {
    if (last && (mark.at - last.at) * step < 88) {
      last.more = (last.more ?? 0) + 1;
      mark.label = { show: false };
    } else last = mark;
  }
  return marks.map((mark) => {
    const name = mark.more ? `${mark.name} +${mark.more}` : mark.name;
    const edge = (days - 1 - mark.at) * step < 48;
    return { ...mark, name, label: { ...mark.label, ...(edge ? { align: "right" } : {}) } };
  });
}

function options(table, box) {
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  const text = { color: colour("--mo-ink-2"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  const { days, marks, series } = read(table);
  const scale = Number(box.dataset.scale);
  const figure = (v) => (v / scale).toLocaleString("en", { maximumFractionDigits: Math.abs(v / scale) >= 100 ? 0 : 1 }) + box.dataset.unit;
  const every = Math.max(1, Math.round((days.length - 1) / 4));
  const move = nudges(series, box.clientHeight - 60);
  return {
    animation: false, textStyle: text, aria: { enabled: false },
    grid: { left: 62, right: 96, top: 34, bottom: 26 },
    tooltip: {
      trigger: "axis", renderMode: "richText", order: "seriesDesc", confine: true, valueFormatter: figure,
      backgroundColor: colour("--mo-surface"), borderColor: colour("--mo-line-2"), textStyle: { ...text, color: colour("--mo-ink") },
    },
    xAxis: {
      type: "category", data: days, boundaryGap: false, axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--mo-line-2") } },
      axisLabel: { ...text, margin: 9, interval: (i) => i === days.length - 1 || (i % every === 0 && days.length - 1 - i >= every / 2) },
    },
    yAxis: {
      type: "value", splitNumber: 4, splitLine: { lineStyle: { color: colour("--mo-line") } },
      axisLabel: { ...text, formatter: (v) => (v ? figure(v) : "0") },
    },
    series: series.map((s, i) => {
      const top = i === series.length - 1;
      const fill = colour(`--mo-c${i + 1}`);
      return {
        name: s.name, type: "line", stack: "all", data: s.data, symbol: "none",
        lineStyle: top ? { width: 1.5, color: colour("--mo-ink") } : { width: 1, color: colour("--mo-surface") },
        itemStyle: { color: fill }, areaStyle: { color: fill, opacity: 1 },
        endLabel: { show: true, formatter: "{a}", color: colour("--mo-ink-2"), fontSize: 12, distance: 6, offset: [0, move[i]] },
        ...(top && marks.length ? { markLine: {
          silent: true, symbol: "none", animation: false, lineStyle: { color: colour("--mo-ink-3"), type: [2, 3], width: 1 },
          label: { show: box.clientWidth > 480, position: "end", color: colour("--mo-ink-2"), fontSize: 12, formatter: "{b}" },
          data: labelled(marks, days.length, box.clientWidth - 158).map((mark) => (box.clientWidth > 480 ? mark : { ...mark, label: { show: false } })),
        } } : {}),
      };
    }),
  };
}

// What an upright A4 has room for within its margins, in pixels of the page.
const PAPER = 680;

export function startChart(card) {
  if (card.dataset.drawn) return;
  card.dataset.drawn = "yes";
  const box = card.querySelector("[data-plot]");
  const plate = card.querySelector("[data-plot-table]");
  const table = plate.querySelector("table");
  let chart;
  const draw = () => {
    chart?.dispose();
    chart = init(box, null, { renderer: "svg" });
    chart.setOption(options(table, box));
  };
  const show = (kind) => {
    box.hidden = kind !== "plot";
    plate.hidden = kind === "plot";
    for (const button of card.querySelectorAll("[data-show]")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === kind));
    }
    if (kind === "plot") draw();
  };
  for (const button of card.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));
  const choice = card.querySelector("[data-show-choice]");
  if (choice) choice.hidden = false;
  document.addEventListener("moa:theme", () => box.isConnected && !box.hidden && draw());
  new ResizeObserver(() => !box.hidden && chart?.resize()).observe(box);
  // Paper is narrower than most screens; nothing waits between the event and the page that is printed.
  addEventListener("beforeprint", () => box.isConnected && !box.hidden && chart?.resize({ width: PAPER, animation: { duration: 0 } }));
  addEventListener("afterprint", () => box.isConnected && !box.hidden && chart?.resize({ width: "auto" }));
  document.fonts?.ready.then(() => box.isConnected && !box.hidden && draw());
  show("plot");
}
