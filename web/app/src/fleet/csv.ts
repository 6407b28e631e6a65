import type { Register } from "./registers";

// A byte order mark: without it spreadsheets take Chinese for something else.
const mark = "\ufeff";

export function template(register: Register, language: "en" | "zh-CN"): string {
  return `${mark}${register.file.map((c) => c[language]).join(",")}\r\n`;
}

// save hands a text to the browser's downloads.
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// decode reads a file for showing it. What is not UTF-8 comes from an older
// spreadsheet in China.
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

export function lines(text: string): string[] {
  const all = text.split(/\r\n|\n|\r/);
  if (all.at(-1) === "") all.pop();
  return all;
}
