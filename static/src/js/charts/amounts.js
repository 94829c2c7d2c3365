// Numbers on axes and in tooltips. On Chinese pages large amounts read 万 / 亿, on English ones K / M / B.

const CHINESE = [[1e8, "亿"], [1e4, "万"]];
const ENGLISH = [[1e9, "B"], [1e6, "M"], [1e3, "K"]];

export function isChinese(language) {
  return language.toLowerCase().startsWith("zh");
}

/** A short amount: at most `digits` decimals, trailing zeros dropped. */
export function shortAmount(value, language, digits = 1) {
  const size = Math.abs(value);
  for (const [unit, sign] of isChinese(language) ? CHINESE : ENGLISH) {
    if (size >= unit) {
      return plain(value / unit, digits) + sign;
    }
  }
  return plain(value, Number.isInteger(value) ? 0 : digits);
}

function plain(value, digits) {
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** `unit` is money (CNY), percent (0.25 is 25 %) or count. Counts of up to four digits stay exact: they are people. */
export function axisNumber(value, unit, language) {
  if (unit === "percent") {
    return `${plain(value * 100, 1)}%`;
  }
  if (unit === "count" && Math.abs(value) < 1e4) {
    return plain(value, 1);
  }
  return shortAmount(value, language);
}

/** The exact figure, for tooltips. */
export function exactNumber(value, unit) {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return "–";
  }
  if (unit === "percent") {
    return `${plain(value * 100, 2)}%`;
  }
  if (unit === "money") {
    return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }
  return plain(value, 2);
}

/** Decimals arrive as text in JSON; what is not a number is a gap. */
export function number(value) {
  return value === null || value === undefined || value === "" ? null : Number(value);
}
